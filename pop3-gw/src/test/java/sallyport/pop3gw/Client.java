package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A POP3 client by hand: says what it is told to and hears line by line. */
final class Client implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private String greeting = "";

  Client(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  Socket socket() {
    return socket;
  }

  /** The same client under TLS from here on, which checks the gateway's certificate. */
  Client underTls() throws IOException {
    return new Client(TestTls.toGateway(socket));
  }

  /** Sends octets as they are. */
  Client send(String octets) throws IOException {
    socket.getOutputStream().write(octets.getBytes(ISO_8859_1));
    return this;
  }

  /** One line without its CR LF, or "(end)". */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return line + "(end)";
      }
      line.append((char) c);
    }
    return line.substring(0, line.length() - 1);
  }

  /** Sends a line and hears the answer's first one. */
  String say(String command) throws IOException {
    send(command + "\r\n");
    return line();
  }

  /** Waits for the greeting. */
  String greeting() throws IOException {
    greeting = line();
    return greeting;
  }

  /** The challenge of the greeting that was heard. */
  String challenge() {
    return greeting.substring(greeting.indexOf('<'));
  }

  /** Everything up to the end. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  InputStream input() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
