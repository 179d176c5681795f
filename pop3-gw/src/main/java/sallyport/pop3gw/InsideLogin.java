package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.authdb.protocol.AuthsrvClient.Answer;
import sallyport.daemon.Connection;
import sallyport.daemon.Received;
import sallyport.daemon.TlsStart;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.TlsStreams;
import sallyport.pop3gw.pop3.InsideAction;
import sallyport.pop3gw.pop3.InsideDialogue;
import sallyport.pop3gw.pop3.InsideFault;
import sallyport.pop3gw.pop3.InsideInput;
import sallyport.pop3gw.pop3.InsideState;
import sallyport.pop3gw.pop3.InsideStep;
import sallyport.pop3gw.pop3.InsideStls;

/**
 * One login at an inside server: connects, hands what the server says to the {@link
 * InsideDialogue}, and does what that answers. All of it together has {@code inside-timeout}. For
 * the session's thread; another may end it through {@link Waiting}.
 */
final class InsideLogin {
  /** The longest wait for one address of a server to take the connection. */
  static final Duration CONNECT_TIME = Duration.ofSeconds(10);

  /** Octets of a buffer for one line of the server, or one of ours. */
  private static final int LINE_BUFFER = 1024;

  /** How it came out. */
  sealed interface Outcome {
    /** Logged in. The caller closes the connection. */
    record Open(Connection connection) implements Outcome {}

    /**
     * Not logged in, and closed.
     *
     * @param detail more for the log, maybe empty
     */
    record Failed(InsideFault fault, String detail) implements Outcome {}
  }

  private final Premises premises;
  private final InsideServer server;
  private final Answer.Granted grant;
  private final Waiting waiting;
  private final Consumer<String> withoutTls;
  private final long deadline;
  private String detail = "";

  /**
   * A login that has not begun.
   *
   * @param withoutTls is told why a handshake failed that the table can do without
   */
  InsideLogin(
      Premises premises,
      InsideServer server,
      Answer.Granted grant,
      Waiting waiting,
      Consumer<String> withoutTls) {
    this.premises = premises;
    this.server = server;
    this.grant = grant;
    this.waiting = waiting;
    this.withoutTls = withoutTls;
    this.deadline = System.nanoTime() + premises.config().insideTimeout().toNanos();
  }

  /** Connects and logs in; once more without TLS, if that failed and need not be. */
  Outcome run() {
    Outcome first = attempt(server.clientTls());
    if (first instanceof Outcome.Failed(InsideFault fault, String reason)
        && fault == InsideFault.TLS_FAILED
        && server.canDoWithout()
        && waiting.cause() == null) {
      withoutTls.accept(reason);
      detail = "";
      return attempt(Optional.empty());
    }
    return first;
  }

  private Outcome attempt(Optional<ClientTls> tls) {
    Connection connection;
    try {
      connection =
          new Connection(connect(), premises.watchdog(), () -> {}, LINE_BUFFER, LINE_BUFFER);
    } catch (IOException e) {
      return new Outcome.Failed(InsideFault.UNREACHABLE, String.valueOf(e.getMessage()));
    }
    InsideFault fault = InsideFault.CLOSED;
    if (waiting.begin(connection::cut)) {
      InsideAction last = talk(connection, tls);
      waiting.end();
      if (last instanceof InsideAction.Failed(InsideFault found)) {
        fault = found;
      } else if (!connection.isClosed()) {
        return new Outcome.Open(connection);
      }
    }
    connection.cut();
    return new Outcome.Failed(fault, detail);
  }

  private Socket connect() throws IOException {
    @Nullable IOException last = null;
    for (InetSocketAddress address : premises.addresses().of(server.address())) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        break;
      }
      Socket socket = SocketChannel.open().socket();
      try {
        if (!waiting.begin(() -> close(socket))) {
          throw new IOException("interrupted");
        }
        socket.connect(address, (int) Math.min(left, CONNECT_TIME.toMillis()));
        return socket;
      } catch (IOException e) {
        close(socket);
        last = e;
      } finally {
        waiting.end();
      }
    }
    throw last == null ? new IOException("no time left to connect") : last;
  }

  /** The dialogue to its end; the last action is Ready or Failed. */
  private InsideAction talk(Connection connection, Optional<ClientTls> tls) {
    if (tls.isPresent()
        && server.tlsComesFirst()
        && !(startTls(connection, tls.get()) instanceof InsideInput.TlsStarted)) {
      return new InsideAction.Failed(InsideFault.TLS_FAILED);
    }
    InsideStls stls = tls.isPresent() ? server.stls() : InsideStls.NO;
    InsideDialogue dialogue = new InsideDialogue(server.method(), grant.insideName(), stls);
    InsideStep step = dialogue.on(InsideState.initial(), read(connection));
    while (true) {
      InsideInput input =
          switch (step.action()) {
            case InsideAction.AskDigest(String timestamp) -> digest(connection, timestamp);
            case InsideAction.AskSecret ignored -> secret(connection);
            case InsideAction.Send send -> sent(connection, send);
            case InsideAction.Read ignored -> read(connection);
            case InsideAction.StartTls ignored -> startTls(connection, tls.orElseThrow());
            case InsideAction.Ready ignored -> null;
            case InsideAction.Failed ignored -> null;
          };
      if (input == null) {
        return step.action();
      }
      step = dialogue.on(step.state(), input);
    }
  }

  private InsideInput startTls(Connection connection, ClientTls tls) {
    long inTime = System.nanoTime() + TlsStreams.HANDSHAKE_TIME.toNanos();
    TlsStart start = connection.startTls(tls, inTime - deadline < 0 ? inTime : deadline);
    if (start instanceof TlsStart.Started) {
      return new InsideInput.TlsStarted();
    }
    detail = TlsLog.reason(start);
    return new InsideInput.TlsFailed();
  }

  /** Under TLS there is always something of its own to come, such as tickets: that is no speech. */
  private static boolean spokeAhead(Connection connection) {
    return connection.tls().isPresent()
        ? connection.position() < connection.limit()
        : connection.hasInput();
  }

  private InsideInput read(Connection connection) {
    return switch (connection.readLine(InsideDialogue.MAX_LINE_OCTETS, deadline)) {
      case Received.Line(String text) ->
          new InsideInput.Line(text.getBytes(ISO_8859_1), spokeAhead(connection));
      case Received.LineTooLong ignored -> new InsideInput.LineTooLong();
      case Received.LineEndless ignored -> new InsideInput.LineTooLong();
      case Received.BareLineEnd ignored -> new InsideInput.BareLineEnd();
      case Received.TlsHello ignored -> new InsideInput.BareLineEnd();
      case Received.TimedOut ignored -> new InsideInput.TimedOut();
      case Received.EndOfInput ignored -> new InsideInput.EndOfInput();
      case Received.Interrupted ignored -> new InsideInput.EndOfInput();
    };
  }

  private InsideInput sent(Connection connection, InsideAction.Send send) {
    byte[] octets = send.command().octets();
    try {
      connection.send(octets, 0, octets.length);
      return read(connection);
    } catch (IOException e) {
      return new InsideInput.EndOfInput();
    }
  }

  private InsideInput digest(Connection connection, String timestamp) {
    AuthsrvClient authsrv = premises.authsrv();
    Answer answer = authsrv.respond(grant.grant(), timestamp);
    return answer instanceof Answer.Digest(String hex)
        ? new InsideInput.Digest(hex, spokeAhead(connection))
        : noAnswer(answer);
  }

  private InsideInput secret(Connection connection) {
    Answer answer = premises.authsrv().secret(grant.grant());
    return answer instanceof Answer.Secret(var secret)
        ? new InsideInput.Secret(secret, spokeAhead(connection))
        : noAnswer(answer);
  }

  private static InsideInput noAnswer(Answer answer) {
    return answer instanceof Answer.Refused
        ? new InsideInput.Refused()
        : new InsideInput.Unavailable();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
    }
  }
}
