package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.protocol.AuthsrvClient.Answer;
import sallyport.authdb.protocol.LoginName;
import sallyport.daemon.Admission;
import sallyport.daemon.Connection;
import sallyport.daemon.Event;
import sallyport.daemon.Field;
import sallyport.daemon.Received;
import sallyport.daemon.TlsStart;
import sallyport.daemon.tls.TlsFacts;
import sallyport.netperm.Decision;
import sallyport.netperm.HostName;
import sallyport.netperm.Request;
import sallyport.pop3gw.pop3.Action;
import sallyport.pop3gw.pop3.Dialogue;
import sallyport.pop3gw.pop3.ForeignProtocol;
import sallyport.pop3gw.pop3.Input;
import sallyport.pop3gw.pop3.InsideFault;
import sallyport.pop3gw.pop3.LoginMethod;
import sallyport.pop3gw.pop3.State;
import sallyport.pop3gw.pop3.Step;
import sallyport.pop3gw.pop3.Transport;

/**
 * One client's session: hands what the connection brings to the {@link Dialogue} and does what that
 * answers, up to the relay. Decides nothing about POP3.
 *
 * <p>Belongs to its session thread (a virtual one), and after the login to the relay; {@link
 * #evict}, {@link #goDown} and {@link #cut} may be called by others.
 */
final class Session implements Admission.Session {
  /** Octets of the buffers that a session has until it is logged in. */
  private static final int LOGIN_BUFFER = 1024;

  private final Premises premises;
  private final Connection connection;
  private final long began = System.nanoTime();
  private final Waiting waiting = new Waiting();
  private State state;
  private Admission.@Nullable Token token;
  private HostName clientName = new HostName.Unknown(HostName.Reason.NOT_ASKED);
  private String user = "";
  private String server = "";
  private Answer.@Nullable Granted grant;
  private @Nullable Connection inside;
  private volatile @Nullable Relay relay;
  private volatile Relay.@Nullable End relayEnd;
  private volatile boolean cut;
  private boolean over;

  /**
   * A session that has not begun.
   *
   * @param transport of its listener
   * @throws IOException if the client is gone already
   */
  Session(Socket socket, Transport transport, Premises premises) throws IOException {
    this.premises = premises;
    this.state = State.initial(transport);
    this.connection =
        new Connection(socket, premises.watchdog(), () -> {}, LOGIN_BUFFER, LOGIN_BUFFER);
  }

  InetAddress address() {
    return connection.peerAddress();
  }

  /** There is no place: says so and closes, on the accepting thread, without waiting. */
  void turnAway(String why) {
    log(Event.REFUSED, Field.of("reason", why));
    give(new Input.Overloaded());
    try {
      connection.flush();
    } catch (IOException e) {
      over = true;
    }
    connection.cut();
  }

  /** Takes its place; called before the session's thread starts. */
  void admitted(Admission.Token place) {
    token = place;
  }

  /** The whole session. */
  void run() {
    try {
      give(greeting());
      while (!over) {
        give(nextCommand());
      }
    } finally {
      if (relay == null) {
        end();
      }
    }
  }

  private Input greeting() {
    Decision decision =
        premises.config().hosts().decideBeforeLogin(connection.peerAddress(), premises.names());
    clientName = decision.name();
    log(Event.CONNECT, Field.of("name", clientName.toString()));
    sayIfSpoofed();
    if (!decision.permitted()) {
      log(Event.REFUSED, Field.of("reason", "not permitted"), rule(decision));
      return new Input.NotPermitted();
    }
    if (state instanceof State.Negotiating) {
      Input started = handshake();
      if (!(started instanceof Input.TlsStarted)) {
        return started;
      }
      give(started);
    }
    if (!premises.config().offers().contains(LoginMethod.APOP)) {
      return new Input.Opened(Optional.empty());
    }
    Answer answer = ask(premises.authsrv()::challenge);
    return orInterruption(
        answer instanceof Answer.Challenge(String text)
            ? new Input.Opened(Optional.of(text))
            : new Input.Unavailable());
  }

  /** What went wrong is logged; the client can be told nothing. */
  private Input handshake() {
    long deadline = System.nanoTime() + premises.handshakeTime().toNanos();
    TlsStart start = connection.startTls(premises.config().tls().orElseThrow(), deadline);
    return switch (start) {
      case TlsStart.Started(TlsFacts facts) -> {
        log(Event.TLS, TlsLog.fields(Optional.of(facts), Optional.empty()));
        yield new Input.TlsStarted();
      }
      case TlsStart.SentAhead ignored -> new Input.SentAhead();
      case TlsStart.Interrupted(Received.Interruption cause) -> interruption(cause);
      case TlsStart.NotTls ignored -> tlsFailed(start);
      case TlsStart.Failed ignored -> tlsFailed(start);
      case TlsStart.TimedOut ignored -> tlsFailed(start);
      case TlsStart.Lost ignored -> tlsFailed(start);
    };
  }

  private Input tlsFailed(TlsStart start) {
    log(Event.TLS_FAILED, Field.of("reason", TlsLog.reason(start)));
    return new Input.TlsFailed();
  }

  private Input nextCommand() {
    long deadline = System.nanoTime() + premises.commandTime().toNanos();
    return switch (connection.readLine(Dialogue.mostOctets(state), deadline)) {
      case Received.Line(String text) -> new Input.Line(text.getBytes(ISO_8859_1));
      case Received.LineTooLong ignored -> new Input.LineTooLong();
      case Received.LineEndless ignored -> new Input.LineTooLong();
      case Received.BareLineEnd ignored -> new Input.BareLineEnd();
      case Received.TlsHello ignored -> new Input.NotPop3(ForeignProtocol.TLS);
      case Received.TimedOut ignored -> new Input.TimedOut();
      case Received.EndOfInput ignored -> new Input.EndOfInput();
      case Received.Interrupted(Received.Interruption cause) -> interruption(cause);
    };
  }

  private void give(Input first) {
    Input input = first;
    while (input != null) {
      Step step = premises.dialogue().on(state, input);
      state = step.state();
      input = null;
      for (Action action : step.actions()) {
        Input outcome = perform(action);
        input = outcome == null ? input : outcome;
      }
    }
  }

  private @Nullable Input perform(Action action) {
    return switch (action) {
      case Action.Send(var reply) -> {
        byte[] octets = reply.octets();
        send(octets);
        yield null;
      }
      case Action.StartTls(var reply) -> {
        if (connection.hasInput()) {
          yield new Input.SentAhead();
        }
        send(reply.octets());
        yield handshake();
      }
      case Action.Named ignored -> {
        rise(Admission.Token::underWay);
        yield null;
      }
      case Action.VerifyDigest(String login, String challenge, String digest) ->
          verify(login, () -> premises.authsrv().verify(login, challenge, digest, address()));
      case Action.VerifyPassword(String login, var password) ->
          verify(login, () -> premises.authsrv().password(login, password, address()));
      case Action.Deny(String login, String reason) ->
          judged(ask(() -> premises.authsrv().deny(login, address(), reason)));
      case Action.ConnectInside ignored -> connectInside();
      case Action.Relay ignored -> {
        relay();
        yield null;
      }
      case Action.Close ignored -> {
        over = true;
        yield null;
      }
      case Action.Note(Action.Note.Topic topic, String detail) -> {
        note(topic, detail);
        yield null;
      }
    };
  }

  private void send(byte[] octets) {
    try {
      connection.send(octets, 0, octets.length);
    } catch (IOException e) {
      over = true;
    }
  }

  /** Asks authsrv, unless the table's own rules refuse this user: then authsrv holds that back. */
  private Input verify(String login, Supplier<Answer> question) {
    Optional<LoginName> name = LoginName.parse(login);
    name.ifPresent(typed -> {
      user = typed.user();
      server = typed.server().or(premises.config()::defaultServer).orElse("");
    });
    if (name.isPresent() && !permitted()) {
      return judged(ask(() -> premises.authsrv().deny(login, address(), "denied by rule")));
    }
    return judged(ask(question));
  }

  private boolean permitted() {
    Optional<String> destination = Optional.of(server).filter(text -> !text.isEmpty());
    Request request = new Request(connection.peerAddress(), Optional.of(user), destination);
    Decision decision = premises.config().hosts().decide(request, this::nameOf);
    if (!decision.permitted()) {
      log(Event.REFUSED, Field.of("reason", "not permitted"), rule(decision));
    }
    return decision.permitted();
  }

  /** The name that was found at the door counts to the end; one that nobody wanted is asked now. */
  private HostName nameOf(InetAddress client) {
    if (clientName instanceof HostName.Unknown(var reason) && reason == HostName.Reason.NOT_ASKED) {
      clientName = premises.names().nameOf(client);
      sayIfSpoofed();
    }
    return clientName;
  }

  private void sayIfSpoofed() {
    if (clientName instanceof HostName.Unknown(var reason) && reason == HostName.Reason.MISMATCH) {
      log(Event.POSSIBLE_SPOOF);
    }
  }

  private static Field rule(Decision decision) {
    return Field.of("rule", decision.rule().map(rule -> rule.at().toString()).orElse("none"));
  }

  private Input judged(Answer answer) {
    return orInterruption(
        switch (answer) {
          case Answer.Granted granted -> admit(granted);
          case Answer.Refused ignored -> new Input.Refused();
          case Answer.Unavailable ignored -> new Input.Unavailable();
          case Answer.Challenge ignored -> new Input.Unavailable();
          case Answer.Digest ignored -> new Input.Unavailable();
          case Answer.Secret ignored -> new Input.Unavailable();
        });
  }

  /** authsrv reads the same table; if it was not restarted with us, nobody may be misled. */
  private Input admit(Answer.Granted granted) {
    if (!granted.server().equals(server)
        || !premises.config().servers().containsKey(granted.server())) {
      String what = "authsrv grants server " + granted.server() + " by another table";
      log(Event.TROUBLE, Field.of("what", what));
      return new Input.Unavailable();
    }
    grant = granted;
    rise(Admission.Token::gotSomewhere);
    return new Input.LoggedIn(granted.server());
  }

  private @Nullable Input connectInside() {
    Answer.Granted granted = grant;
    InsideServer target = premises.config().servers().get(server);
    if (granted == null || target == null) {
      throw new IllegalStateException("there is no grant");
    }
    grant = null;
    return orInterruption(
        switch (new InsideLogin(premises, target, granted, waiting, this::withoutTls).run()) {
          case InsideLogin.Outcome.Open(Connection open) -> {
            inside = open;
            waiting.close();
            yield new Input.InsideReady();
          }
          case InsideLogin.Outcome.Failed(InsideFault fault, String detail) -> {
            if (waiting.cause() == null) {
              String more = detail.isEmpty() ? "" : ": " + detail;
              log(eventOf(fault), Field.of("reason", text(fault) + more));
            }
            yield new Input.InsideFailed(fault.trouble());
          }
        });
  }

  private void withoutTls(String reason) {
    log(Event.TLS_FAILED, Field.of("reason", "inside, so without TLS: " + reason));
  }

  private static Event eventOf(InsideFault fault) {
    if (fault.isSuspicious()) {
      return Event.INSIDE_SUSPECT;
    }
    return switch (fault.trouble()) {
      case DOWN -> Event.INSIDE_DOWN;
      case IN_USE, LOGIN_DELAY, CREDENTIALS, NO_SECRET -> Event.INSIDE_REFUSED;
    };
  }

  private void relay() {
    over = true;
    Connection open = inside;
    if (open == null) {
      throw new IllegalStateException("there is no inside connection");
    }
    log(Event.LOGIN, TlsLog.fields(connection.tls(), open.tls()));
    try {
      start(open);
    } catch (IOException e) {
      relayEnd = Relay.End.CLIENT_LOST;
    }
  }

  /** Hands both connections over; from here on the relay's threads are the session's. */
  private void start(Connection open) throws IOException {
    ByteArrayOutputStream ofClient = new ByteArrayOutputStream(0);
    ByteArrayOutputStream ofServer = new ByteArrayOutputStream(0);
    Socket toServer = open.giveAway(ofServer);
    Relay carrying;
    try {
      Socket toClient = connection.giveAway(ofClient);
      carrying =
          premises.relay(
              new Leg(toClient, connection.tlsStreams()), new Leg(toServer, open.tlsStreams()));
    } catch (IOException e) {
      toServer.close();
      throw e;
    }
    inside = null;
    relay = carrying;
    premises.watchdog().watch(carrying);
    if (cut) {
      carrying.cut();
    }
    carrying.start(ofClient.toByteArray(), ofServer.toByteArray(), this::relayed);
  }

  private void relayed(Relay.End how) {
    relayEnd = how;
    Relay carried = relay;
    if (carried != null) {
      premises.watchdog().forget(carried);
    }
    end();
  }

  /** Asks authsrv; an interruption of the session ends the wait. */
  private Answer ask(Supplier<Answer> question) {
    Thread self = Thread.currentThread();
    if (!waiting.begin(self::interrupt)) {
      return new Answer.Unavailable();
    }
    try {
      return question.get();
    } finally {
      waiting.end();
      // The interrupt was meant for that wait only; one in a socket would close it.
      Thread.interrupted();
    }
  }

  private void rise(Predicate<Admission.Token> step) {
    if (token != null && !step.test(token)) {
      waiting.interrupt(Received.Interruption.EVICTED);
    }
  }

  private Input orInterruption(Input input) {
    Received.Interruption cause = waiting.cause();
    return cause == null ? input : interruption(cause);
  }

  private static Input interruption(Received.Interruption cause) {
    return switch (cause) {
      case SHUTTING_DOWN -> new Input.ShuttingDown();
      case EVICTED -> new Input.Evicted();
    };
  }

  private void note(Action.Note.Topic topic, String detail) {
    switch (topic) {
      case LOGIN_REFUSED, INSIDE_FAILED -> {
        // authsrv has said why, or connectInside has.
      }
      case LOGIN_UNAVAILABLE ->
          log(Event.LOGIN_FAILED, Field.of("what", "authsrv does not answer"));
      case BAD_CHALLENGE -> log(Event.TROUBLE, Field.of("what", "authsrv made a wrong challenge"));
      case BAD_COMMAND, SENT_AHEAD, TOO_MANY_COMMANDS, LINE_TOO_LONG, BARE_LINE_END ->
          log(Event.BAD_COMMAND, Field.of("what", text(topic)), Field.of("detail", detail));
      case NOT_POP3 ->
          log(Event.NOT_POP3, Field.of("what", text(topic)), Field.of("detail", detail));
      case TIMED_OUT ->
          log(Event.TIMEOUT, Field.of("what", text(topic)), Field.of("detail", detail));
    }
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void end() {
    if (inside != null) {
      inside.cut();
    }
    connection.close();
    sayHowItEnded();
    premises.sessions().remove(this);
    if (token != null) {
      token.close();
    }
  }

  private void sayHowItEnded() {
    Relay carried = relay;
    Relay.End how = relayEnd;
    long in = carried == null ? connection.octetsIn() : carried.octetsIn();
    long out = carried == null ? connection.octetsOut() : carried.octetsOut();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("in", in));
    fields.add(Field.of("out", out));
    fields.add(Field.of("seconds", Duration.ofNanos(System.nanoTime() - began)));
    fields.add(Field.of("how", how == null ? "no-login" : how.word()));
    Optional<String> fault =
        carried == null || how == null ? connection.tlsFault() : carried.fault(how);
    fault.ifPresent(text -> fields.add(Field.of("tls-fault", text)));
    log(Event.DISCONNECT, fields.toArray(Field[]::new));
  }

  /** Its place is needed, and it is not logged in. */
  @Override
  public void evict() {
    log(Event.EVICTED);
    interrupt(Received.Interruption.EVICTED);
  }

  /** The daemon stops: ends a session that is not logged in. */
  void goDown() {
    interrupt(Received.Interruption.SHUTTING_DOWN);
  }

  private void interrupt(Received.Interruption cause) {
    if (waiting.interrupt(cause)) {
      connection.interrupt(cause);
    }
  }

  /** Ends the session without another word. */
  void cut() {
    cut = true;
    waiting.interrupt(Received.Interruption.SHUTTING_DOWN);
    Relay carrying = relay;
    if (carrying != null) {
      carrying.cut();
    } else {
      connection.cut();
    }
  }

  private void log(Event event, Field... more) {
    List<Field> fields = new ArrayList<>(more.length + 3);
    fields.add(Field.of("host", connection.peerAddress()));
    if (!user.isEmpty()) {
      fields.add(Field.of("user", user));
      fields.add(Field.of("server", server));
    }
    fields.addAll(List.of(more));
    premises.log().write(event, fields.toArray(Field[]::new));
  }
}
