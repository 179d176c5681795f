package sallyport.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One POP3 connection to this machine, octet by octet. */
final class Pop3Wire implements AutoCloseable {
  private static final int TIME_OUT_MILLIS = 60_000;
  private static final Pattern CHALLENGE = Pattern.compile("<[^<>@]+@[^<>@]+>");

  private final Socket socket;
  private final InputStream in;

  private Pop3Wire(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects and says nothing. */
  static Pop3Wire silent(int port) throws IOException {
    return silent("127.0.0.1", port);
  }

  /** The same from this address of this machine. */
  static Pop3Wire silent(String source, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(TIME_OUT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.bind(new InetSocketAddress(source, 0));
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIME_OUT_MILLIS);
      return new Pop3Wire(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects and logs in; a refusal is an exception. */
  static Pop3Wire loggedIn(int port, String login, String secret) throws IOException {
    Pop3Wire wire = silent(port);
    try {
      String answer = wire.apop(login, secret);
      if (!answer.startsWith("+OK")) {
        throw new IOException("not logged in: " + answer);
      }
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /** Takes the greeting and answers its challenge; the result is the answer to that. */
  String apop(String login, String secret) throws IOException {
    return apop(line(), login, secret, "");
  }

  /** Answers the challenge of a greeting and sends more behind it, all at once. */
  String apop(String greeting, String login, String secret, String more) throws IOException {
    Matcher matcher = CHALLENGE.matcher(greeting);
    if (!greeting.startsWith("+OK ") || !matcher.find()) {
      throw new IOException("expected +OK and a challenge, got: " + greeting);
    }
    send("APOP " + login + " " + digest(matcher.group(), secret) + "\r\n" + more);
    return line();
  }

  /** What APOP answers to a challenge. */
  static String digest(String challenge, String secret) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      return HexFormat.of()
          .formatHex(md5.digest((challenge + secret).getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void send(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** One command and the first line of its answer; empty when the other side has closed. */
  String say(String command) throws IOException {
    send(command + "\r\n");
    return line();
  }

  /** The next line; empty when the other side has closed. */
  String line() throws IOException {
    return next().orElse("");
  }

  private Optional<String> next() throws IOException {
    StringBuilder line = new StringBuilder();
    int octet;
    try {
      for (octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        line.append((char) octet);
      }
    } catch (SocketException e) {
      octet = -1;
    }
    return octet < 0 && line.isEmpty()
        ? Optional.empty()
        : Optional.of(line.toString().stripTrailing());
  }

  /** The lines of an answer of several, without the dot; dots at their beginnings are undone. */
  String lines() throws IOException {
    StringBuilder lines = new StringBuilder();
    while (true) {
      String line = next().orElseThrow(() -> new IOException("closed behind:\n" + lines));
      if (line.equals(".")) {
        return lines.toString();
      }
      lines.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
    }
  }

  /** Everything until the other side closes. */
  String rest() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Optional<String> line = next(); line.isPresent(); line = next()) {
      all.append(line.get()).append('\n');
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
