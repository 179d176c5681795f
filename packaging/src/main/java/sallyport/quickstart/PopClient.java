package sallyport.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads one mailbox on a port of this machine, logged in by APOP, and keeps what was said. */
final class PopClient {

  private static final int TIME_OUT_MILLIS = 30_000;

  private final List<String> dialogue = new ArrayList<>();
  private final Socket socket;
  private final BufferedReader in;

  private PopClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIME_OUT_MILLIS);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  /**
   * What was said, and what was read.
   *
   * @param message its lines end with LF
   */
  record Visit(List<String> dialogue, String message) {}

  /** Reads the first message and deletes it. */
  static Visit read(int port, String user, String secret) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      PopClient client = new PopClient(socket);
      String greeting = client.expectOk();
      String challenge = greeting.substring(greeting.indexOf('<'), greeting.indexOf('>') + 1);
      client.say("APOP " + user + " " + digest(challenge + secret));
      client.say("STAT");
      client.say("RETR 1");
      String message = client.message();
      client.say("DELE 1");
      client.say("QUIT");
      return new Visit(client.dialogue, message);
    }
  }

  private static String digest(String text) {
    try {
      byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(octets));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void say(String line) throws IOException {
    dialogue.add("C: " + line);
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    expectOk();
  }

  private String expectOk() throws IOException {
    String line = in.readLine();
    if (line == null || !line.startsWith("+OK")) {
      throw new IOException("expected +OK from pop3-gw, got " + line);
    }
    dialogue.add("S: " + line);
    return line;
  }

  private String message() throws IOException {
    dialogue.add("S: (the message)");
    StringBuilder message = new StringBuilder();
    while (true) {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the connection ended inside the message");
      }
      if (line.equals(".")) {
        dialogue.add("S: .");
        return message.toString();
      }
      message.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
    }
  }
}
