package sallyport.transcript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A server behind a TCP port. */
public final class SocketPeer implements Peer {
  /** How long an answer may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Socket socket;
  private final InputStream input;
  private final Messages messages;

  /** Finds out what the server has accepted, for example by reading its spool. */
  @FunctionalInterface
  public interface Messages {
    /** The messages, in order, without the server's own trace field. */
    List<byte[]> accepted() throws IOException;
  }

  private SocketPeer(Socket socket, Messages messages) throws IOException {
    this.socket = socket;
    this.input = socket.getInputStream();
    this.messages = messages;
  }

  /** Connects to a server of which only the dialogue is of interest. */
  public static SocketPeer connect(InetSocketAddress address) throws IOException {
    return connect(
        address,
        () -> {
          throw new UnsupportedOperationException("nobody told how to find accepted messages");
        });
  }

  /** Connects to a server whose accepted messages can be found. */
  public static SocketPeer connect(InetSocketAddress address, Messages messages)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(address, (int) PATIENCE.toMillis());
      return new SocketPeer(socket, messages);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** A server that hangs up in the middle of a write is heard as closed, not as a failure. */
  @Override
  public void send(byte[] octets) throws IOException {
    try {
      socket.getOutputStream().write(octets);
    } catch (SocketException e) {
      if (socket.isClosed()) {
        throw e;
      }
    }
  }

  @Override
  public void endInput() throws IOException {
    socket.shutdownOutput();
  }

  /** A line that ends in LF alone keeps the LF, so that it never equals what was expected. */
  @Override
  public Heard hear() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      int octet = input.read();
      while (octet >= 0) {
        line.write(octet);
        if (octet == '\n') {
          String text = line.toString(StandardCharsets.ISO_8859_1);
          return new Heard.Line(
              text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text);
        }
        octet = input.read();
      }
    } catch (SocketTimeoutException e) {
      return line.size() == 0 ? new Heard.Silence() : unfinished(line);
    } catch (SocketException e) {
      return new Heard.Closed();
    }
    return line.size() == 0 ? new Heard.Closed() : unfinished(line);
  }

  private static Heard unfinished(ByteArrayOutputStream line) {
    return new Heard.Line(line.toString(StandardCharsets.ISO_8859_1) + " (unfinished)");
  }

  @Override
  public boolean hasMore() throws IOException {
    return input.available() > 0;
  }

  @Override
  public List<byte[]> messages() throws IOException {
    return messages.accepted();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
