package sallyport.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Says one message to a port of this machine, line by line, and keeps what was said. */
final class SmtpClient {

  private static final int TIME_OUT_MILLIS = 30_000;

  private final List<String> dialogue = new ArrayList<>();
  private final Socket socket;
  private final BufferedReader in;

  private SmtpClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIME_OUT_MILLIS);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  static List<String> send(int port, String from, String to, List<String> message)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      SmtpClient client = new SmtpClient(socket);
      client.expect("220");
      client.say("EHLO client.outside.example", "250");
      client.say("MAIL FROM:<" + from + ">", "250");
      client.say("RCPT TO:<" + to + ">", "250");
      client.say("DATA", "354");
      client.sayBody(message);
      client.say("QUIT", "221");
      return client.dialogue;
    }
  }

  private void say(String line, String expected) throws IOException {
    dialogue.add("C: " + line);
    write(line + "\r\n");
    expect(expected);
  }

  private void sayBody(List<String> message) throws IOException {
    StringBuilder body = new StringBuilder();
    for (String line : message) {
      body.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
    }
    dialogue.add("C: (the message)");
    dialogue.add("C: .");
    write(body + ".\r\n");
    expect("250");
  }

  private void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void expect(String code) throws IOException {
    String line;
    do {
      line = in.readLine();
      if (line == null || !line.startsWith(code)) {
        throw new IOException("expected " + code + " from smap, got " + line);
      }
      dialogue.add("S: " + line);
    } while (line.startsWith(code + "-"));
  }
}
