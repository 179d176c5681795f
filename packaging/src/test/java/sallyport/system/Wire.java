package sallyport.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** One SMTP connection to this machine, octet by octet. */
final class Wire implements AutoCloseable {
  private static final int TIME_OUT_MILLIS = 60_000;
  private static final Pattern QUEUE_ID = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{1,16}");

  private final Socket socket;
  private final InputStream in;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIME_OUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects and says nothing. */
  static Wire silent(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Connects, and has had the handshake. */
  static Wire tls(SSLContext client, int port) throws IOException {
    return new Wire(client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port));
  }

  /** Connects, takes the greeting and says EHLO. */
  static Wire greeted(int port) throws IOException {
    return greet(silent(port));
  }

  /** The same from another loopback address than usual. */
  static Wire greetedFrom(String source, int port) throws IOException {
    return greet(
        new Wire(
            new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral(source), 0)));
  }

  private static Wire greet(Wire wire) throws IOException {
    try {
      wire.expect("220", wire.reply());
      wire.expect("250", wire.say("EHLO client.outside.example"));
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  void send(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next reply, its lines joined by LF; empty when the other side has closed. */
  String reply() throws IOException {
    StringBuilder reply = new StringBuilder();
    String line;
    do {
      line = line();
      reply.append(reply.isEmpty() ? "" : "\n").append(line);
    } while (line.length() > 3 && line.charAt(3) == '-');
    return reply.toString();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    try {
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        line.append((char) octet);
      }
    } catch (SocketException e) {
      return line.toString();
    }
    return line.toString().stripTrailing();
  }

  /** Everything until the other side closes. */
  String rest() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = line(); !line.isEmpty(); line = line()) {
      all.append(line).append('\n');
    }
    return all.toString();
  }

  /** One command and its reply. */
  String say(String command) throws IOException {
    send(command + "\r\n");
    return reply();
  }

  /** The same, and the reply must begin so. */
  String say(String command, String expected) throws IOException {
    String reply = say(command);
    expect(expected, reply);
    return reply;
  }

  /** MAIL, RCPT and DATA; what comes next is the body. */
  void begin(String from, String to) throws IOException {
    say("MAIL FROM:<" + from + ">", "250");
    say("RCPT TO:<" + to + ">", "250");
    say("DATA", "354");
  }

  /** A whole message whose octets hold no line that begins with a dot; the result is the reply. */
  String message(String from, String to, String octets) throws IOException {
    begin(from, to);
    send(octets + "\r\n.\r\n");
    return reply();
  }

  /** The queue id in a {@code 250}. */
  static String queueId(String reply) throws IOException {
    Matcher matcher = QUEUE_ID.matcher(reply);
    if (!reply.startsWith("250 ") || !matcher.find()) {
      throw new IOException("expected 250 and a queue id, got: " + reply);
    }
    return matcher.group();
  }

  private void expect(String code, String reply) throws IOException {
    if (!reply.startsWith(code)) {
      throw new IOException("expected " + code + ", got: " + reply);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
