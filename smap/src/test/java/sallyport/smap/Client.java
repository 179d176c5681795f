package sallyport.smap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;

/** A client that says what it is told to, as octets, and hears lines. */
final class Client implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  Client(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  Socket socket() {
    return socket;
  }

  /** Sends text as octets, with no line end added. */
  Client say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** The next line, or null at the end. */
  String hear() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        if (octet == '\n') {
          return line.toString(ISO_8859_1).stripTrailing();
        }
        line.write(octet);
      }
    } catch (SocketException e) {
      return null;
    }
    return line.size() == 0 ? null : line.toString(ISO_8859_1);
  }

  /** The last line of the next reply, however many lines it has. */
  String reply() throws IOException {
    String line = hear();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = hear();
    }
    return line;
  }

  /** Says a line and returns the last line of the answer. */
  String ask(String line) throws IOException {
    return say(line + "\r\n").reply();
  }

  /** Greeting, EHLO, MAIL, RCPT and DATA: what comes next is the body. */
  Client upToData() throws IOException {
    reply();
    ask("EHLO client.example");
    ask("MAIL FROM:<a@client.example>");
    ask("RCPT TO:<b@inside.example>");
    String go = ask("DATA");
    if (go == null || !go.startsWith("354")) {
      throw new IOException("no 354 but " + go);
    }
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
