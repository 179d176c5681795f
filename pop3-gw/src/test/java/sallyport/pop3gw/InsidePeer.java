package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An inside server: an honest one that checks APOP and has one message of any size, or whatever a
 * test makes of it.
 */
final class InsidePeer implements AutoCloseable {

  /** What it does with a connection. */
  @FunctionalInterface
  interface Script {
    void serve(Talk talk) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private InsidePeer(Script script) throws IOException {
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  static InsidePeer doing(Script script) throws IOException {
    return new InsidePeer(script);
  }

  /** An honest one whose users all have this secret. */
  static InsidePeer honest(String secret, long messageOctets) throws IOException {
    AtomicInteger count = new AtomicInteger();
    return new InsidePeer(talk -> {
      String timestamp = "<" + count.incrementAndGet() + "." + System.nanoTime() + "@inside>";
      talk.say("+OK ready " + timestamp);
      checkApop(talk, talk.line(), timestamp, secret, messageOctets);
    });
  }

  /** One that wants to be spoken to under TLS, by STLS. */
  static InsidePeer honestByStls(String secret, long messageOctets) throws IOException {
    return new InsidePeer(talk -> {
      String timestamp = "<1." + System.nanoTime() + "@inside>";
      talk.say("+OK ready " + timestamp);
      String first = talk.line();
      if (first.equals("CAPA")) {
        talk.send("+OK\r\nTOP\r\nSTLS\r\n.\r\n");
        first = talk.line();
      }
      if (!first.equals("STLS")) {
        talk.say("-ERR [SYS/PERM] not without TLS");
        return;
      }
      talk.say("+OK begin");
      Talk secure = talk.underTls();
      checkApop(secure, secure.line(), timestamp, secret, messageOctets);
      secure.socket.close();
    });
  }

  /** The same, by TLS from the beginning. */
  static InsidePeer honestUnderTls(String secret, long messageOctets) throws IOException {
    return new InsidePeer(talk -> {
      Talk secure = talk.underTls();
      String timestamp = "<1." + System.nanoTime() + "@inside>";
      secure.say("+OK ready " + timestamp);
      checkApop(secure, secure.line(), timestamp, secret, messageOctets);
      secure.socket.close();
    });
  }

  /** The mailbox, if that command logs in by that timestamp. */
  static void checkApop(
      Talk talk, String command, String timestamp, String secret, long messageOctets)
      throws IOException {
    String[] words = command.split(" ");
    if (words.length != 3 || !words[2].equals(digest(timestamp, secret))) {
      talk.say("-ERR [AUTH] no");
      return;
    }
    talk.say("+OK hello " + words[1]);
    serveMailbox(talk, words[1], messageOctets);
    talk.out.flush();
  }

  static String digest(String timestamp, String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest((timestamp + secret).getBytes(ISO_8859_1)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serveMailbox(Talk talk, String user, long octets) throws IOException {
    while (true) {
      String command = talk.line();
      switch (command) {
        case "STAT" -> talk.say("+OK 1 " + octets);
        case "WHO" -> talk.say("+OK " + user);
        case "RETR 1" -> talk.message(octets);
        case "QUIT" -> {
          talk.say("+OK bye");
          return;
        }
        case "" -> {
          return;
        }
        default -> talk.say("-ERR what");
      }
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Every line that it was sent. */
  List<String> heard() {
    return heard;
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Talk talk = new Talk(socket);
      script.serve(talk);
      talk.out.flush();
    } catch (IOException e) {
      // The gateway has hung up, as it may.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** One connection of it. */
  final class Talk {
    final Socket socket;
    final InputStream in;
    final OutputStream out;

    private Talk(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    /** The same connection under TLS from here on. */
    Talk underTls() throws IOException {
      return new Talk(TestTls.ofInside(socket));
    }

    void say(String line) throws IOException {
      send(line + "\r\n");
    }

    void send(String octets) throws IOException {
      out.write(octets.getBytes(ISO_8859_1));
      out.flush();
    }

    /** The next line, or "" at the end. */
    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.append((char) c);
      }
      String text = line.toString().stripTrailing();
      heard.add(text);
      return text;
    }

    /** Waits until the other side is gone. */
    void stayUntilLeft() throws IOException {
      while (in.read() >= 0) {
        // It may say what it likes.
      }
    }

    private void message(long octets) throws IOException {
      out.write("+OK\r\n".getBytes(ISO_8859_1));
      byte[] line = ("x".repeat(62) + "\r\n").getBytes(ISO_8859_1);
      for (long left = octets; left > 0; left -= line.length) {
        out.write(line);
      }
      out.write(".\r\n".getBytes(ISO_8859_1));
      out.flush();
    }
  }
}
