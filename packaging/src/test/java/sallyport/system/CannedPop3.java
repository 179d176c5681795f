package sallyport.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An inside server in this JVM that lets users in with APOP alone and has one message for
 * everybody: for tests that log in more often than Dovecot would like.
 */
final class CannedPop3 implements AutoCloseable {
  static final String MESSAGE = "Subject: canned\r\n\r\nOne message for everybody.\r\n";

  private final Function<String, Optional<String>> secrets;
  private final ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger logins = new AtomicInteger();

  /** Starts one for these users, by name. */
  CannedPop3(Map<String, String> secrets) throws IOException {
    this(user -> Optional.ofNullable(secrets.get(user)));
  }

  /** Starts one whose users all have the same secret. */
  CannedPop3(String secret) throws IOException {
    this(user -> Optional.of(secret));
  }

  private CannedPop3(Function<String, Optional<String>> secrets) throws IOException {
    this.secrets = secrets;
    Thread.ofPlatform().daemon().name("canned-pop3").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Whom it has let in so far. */
  int logins() {
    return logins.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> converse(socket));
      } catch (IOException e) {
        // It was closed.
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      String challenge = "<" + connections.incrementAndGet() + "." + port() + "@canned.example>";
      send(socket, "+OK ready " + challenge);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 3);
        send(socket, answer(words, challenge));
        if (words[0].equals("QUIT")) {
          return;
        }
      }
    } catch (IOException e) {
      // The gateway has gone.
    }
  }

  private String answer(String[] words, String challenge) {
    return switch (words[0].toUpperCase(Locale.ROOT)) {
      case "APOP" -> apop(words[1], words[2], challenge);
      case "STAT" -> "+OK 1 " + MESSAGE.length();
      case "RETR" -> "+OK\r\n" + MESSAGE + ".";
      case "NOOP", "QUIT" -> "+OK";
      default -> "-ERR what?";
    };
  }

  private String apop(String user, String digest, String challenge) {
    Optional<String> expected = secrets.apply(user).map(known -> Pop3Wire.digest(challenge, known));
    if (!expected.equals(Optional.of(digest))) {
      return "-ERR [AUTH] no";
    }
    logins.incrementAndGet();
    return "+OK";
  }

  private static void send(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
