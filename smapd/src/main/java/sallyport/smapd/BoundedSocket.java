package sallyport.smapd;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Watchdog;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.TlsFacts;
import sallyport.daemon.tls.TlsStreams;

/**
 * A connection to a hub on which nothing the hub does can hang or fill us.
 *
 * <p>The time-outs that sockets know hold for one read, and cost system calls; a hub that says one
 * octet a minute passes them all. Here every exchange (what we send until the last octet of the
 * answer) has one deadline, for reading and writing alike, which is kept by the {@link Watchdog}:
 * at most {@link Watchdog#PERIOD} late, by closing the connection. What the hub says is bounded by
 * {@link ReplyLimits}, and a hub that speaks out of turn is refused.
 *
 * <p>It is a socket only because Angus wants one. Used by one worker thread at a time, which is one
 * of the platform: a wait is one blocking system call. {@link #close} may be called by any thread
 * and ends a wait.
 */
final class BoundedSocket extends Socket implements Watchdog.Watched {

  private static final int INPUT = 2_048;

  /** A message of common size leaves as one piece, together with its final dot. */
  private static final int OUTPUT = 16_384;

  private static final long NONE = 0;

  private final Socket socket = new Socket();
  private final InetSocketAddress hub;
  private final Watchdog watchdog;
  private final ReplyLimits replies = new ReplyLimits();
  private final OutputStream outputStream = new Output();
  private InputStream in = new Raw();
  private OutputStream out = new RawOutput();
  private @Nullable TlsStreams tls;

  private final byte[] input = new byte[INPUT];
  private int position;
  private int limit;
  private final byte[] output = new byte[OUTPUT];
  private int collected;

  private long deadline;

  /** The deadline of the system call under way. */
  private volatile long waitsUntil;

  private volatile boolean late;
  private boolean connected;

  /** One that is not connected. */
  BoundedSocket(InetSocketAddress hub, Watchdog watchdog) {
    this.hub = hub;
    this.watchdog = watchdog;
  }

  /**
   * Connects.
   *
   * @param hub a resolved address whose {@link InetAddress} bears the hub's name, so that nobody
   *     asks for it
   * @param bound for the connection to be established
   */
  static BoundedSocket connect(InetSocketAddress hub, Duration bound, Watchdog watchdog)
      throws IOException {
    BoundedSocket bounded = new BoundedSocket(hub, watchdog);
    watchdog.watch(bounded);
    try {
      bounded.allow(bound);
      bounded.bounded(() -> {
        bounded.socket.connect(hub);
        bounded.socket.setTcpNoDelay(true);
        return 0;
      });
      bounded.connected = true;
      return bounded;
    } catch (IOException | RuntimeException e) {
      bounded.close();
      throw e;
    }
  }

  /**
   * Starts an exchange: {@code bound} for all that is sent and the whole answer.
   *
   * @throws IOException if the answer before is not complete, or the hub spoke without being asked
   */
  void beginExchange(Duration bound) throws IOException {
    if (position < limit) {
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
   * Does the handshake: from now on everything goes through TLS.
   *
   * @param bound for the whole of it
   * @throws InjectionException if the hub, or somebody in between, has sent octets that would be
   *     taken for what came through TLS
   * @throws IOException if it fails; the connection can only be closed
   */
  TlsFacts startTls(ClientTls with, Duration bound) throws IOException {
    allow(bound);
    if (position < limit || in.available() > 0) {
      throw new InjectionException();
    }
    TlsStreams streams = TlsStreams.client(in, out, with);
    tls = streams;
    in = streams.input();
    out = streams.output();
    return streams.facts();
  }

  /** Octets stood behind the answer to STARTTLS. */
  static final class InjectionException extends IOException {
    private static final long serialVersionUID = 1L;

    InjectionException() {
      super("octets behind the answer to STARTTLS");
    }
  }

  /** Tells the hub that nothing more follows, as TLS wants it; without TLS there is no need. */
  void endTls() {
    TlsStreams streams = tls;
    if (streams != null) {
      try {
        streams.closeOutput();
      } catch (IOException e) {
        // The hub is gone already.
      }
    }
  }

  /** Adds a line to what leaves at the next flush, or when a reply is read. */
  void collect(String line) throws IOException {
    byte[] octets = (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    outputStream.write(octets, 0, octets.length);
  }

  /** Octets that were collected and not sent. */
  int collected() {
    return collected;
  }

  /**
   * Sends what was collected, and reads one whole reply; the replies to commands that were sent
   * together are read one by one.
   *
   * @throws EOFException if the hub closes the connection first
   */
  HubReply reply() throws IOException {
    outputStream.flush();
    if (replies.complete()) {
      replies.expectReply();
    }
    StringBuilder text = new StringBuilder();
    while (!replies.complete()) {
      if (position == limit && !fill()) {
        throw new EOFException("the hub closed the connection");
      }
      byte octet = input[position++];
      replies.accept(octet);
      if (octet != '\r' && text.length() < HubReply.MAX_TEXT) {
        text.append((char) (octet & 0xff));
      }
    }
    return HubReply.of(replies.code(), text.toString());
  }

  /**
   * Whether this resting connection was closed here, or the hub has said something on it. One
   * system call.
   */
  boolean isStale() {
    try {
      return position < limit || socket.isClosed() || in.available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  private interface Call {
    int make() throws IOException;
  }

  /** Makes a system call that waits no longer than the deadline. */
  private int bounded(Call call) throws IOException {
    if (deadline - System.nanoTime() <= 0) {
      throw new SocketTimeoutException("the hub took too long");
    }
    waitsUntil = deadline == NONE ? 1 : deadline;
    try {
      return call.make();
    } catch (SocketException e) {
      throw explained(e);
    } finally {
      waitsUntil = NONE;
    }
  }

  private IOException explained(SocketException trouble) {
    if (late) {
      return caused(new SocketTimeoutException("the hub took too long"), trouble);
    }
    // Any other trouble with a connection that is open here comes from the other side: a reset.
    String what = socket.isClosed() ? "connection closed" : "the hub closed the connection";
    return connected ? caused(new SocketException(what), trouble) : trouble;
  }

  private static IOException caused(IOException said, SocketException by) {
    said.initCause(by);
    return said;
  }

  @Override
  public void check(long now) {
    long until = waitsUntil;
    if (until != NONE && now - until > 0) {
      late = true;
      try {
        close();
      } catch (IOException e) {
        // The worker sees that it is closed.
      }
    }
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
    return hub.getAddress();
  }

  @Override
  public int getPort() {
    return hub.getPort();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void close() throws IOException {
    watchdog.forget(this);
    socket.close();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = 0;
    limit = Math.max(0, in.read(input, 0, INPUT));
    return limit > 0;
  }

  /** The connection itself, within the deadline. */
  private final class Raw extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
      return bounded(() -> socket.getInputStream().read(octets, offset, length));
    }

    @Override
    public int available() throws IOException {
      return socket.getInputStream().available();
    }
  }

  /** The same for what is sent. */
  private final class RawOutput extends OutputStream {

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      bounded(() -> {
        socket.getOutputStream().write(octets, offset, length);
        return length;
      });
    }
  }

  /** Replies, for Angus. */
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
      if (position == limit && !fill()) {
        return -1;
      }
      int count = 0;
      while (count < length && position < limit && !replies.complete()) {
        byte octet = input[position++];
        replies.accept(octet);
        octets[offset + count++] = octet;
      }
      return count;
    }
  }

  /** Gathers what belongs together; {@link #flush} sends it. */
  private final class Output extends OutputStream {

    @Override
    public void write(int octet) throws IOException {
      if (collected == OUTPUT) {
        flush();
      }
      output[collected++] = (byte) octet;
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      int end = offset + length;
      for (int at = offset; at < end; ) {
        if (collected == OUTPUT) {
          flush();
        }
        int piece = Math.min(end - at, OUTPUT - collected);
        System.arraycopy(octets, at, output, collected, piece);
        collected += piece;
        at += piece;
      }
    }

    @Override
    public void flush() throws IOException {
      if (collected > 0) {
        int length = collected;
        collected = 0;
        out.write(output, 0, length);
      }
    }
  }
}
