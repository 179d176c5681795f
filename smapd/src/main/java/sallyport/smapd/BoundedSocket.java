package sallyport.smapd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A connection to a hub on which nothing the hub does can hang or fill us.
 *
 * <p>The time-outs that Angus knows hold for one read or write; a hub that says one octet a minute
 * passes them all. Here every exchange (what we send until the last octet of the answer) has one
 * deadline, for reading and writing alike. The channel does not block; the wait is a selector's, so
 * that no second thread is needed to end a write. What the hub says is bounded by {@link
 * ReplyLimits}, and a hub that speaks out of turn is refused.
 *
 * <p>Used by one worker thread at a time; {@link #close} may be called by any thread and ends a
 * wait.
 */
final class BoundedSocket extends Socket {

  private static final int INPUT = 2_048;

  /** A message of common size leaves as one piece, together with its final dot. */
  private static final int OUTPUT = 16_384;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final InetAddress address;
  private final int port;
  private final ReplyLimits replies = new ReplyLimits();
  private final ByteBuffer input = ByteBuffer.allocate(INPUT).flip();
  private final ByteBuffer output = ByteBuffer.allocate(OUTPUT);
  private final OutputStream outputStream = new Output();
  private long deadline;

  private BoundedSocket(
      SocketChannel channel, Selector selector, SelectionKey key, InetSocketAddress hub) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
    this.address = hub.getAddress();
    this.port = hub.getPort();
  }

  /**
   * Connects.
   *
   * @param hub a resolved address whose {@link InetAddress} bears the hub's name, so that nobody
   *     asks for it
   * @param bound for the connection to be established
   */
  static BoundedSocket connect(InetSocketAddress hub, Duration bound) throws IOException {
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      selector = Selector.open();
      SelectionKey key = channel.register(selector, 0);
      BoundedSocket socket = new BoundedSocket(channel, selector, key, hub);
      socket.allow(bound);
      if (!channel.connect(hub)) {
        while (!channel.finishConnect()) {
          socket.await(SelectionKey.OP_CONNECT);
        }
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  /**
   * Starts an exchange: {@code bound} for all that is sent and the whole answer.
   *
   * @throws IOException if the answer before is not complete, or the hub spoke without being asked
   */
  void beginExchange(Duration bound) throws IOException {
    if (input.hasRemaining()) {
      throw new SocketException("the hub sent a reply that nobody asked for");
    }
    replies.expectReply();
    allow(bound);
  }

  /** Moves the deadline of the exchange under way to {@code bound} from now. */
  void allow(Duration bound) {
    deadline = System.nanoTime() + bound.toNanos();
  }

  /**
   * Whether the hub has closed this resting connection, or said something on it. One system call.
   */
  boolean isStale() {
    try {
      return input.hasRemaining() || !channel.isOpen() || channel.read(ByteBuffer.allocate(1)) != 0;
    } catch (IOException e) {
      return true;
    }
  }

  private void await(int operation) throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("the hub took too long");
    }
    try {
      key.interestOps(operation);
      selector.select(Math.max(1, Duration.ofNanos(left).toMillis()));
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw closedHere(e);
    }
    if (!channel.isOpen()) {
      throw new SocketException("connection closed");
    }
  }

  private static SocketException closedHere(RuntimeException cause) {
    SocketException closed = new SocketException("connection closed");
    closed.initCause(cause);
    return closed;
  }

  @Override
  public InputStream getInputStream() {
    return new Input();
  }

  @Override
  public OutputStream getOutputStream() {
    return outputStream;
  }

  @Override
  public InetAddress getInetAddress() {
    return address;
  }

  @Override
  public int getPort() {
    return port;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      selector.close();
    }
  }

  private final class Input extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Reads at most to the end of the reply, so that what lies behind it is seen as such. */
    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
      if (replies.complete()) {
        throw new SocketException("no reply is awaited");
      }
      if (!input.hasRemaining() && !fill()) {
        return -1;
      }
      int count = 0;
      while (count < length && input.hasRemaining() && !replies.complete()) {
        byte octet = input.get();
        replies.accept(octet);
        octets[offset + count++] = octet;
      }
      return count;
    }

    private boolean fill() throws IOException {
      input.clear();
      try {
        int count;
        do {
          // A reply is never there at once: looking for it first would be a call for nothing.
          await(SelectionKey.OP_READ);
          count = channel.read(input);
        } while (count == 0);
        return count > 0;
      } finally {
        input.flip();
      }
    }
  }

  /** Gathers what belongs together; {@link #flush} sends it. */
  private final class Output extends OutputStream {

    @Override
    public void write(int octet) throws IOException {
      if (!output.hasRemaining()) {
        flush();
      }
      output.put((byte) octet);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      int end = offset + length;
      for (int at = offset; at < end; ) {
        if (!output.hasRemaining()) {
          flush();
        }
        int piece = Math.min(end - at, output.remaining());
        output.put(octets, at, piece);
        at += piece;
      }
    }

    @Override
    public void flush() throws IOException {
      output.flip();
      while (output.hasRemaining()) {
        if (channel.write(output) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
      output.clear();
    }
  }
}
