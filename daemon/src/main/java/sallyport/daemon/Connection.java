package sallyport.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.NotTlsException;
import sallyport.daemon.tls.ServerTls;
import sallyport.daemon.tls.TlsFacts;
import sallyport.daemon.tls.TlsStreams;
import sallyport.daemon.tls.TruncatedException;

/**
 * One TCP connection, accepted or opened by us, seen as bounded lines in and joined replies out; in
 * the clear, or through TLS from {@link #startTls} on.
 *
 * <p>Reading: every wait has a deadline for the whole of what is awaited, so that a peer which
 * sends one octet a second gains nothing by it. Writing: {@link #send} only collects; what was
 * collected leaves in one write when the daemon is about to wait for the peer, so the replies to
 * pipelined commands travel together (RFC 2920 section 3.2). Both are kept by the {@link Watchdog},
 * at most {@link Watchdog#PERIOD} late: Java sockets have no time-out for writing, and theirs for
 * reading costs a timer for every wait.
 *
 * <p>Owned by the one session thread; only {@link #interrupt}, {@link #cut} and {@link #check} may
 * be called by others.
 */
public final class Connection implements AutoCloseable, Watchdog.Watched {

  /** Octets read ahead at most, unless the maker says otherwise. */
  static final int INPUT_BUFFER = 16 * 1024;

  /** Octets of replies collected at most before they are written, unless the maker says so. */
  static final int OUTPUT_BUFFER = 4 * 1024;

  /** Octets of one over-long line that are skipped in the hope of its end. */
  static final int LINE_SKIP_MOST = 1024 * 1024;

  /** Octets that are read and dropped after our last reply, so that the peer gets to see it. */
  static final int LINGER_OCTETS = 256 * 1024;

  /** The time for that, in milliseconds. */
  static final int LINGER_MILLIS = 1000;

  private static final byte[] GIVEN_AWAY = {};
  private static final long NONE = 0;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int CR = '\r';
  private static final int LF = '\n';

  private final Socket socket;
  private final InputStream rawIn;
  private final OutputStream rawOut;
  private final Watchdog watchdog;
  private final Runnable onClose;
  private final InetSocketAddress peer;
  private final AtomicBoolean closed = new AtomicBoolean();

  private InputStream in;
  private OutputStream out;
  private @Nullable TlsStreams tls;

  private byte[] input;
  private int position;
  private int limit;

  private byte[] output;
  private int collected;

  private long octetsIn;
  private long octetsOut;
  private volatile long readUntil;
  private volatile long writeUntil;
  private volatile boolean readTimedOut;
  private volatile Received.@Nullable Interruption interruption;

  /**
   * Takes over an accepted socket, and closes it if that fails.
   *
   * @param watchdog keeps the deadlines until the connection is closed
   * @param onClose run once, when the connection is closed for whatever reason
   * @throws IOException if the peer is gone already
   */
  public Connection(Socket socket, Watchdog watchdog, Runnable onClose) throws IOException {
    this(socket, watchdog, onClose, INPUT_BUFFER, OUTPUT_BUFFER);
  }

  /**
   * As the other, for a protocol that needs less.
   *
   * @param inputOctets read ahead at most; more than the longest line and its CR LF
   * @param outputOctets of replies collected at most before they are written
   * @throws IOException if the peer is gone already
   */
  public Connection(
      Socket socket, Watchdog watchdog, Runnable onClose, int inputOctets, int outputOctets)
      throws IOException {
    this.input = new byte[inputOctets];
    this.output = new byte[outputOctets];
    this.socket = socket;
    this.watchdog = watchdog;
    this.onClose = onClose;
    this.peer = (InetSocketAddress) socket.getRemoteSocketAddress();
    try {
      socket.setTcpNoDelay(true);
      this.rawIn = socket.getInputStream();
      this.rawOut = new TimedOutput(socket.getOutputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    this.in = rawIn;
    this.out = rawOut;
    watchdog.watch(this);
  }

  /** The peer's address and port. */
  public InetSocketAddress peer() {
    return peer;
  }

  /** The peer's address. */
  public InetAddress peerAddress() {
    return peer.getAddress();
  }

  /** Octets received so far; those of TLS itself are not counted. */
  public long octetsIn() {
    return octetsIn;
  }

  /** Octets sent so far; those of TLS itself are not counted. */
  public long octetsOut() {
    return octetsOut;
  }

  /**
   * Reads one line that ends with CR LF, after sending what was collected if it has to wait.
   *
   * @param mostOctets the bound for the line, CR LF not counted
   * @param deadline {@link System#nanoTime} by which the line must be whole
   */
  public Received readLine(int mostOctets, long deadline) {
    try {
      return nextLine(mostOctets, deadline);
    } catch (SocketTimeoutException e) {
      return new Received.TimedOut();
    } catch (IOException e) {
      return ended();
    }
  }

  private Received nextLine(int mostOctets, long deadline) throws IOException {
    int scanned = 0;
    while (true) {
      int end = indexOfLf(position + scanned);
      if (end >= 0) {
        return lineUpTo(end, mostOctets);
      }
      scanned = limit - position;
      if (scanned > 0 && input[position] == TLS_HANDSHAKE) {
        return new Received.TlsHello();
      }
      if (scanned > mostOctets + 1) {
        return skipLine(deadline);
      }
      if (fill(deadline) < 0) {
        return ended();
      }
    }
  }

  private Received ended() {
    Received.Interruption cause = interruption;
    return cause == null ? new Received.EndOfInput() : new Received.Interrupted(cause);
  }

  private int indexOfLf(int from) {
    for (int i = from; i < limit; i++) {
      if (input[i] == LF) {
        return i;
      }
    }
    return -1;
  }

  private Received lineUpTo(int lf, int mostOctets) {
    int start = position;
    position = lf + 1;
    int end = lf - 1;
    if (input[start] == TLS_HANDSHAKE) {
      return new Received.TlsHello();
    }
    if (end < start || input[end] != CR) {
      return new Received.BareLineEnd();
    }
    if (end - start > mostOctets) {
      return new Received.LineTooLong();
    }
    for (int i = start; i < end; i++) {
      if (input[i] == CR) {
        return new Received.BareLineEnd();
      }
    }
    return new Received.Line(new String(input, start, end - start, StandardCharsets.ISO_8859_1));
  }

  private Received skipLine(long deadline) throws IOException {
    for (int skipped = 0; skipped < LINE_SKIP_MOST; ) {
      int end = indexOfLf(position);
      if (end >= 0) {
        position = end + 1;
        return new Received.LineTooLong();
      }
      skipped += limit - position;
      position = limit;
      if (fill(deadline) < 0) {
        return ended();
      }
    }
    return new Received.LineEndless();
  }

  /** True if the peer has sent octets that have not been consumed yet; never waits. */
  public boolean hasInput() {
    try {
      return position < limit || in.available() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The buffer that {@link #position} and {@link #limit} point into: for scanning in place. */
  public byte[] buffer() {
    return input;
  }

  /** Where the unconsumed octets begin in {@link #buffer}. */
  public int position() {
    return position;
  }

  /** Where the unconsumed octets end in {@link #buffer}. */
  public int limit() {
    return limit;
  }

  /** Marks octets of {@link #buffer} as consumed. */
  public void consume(int octets) {
    position = Math.addExact(position, octets);
    assert position <= limit;
  }

  /**
   * Sends what was collected, then waits for more octets from the peer.
   *
   * @return the number of octets added to the buffer, or -1 at the end of input
   * @throws SocketTimeoutException if the deadline passes first
   * @throws IOException if the connection is broken
   */
  public int fill(long deadline) throws IOException {
    flush();
    makeRoom();
    if (interruption != null) {
      return -1;
    }
    int read = readBefore(deadline);
    if (read > 0) {
      limit += read;
      octetsIn += read;
    }
    return read;
  }

  private int readBefore(long deadline) throws IOException {
    if (deadline - System.nanoTime() <= 0 && in.available() == 0) {
      throw new SocketTimeoutException("deadline passed");
    }
    readUntil = notNone(deadline);
    int read = readOnce();
    readUntil = NONE;
    if (readTimedOut) {
      throw new SocketTimeoutException("deadline passed");
    }
    return read;
  }

  /** TLS is told nothing of an end that we have made ourselves. */
  private int readOnce() throws IOException {
    try {
      return in.read(input, limit, input.length - limit);
    } catch (TruncatedException e) {
      if (interruption == null && !readTimedOut) {
        throw e;
      }
      return -1;
    }
  }

  private static long notNone(long deadline) {
    return deadline == NONE ? 1 : deadline;
  }

  private void makeRoom() {
    if (position == limit) {
      position = 0;
      limit = 0;
    } else if (limit == input.length) {
      System.arraycopy(input, position, input, 0, limit - position);
      limit -= position;
      position = 0;
    }
    if (limit == input.length) {
      throw new IllegalStateException("the reader must consume before it asks for more");
    }
  }

  /**
   * Collects octets to be sent; they leave at the next {@link #fill}, {@link #flush} or {@link
   * #close}.
   *
   * @throws IOException if the buffer had to be written and the connection is broken
   */
  public void send(byte[] octets, int offset, int length) throws IOException {
    if (length > output.length - collected) {
      flush();
    }
    if (length > output.length) {
      write(octets, offset, length);
      return;
    }
    System.arraycopy(octets, offset, output, collected, length);
    collected += length;
  }

  /** Collects ASCII text to be sent, as {@link #send(byte[], int, int)}. */
  public void send(String ascii) throws IOException {
    byte[] octets = ascii.getBytes(StandardCharsets.US_ASCII);
    send(octets, 0, octets.length);
  }

  /**
   * Sends what was collected.
   *
   * @throws IOException if the connection is broken
   */
  public void flush() throws IOException {
    if (collected > 0) {
      int length = collected;
      collected = 0;
      write(output, 0, length);
    }
  }

  private void write(byte[] octets, int offset, int length) throws IOException {
    out.write(octets, offset, length);
    octetsOut += length;
  }

  /**
   * Sends what was collected and begins TLS as its server, as after 220 to STARTTLS. From then on
   * all that is read and written goes through it. After any other outcome the connection can only
   * be closed.
   *
   * <p>Octets that the peer has sent before the handshake, in the clear, are never taken for what
   * was said under TLS: if there are any, this refuses.
   *
   * @param deadline {@link System#nanoTime} by which the handshake must be done
   */
  public TlsStart startTls(ServerTls server, long deadline) {
    return startTls(deadline, () -> TlsStreams.server(rawIn, rawOut, server));
  }

  /** The same as the client, as after a server's answer to STARTTLS. */
  public TlsStart startTls(ClientTls client, long deadline) {
    return startTls(deadline, () -> TlsStreams.client(rawIn, rawOut, client));
  }

  /** A handshake of either side. */
  private interface Handshake {
    TlsStreams open() throws IOException;
  }

  private TlsStart startTls(long deadline, Handshake handshake) {
    if (tls != null) {
      throw new IllegalStateException("TLS has begun already");
    }
    if (position < limit) {
      return new TlsStart.SentAhead();
    }
    try {
      flush();
      readUntil = notNone(deadline);
      TlsStreams opened = handshake.open();
      if (readTimedOut || interruption != null) {
        return notStarted("");
      }
      tls = opened;
      in = opened.input();
      out = opened.output();
      return new TlsStart.Started(opened.facts());
    } catch (NotTlsException e) {
      return new TlsStart.NotTls();
    } catch (SSLException e) {
      return notStarted(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return notStarted("");
    } finally {
      readUntil = NONE;
    }
  }

  /** Why, if it was not the two sides that could not agree. */
  private TlsStart notStarted(String disagreement) {
    Received.Interruption cause = interruption;
    if (cause != null) {
      return new TlsStart.Interrupted(cause);
    }
    if (readTimedOut) {
      return new TlsStart.TimedOut();
    }
    return disagreement.isEmpty() ? new TlsStart.Lost() : new TlsStart.Failed(disagreement);
  }

  /** What the handshake came to; empty without TLS. */
  public Optional<TlsFacts> tls() {
    return tlsStreams().map(TlsStreams::facts);
  }

  /** The streams of TLS, for who takes the socket by {@link #giveAway}; empty without TLS. */
  public Optional<TlsStreams> tlsStreams() {
    return Optional.ofNullable(tls);
  }

  /**
   * What broke TLS after its handshake, in a few words for the log: an end without close_notify, a
   * forged record, a renegotiation. Empty if nothing did.
   */
  public Optional<String> tlsFault() {
    boolean ownEnd = interruption != null || readTimedOut;
    return ownEnd ? Optional.empty() : tlsStreams().flatMap(TlsStreams::fault);
  }

  /** What the socket takes, within the time for one write; TLS writes on its own account too. */
  private final class TimedOutput extends OutputStream {
    private final OutputStream socketOut;

    TimedOutput(OutputStream socketOut) {
      this.socketOut = socketOut;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      writeUntil = notNone(System.nanoTime() + watchdog.writeLimitNanos());
      socketOut.write(octets, offset, length);
      writeUntil = NONE;
    }
  }

  @Override
  public void check(long now) {
    long write = writeUntil;
    long read = readUntil;
    if (write != NONE && now - write > 0) {
      cut();
    } else if (read != NONE && now - read > 0 && !readTimedOut) {
      readTimedOut = true;
      endInput();
    }
  }

  /**
   * Sends what was collected and gives up the socket: from now on it belongs to the caller, who
   * also closes it. This connection has no deadlines and no buffers any more; {@code onClose} runs
   * only if somebody else has closed it first. Under TLS the octets go through {@link #tlsStreams}.
   *
   * @param readAhead takes the octets that have been received and not consumed
   * @throws IOException if the connection is broken or was closed
   */
  public Socket giveAway(OutputStream readAhead) throws IOException {
    flush();
    if (!closed.compareAndSet(false, true)) {
      throw new SocketException("closed");
    }
    watchdog.forget(this);
    readAhead.write(input, position, limit - position);
    position = 0;
    limit = 0;
    input = GIVEN_AWAY;
    output = GIVEN_AWAY;
    return socket;
  }

  /**
   * Makes the session's present or next wait for input end at once with {@link
   * Received.Interrupted}. The session can still send its last reply.
   */
  public void interrupt(Received.Interruption cause) {
    interruption = cause;
    endInput();
  }

  private void endInput() {
    try {
      socket.shutdownInput();
    } catch (IOException e) {
      cut();
    }
  }

  /** Closes at once, from any thread; whoever reads or writes gets an error. */
  public void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
    }
    closedOnce();
  }

  /**
   * Sends what was collected and closes. If the peer is still sending, its octets are dropped for a
   * bounded while, since closing over unread input makes the kernel reset the connection and the
   * peer lose our last reply.
   */
  @Override
  public void close() {
    if (closed.get()) {
      return;
    }
    try {
      flush();
      if (tls != null) {
        tls.closeOutput();
      }
      if (hasInput()) {
        linger();
      }
    } catch (IOException e) {
      // The peer is gone: there is nobody to tell.
    }
    cut();
  }

  private void linger() throws IOException {
    socket.shutdownOutput();
    socket.setSoTimeout(LINGER_MILLIS);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS);
    try {
      for (int dropped = 0; dropped < LINGER_OCTETS && System.nanoTime() - deadline < 0; ) {
        int read = rawIn.read(input, 0, input.length);
        if (read < 0) {
          return;
        }
        dropped += read;
      }
    } catch (SocketTimeoutException | SocketException e) {
      // Long enough.
    }
  }

  private void closedOnce() {
    if (closed.compareAndSet(false, true)) {
      watchdog.forget(this);
      onClose.run();
    }
  }

  /** True once the connection is closed. */
  public boolean isClosed() {
    return closed.get();
  }
}
