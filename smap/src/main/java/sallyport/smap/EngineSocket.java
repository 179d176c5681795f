package sallyport.smap;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.subethamail.smtp.server.Session;
import sallyport.daemon.Connection;

/**
 * What SubEtha holds in place of the real socket: reading gives {@link Engine.Turn#WORD} for as
 * long as the conversation goes on, writing does nothing, closing closes the real connection.
 *
 * <p>Used by the one session thread.
 */
final class EngineSocket extends Socket {

  private static final byte[] TURN =
      (Engine.Turn.WORD + "\r\n").getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Conversation conversation;

  EngineSocket(Connection connection, Conversation conversation) {
    this.connection = connection;
    this.conversation = conversation;
  }

  static EngineSocket of(Session session) {
    return (EngineSocket) session.getSocket();
  }

  Conversation conversation() {
    return conversation;
  }

  @Override
  public InputStream getInputStream() {
    return new Turns();
  }

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return connection.peer();
  }

  @Override
  public InetAddress getInetAddress() {
    return connection.peerAddress();
  }

  @Override
  public int getPort() {
    return connection.peer().getPort();
  }

  @Override
  public void setSoTimeout(int millis) {
    // Deadlines are the connection's own.
  }

  @Override
  public boolean isBound() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return connection.isClosed();
  }

  @Override
  public void close() {
    connection.close();
  }

  /** One turn a read; the end once the conversation is over. */
  private final class Turns extends InputStream {
    @Override
    public int read() {
      throw new UnsupportedOperationException("SubEtha reads through a buffer");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (conversation.isOver()) {
        return -1;
      }
      System.arraycopy(TURN, 0, into, offset, TURN.length);
      return TURN.length;
    }
  }
}
