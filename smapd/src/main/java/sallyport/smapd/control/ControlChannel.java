package sallyport.smapd.control;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One end of a control connection: lines and octets, each way with a bound in size and time, so
 * that no peer holds the other up. One thread; {@link #close} by any, which ends whatever waits.
 */
final class ControlChannel implements Closeable {
  private static final int BUFFER = 64 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
  private final Duration stall;
  private volatile long progress = System.nanoTime();

  /**
   * Takes a connected channel over.
   *
   * @param stall how long the peer may take nothing while something is written
   */
  ControlChannel(SocketChannel channel, Duration stall) throws IOException {
    this.channel = channel;
    this.stall = stall;
    in.flip();
    channel.configureBlocking(false);
    selector = Selector.open();
    key = channel.register(selector, SelectionKey.OP_READ);
  }

  /** When octets last went either way, by {@link System#nanoTime}. */
  long progress() {
    return progress;
  }

  /**
   * Reads a line without its end.
   *
   * @param bound for the whole of it
   * @return empty if the peer closed before its first octet
   * @throws ProtocolException if it is longer, or ends in its midst
   * @throws SocketTimeoutException after the bound
   */
  Optional<String> readLine(int longest, Duration bound) throws IOException {
    long end = System.nanoTime() + bound.toNanos();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      while (in.hasRemaining()) {
        byte octet = in.get();
        if (octet == '\n') {
          return Optional.of(line.toString(StandardCharsets.US_ASCII));
        }
        if (line.size() >= longest - 1) {
          throw new ProtocolException("a line is too long");
        }
        line.write(octet);
      }
      if (!fill(end)) {
        if (line.size() > 0) {
          throw new ProtocolException("the connection ended in a line");
        }
        return Optional.empty();
      }
    }
  }

  /** Reads at least one octet of those wanted, and at most so many; -1 at the end. */
  int read(byte[] into, int atMost, Duration bound) throws IOException {
    if (!in.hasRemaining() && !fill(System.nanoTime() + bound.toNanos())) {
      return -1;
    }
    int length = Math.min(atMost, in.remaining());
    in.get(into, 0, length);
    return length;
  }

  private boolean fill(long end) throws IOException {
    in.clear();
    int read = channel.read(in);
    while (read == 0) {
      await(SelectionKey.OP_READ, end, "nothing came");
      read = channel.read(in);
    }
    in.flip();
    if (read > 0) {
      progress = System.nanoTime();
    } else {
      in.limit(0);
    }
    return read > 0;
  }

  /** Lays a line into the buffer; what does not fit is sent. */
  void line(String line) throws IOException {
    octets(line.getBytes(StandardCharsets.US_ASCII), 0, line.length());
    octets(new byte[] {'\n'}, 0, 1);
  }

  /** Lays octets into the buffer; what does not fit is sent. */
  void octets(byte[] octets, int from, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!out.hasRemaining()) {
        flush();
      }
      int part = Math.min(out.remaining(), length - done);
      out.put(octets, from + done, part);
      done += part;
    }
  }

  /**
   * Sends what lies in the buffer.
   *
   * @throws SocketTimeoutException if the peer takes nothing for too long
   */
  void flush() throws IOException {
    out.flip();
    long end = System.nanoTime() + stall.toNanos();
    while (out.hasRemaining()) {
      if (channel.write(out) > 0) {
        progress = System.nanoTime();
        end = progress + stall.toNanos();
      } else {
        await(SelectionKey.OP_WRITE, end, "nothing was taken");
      }
    }
    out.clear();
  }

  private void await(int operation, long end, String what) throws IOException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException(what);
    }
    try {
      key.interestOps(operation);
      selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
      selector.selectedKeys().clear();
    } catch (CancelledKeyException | ClosedSelectorException e) {
      throw new SocketException("the connection was cut", e);
    }
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      channel.close();
    }
  }
}
