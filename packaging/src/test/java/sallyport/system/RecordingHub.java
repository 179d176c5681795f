package sallyport.system;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A mail server that takes everything, unless told otherwise, and hands each whole message to the
 * test before it says 250. A message whose final dot never came is not handed over.
 */
final class RecordingHub implements AutoCloseable {

  /** One message that was taken, as it came, without dot stuffing. */
  record Taken(String from, List<String> to, byte[] octets) {
    String text() {
      return new String(octets, StandardCharsets.ISO_8859_1);
    }
  }

  private final ServerSocket server;
  private final Consumer<Taken> taker;
  private final UnaryOperator<String> judge;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  RecordingHub(int port, Consumer<Taken> taker) throws IOException {
    this(port, taker, recipient -> "250 ok");
  }

  /** One whose reply to RCPT depends on the recipient. */
  RecordingHub(int port, Consumer<Taken> taker, UnaryOperator<String> judge) throws IOException {
    this.taker = taker;
    this.judge = judge;
    server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("hub").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // close() was called.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Session(
              new BufferedInputStream(socket.getInputStream(), 65_536),
              new BufferedOutputStream(socket.getOutputStream()))
          .run();
    } catch (IOException e) {
      // The client went away; nothing unfinished was handed over.
    } finally {
      sockets.remove(socket);
    }
  }

  private final class Session {
    private final InputStream in;
    private final OutputStream out;
    private final List<String> recipients = new ArrayList<>();
    private String sender = "";

    Session(InputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    void run() throws IOException {
      say("220 hub.example ESMTP");
      for (byte[] line = line(); line != null; line = line()) {
        String command = new String(line, StandardCharsets.ISO_8859_1).strip();
        if (!answer(command)) {
          return;
        }
      }
    }

    private boolean answer(String command) throws IOException {
      switch (command.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT)) {
        case "EHLO" -> say("250-hub.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE");
        case "MAIL" -> {
          recipients.clear();
          sender = path(command);
          say("250 ok");
        }
        case "RCPT" -> {
          String reply = judge.apply(path(command));
          if (reply.startsWith("2")) {
            recipients.add(path(command));
          }
          say(reply);
        }
        case "DATA" -> {
          if (recipients.isEmpty()) {
            say("554 5.5.1 no valid recipients");
            return true;
          }
          say("354 go on");
          byte[] octets = body();
          taker.accept(new Taken(sender, List.copyOf(recipients), octets));
          say("250 taken");
        }
        case "QUIT" -> {
          say("221 bye");
          return false;
        }
        default -> say("250 ok");
      }
      return true;
    }

    private byte[] body() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream(8192);
      while (true) {
        byte[] line = line();
        if (line == null) {
          throw new IOException("the client closed inside a body");
        }
        if (line.length == 3 && line[0] == '.' && line[1] == '\r') {
          return body.toByteArray();
        }
        int skip = line[0] == '.' ? 1 : 0;
        body.write(line, skip, line.length - skip);
      }
    }

    /** A line with its CR LF; only CR LF ends one. */
    private byte[] line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(128);
      int before = 0;
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        line.write(octet);
        if (octet == '\n' && before == '\r') {
          return line.toByteArray();
        }
        before = octet;
      }
      return null;
    }

    private static String path(String command) {
      return command.substring(command.indexOf('<') + 1, command.lastIndexOf('>'));
    }

    private void say(String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      if (in.available() == 0) {
        out.flush();
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
