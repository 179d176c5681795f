package sallyport.daemon.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over the two streams of a connection, by JSSE's engine. Blocking, without a timer of its own:
 * whoever owns the socket ends a wait by shutting its input or closing it. After its input was shut
 * the session can still write its last words.
 *
 * <p>Memory: while it waits for the peer it holds {@link #SMALL} octets; a record gets a buffer of
 * its size, and writing borrows one of {@link RecordBuffers}.
 *
 * <p>One thread may read while another writes; {@link #closeOutput} and {@link #facts} are for
 * either.
 */
public final class TlsStreams {

  /** The longest that whoever keeps the time should give a handshake. */
  public static final Duration HANDSHAKE_TIME = Duration.ofSeconds(30);

  /** Octets that a peer may send before the handshake is done. */
  public static final int MAX_HANDSHAKE_OCTETS = 128 * 1024;

  /** Records in a row that may bring no data: empty ones, key updates, tickets. */
  public static final int MAX_EMPTY_RECORDS = 32;

  /** Octets with which the next record is awaited: enough for a command or a reply. */
  static final int SMALL = 1024;

  /** Octets read ahead while the peer sends large records. */
  static final int LARGE = 32 * 1024;

  private static final int HEADER = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;
  private static final int MAJOR_VERSION = 3;

  /** RFC 5246 section 6.2.3: 2^14 of data and 2,048 of what protects them. */
  private static final int MAX_FRAGMENT = (1 << 14) + 2048;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final byte[] NONE = {};

  private final SSLEngine engine;
  private final InputStream rawIn;
  private final OutputStream rawOut;
  private final ReentrantLock writing = new ReentrantLock();
  private final InputStream input = new Input();
  private final OutputStream output = new Output();

  private byte[] net = new byte[SMALL];
  private int netPosition;
  private int netLimit;

  private byte[] plain = NONE;
  private int plainPosition;
  private int plainLimit;

  /** What the engine wants to send in the handshake: a flight of records leaves in one write. */
  private @Nullable ByteArrayOutputStream flight = new ByteArrayOutputStream();

  private int handshakeOctets;
  private @Nullable GroupReader groups = new GroupReader();
  private @Nullable TlsFacts facts;
  private boolean ended;
  private volatile boolean closing;
  private volatile @Nullable String fault;

  private TlsStreams(SSLEngine engine, InputStream rawIn, OutputStream rawOut) {
    this.engine = engine;
    this.rawIn = rawIn;
    this.rawOut = rawOut;
  }

  /**
   * Does the handshake of the side that was connected to.
   *
   * @throws NotTlsException if the peer speaks something else
   * @throws SSLException if both cannot agree, or the peer breaks the rules; it has been told
   * @throws TruncatedException if the peer is gone
   * @throws IOException if the connection is broken
   */
  public static TlsStreams server(InputStream rawIn, OutputStream rawOut, ServerTls tls)
      throws IOException {
    TlsStreams streams = new TlsStreams(tls.engine(), rawIn, rawOut);
    SSLSession session = streams.handshake();
    String sni = OwnKeys.requestedName(session).orElse("");
    streams.keepFacts(session, sni, false, "");
    return streams;
  }

  /** The same of the side that connected; throws as the other, and what was not verified too. */
  public static TlsStreams client(InputStream rawIn, OutputStream rawOut, ClientTls tls)
      throws IOException {
    TlsStreams streams = new TlsStreams(tls.engine(), rawIn, rawOut);
    SSLSession session = streams.handshake();
    String sni = tls.sni().map(name -> name.getAsciiName()).orElse("");
    streams.keepFacts(session, sni, tls.verifies(), tls.verifies() ? tls.name() : "");
    return streams;
  }

  private void keepFacts(SSLSession session, String sni, boolean verified, String peer) {
    GroupReader reader = groups;
    String group = reader == null ? "none" : reader.name();
    groups = null;
    facts =
        new TlsFacts(session.getProtocol(), session.getCipherSuite(), group, sni, verified, peer);
  }

  /** What the handshake came to. */
  public TlsFacts facts() {
    TlsFacts known = facts;
    if (known == null) {
      throw new IllegalStateException("before the handshake");
    }
    return known;
  }

  SSLEngine engine() {
    return engine;
  }

  /**
   * What the peer sends; {@code -1} after its close_notify only. An end without it is a {@link
   * TruncatedException}.
   */
  public InputStream input() {
    return input;
  }

  /** What goes to the peer; each write leaves at once. Closing it is {@link #closeOutput}. */
  public OutputStream output() {
    return output;
  }

  /** What ended the session against the rules, in a few words for the log; or empty. */
  public Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  // ---- handshake

  private SSLSession handshake() throws IOException {
    try {
      engine.beginHandshake();
      settle(true);
      sendFlight();
      flight = null;
      return engine.getSession();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Goes on until the engine wants nothing more. */
  private void settle(boolean mayRead) throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap(NOTHING.duplicate());
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!mayRead) {
            return;
          }
          handshakeRecord();
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private void sendFlight() throws IOException {
    ByteArrayOutputStream collected = flight;
    if (collected != null && collected.size() > 0) {
      rawOut.write(collected.toByteArray());
      collected.reset();
    }
  }

  private void handshakeRecord() throws IOException {
    sendFlight();
    int length = awaitRecord();
    handshakeOctets += length;
    if (handshakeOctets > MAX_HANDSHAKE_OCTETS) {
      throw new SSLException("the handshake has more than " + MAX_HANDSHAKE_OCTETS + " octets");
    }
    SSLEngineResult result = unwrap(length, ByteBuffer.allocate(length));
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new SSLException("the peer closed in the handshake");
    }
    if (result.bytesProduced() > 0) {
      throw new SSLException("data before the handshake is done");
    }
  }

  private void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  // ---- reading

  /** Waits for a whole record; it then lies at {@code netPosition}. */
  private int awaitRecord() throws IOException {
    await(HEADER);
    int type = net[netPosition];
    int fragment = ((net[netPosition + 3] & 0xff) << 8) | (net[netPosition + 4] & 0xff);
    boolean wrong = type < FIRST_TYPE || type > LAST_TYPE || net[netPosition + 1] != MAJOR_VERSION;
    if (handshakeOctets == 0 && wrong) {
      throw new NotTlsException();
    }
    if (wrong || fragment > MAX_FRAGMENT) {
      throw new SSLException("a record with a wrong header");
    }
    await(HEADER + fragment);
    return HEADER + fragment;
  }

  private void await(int octets) throws IOException {
    if (netLimit - netPosition >= octets) {
      return;
    }
    makeRoom(octets);
    while (netLimit - netPosition < octets) {
      int read = rawIn.read(net, netLimit, net.length - netLimit);
      if (read < 0) {
        throw new TruncatedException();
      }
      netLimit += read;
    }
  }

  /** A large buffer is given up as soon as it is empty and nothing is there to be read. */
  private void makeRoom(int octets) throws IOException {
    int held = netLimit - netPosition;
    boolean idle = held == 0 && net.length > SMALL && octets <= SMALL && rawIn.available() == 0;
    byte[] to = net;
    if (idle) {
      to = new byte[SMALL];
    } else if (octets > net.length) {
      to = new byte[LARGE];
    }
    System.arraycopy(net, netPosition, to, 0, held);
    net = to;
    netPosition = 0;
    netLimit = held;
  }

  private SSLEngineResult unwrap(int length, ByteBuffer into) throws SSLException {
    GroupReader reader = groups;
    if (reader != null && engine.getUseClientMode()) {
      reader.records(net, netPosition, length);
    }
    SSLEngineResult result = engine.unwrap(ByteBuffer.wrap(net, netPosition, length), into);
    netPosition += result.bytesConsumed();
    return result;
  }

  private int readData(byte[] to, int offset, int length) throws IOException {
    for (int empty = 0; empty <= MAX_EMPTY_RECORDS; empty++) {
      int record = awaitRecord();
      boolean direct = length >= record;
      byte[] into = direct ? to : new byte[record];
      ByteBuffer buffer = direct ? ByteBuffer.wrap(to, offset, length) : ByteBuffer.wrap(into);
      SSLEngineResult result = unwrap(record, buffer);
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        ended = true;
        answerClose();
        return -1;
      }
      afterRecord(result.getHandshakeStatus());
      int produced = result.bytesProduced();
      if (produced > 0) {
        return direct ? produced : keep(into, produced, to, offset, length);
      }
    }
    throw new SSLException("more than " + MAX_EMPTY_RECORDS + " records in a row without data");
  }

  private int keep(byte[] from, int produced, byte[] to, int offset, int length) {
    int given = Math.min(produced, length);
    System.arraycopy(from, 0, to, offset, given);
    if (given < produced) {
      plain = from;
      plainPosition = given;
      plainLimit = produced;
    }
    return given;
  }

  private int takeKept(byte[] to, int offset, int length) {
    int given = Math.min(plainLimit - plainPosition, length);
    System.arraycopy(plain, plainPosition, to, offset, given);
    plainPosition += given;
    if (plainPosition == plainLimit) {
      plain = NONE;
      plainPosition = 0;
      plainLimit = 0;
    }
    return given;
  }

  /** TLS 1.3 has key updates and tickets; in 1.2 only a renegotiation looks so, and is refused. */
  private void afterRecord(HandshakeStatus status) throws IOException {
    if (status == HandshakeStatus.NOT_HANDSHAKING
        || status == HandshakeStatus.FINISHED
        || closing) {
      return;
    }
    if (!facts().protocol().equals("TLSv1.3")) {
      throw new SSLException("the peer wanted to renegotiate");
    }
    settle(false);
  }

  /** In TLS 1.2 a close_notify is to be answered with one; in 1.3 each side closes for itself. */
  private void answerClose() {
    try {
      settle(false);
    } catch (IOException e) {
      // The peer has said all that it wanted to say, and does not wait.
    }
  }

  /** The rules were broken or the connection was: the peer is told what TLS can tell it. */
  private IOException broken(IOException cause) {
    String text = cause.getMessage();
    fault = text == null ? cause.toString() : text;
    if (cause instanceof SSLException) {
      closing = true;
      try {
        for (int alerts = 0; alerts < 2 && !engine.isOutboundDone(); alerts++) {
          engine.closeOutbound();
          wrap(NOTHING.duplicate());
        }
        sendFlight();
      } catch (IOException e) {
        // Told, or not reachable.
      }
    }
    return cause;
  }

  // ---- writing

  private void writeData(byte[] from, int offset, int length) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(from, offset, length);
    while (data.hasRemaining()) {
      int before = data.remaining();
      SSLEngineResult result = wrap(data);
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new SSLException("the TLS session is closed");
      }
      if (data.remaining() == before && result.bytesProduced() == 0) {
        throw new SSLException("the TLS session cannot write");
      }
    }
  }

  /** One record at most, and out with it. */
  private SSLEngineResult wrap(ByteBuffer data) throws IOException {
    writing.lock();
    byte[] record = RecordBuffers.take();
    try {
      ByteBuffer into = ByteBuffer.wrap(record);
      SSLEngineResult result = engine.wrap(data, into);
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record beyond " + RecordBuffers.SIZE + " octets");
      }
      if (into.position() > 0) {
        GroupReader reader = groups;
        if (reader != null && !engine.getUseClientMode()) {
          reader.records(record, 0, into.position());
        }
        send(record, into.position());
      }
      return result;
    } finally {
      RecordBuffers.give(record);
      writing.unlock();
    }
  }

  private void send(byte[] record, int length) throws IOException {
    ByteArrayOutputStream collected = flight;
    if (collected == null) {
      rawOut.write(record, 0, length);
    } else {
      collected.write(record, 0, length);
    }
  }

  /**
   * Sends close_notify: the peer knows that this was all. It may still send.
   *
   * @throws IOException if the connection is broken
   */
  public void closeOutput() throws IOException {
    closing = true;
    engine.closeOutbound();
    for (int records = 0; records < 2 && !engine.isOutboundDone(); records++) {
      wrap(NOTHING.duplicate());
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (plainPosition < plainLimit) {
        return takeKept(to, offset, length);
      }
      if (ended) {
        return -1;
      }
      try {
        return readData(to, offset, length);
      } catch (IOException e) {
        throw broken(e);
      }
    }

    /** Octets that are there; of those not decrypted yet only that there are some. */
    @Override
    public int available() throws IOException {
      if (plainPosition < plainLimit) {
        return plainLimit - plainPosition;
      }
      return (!ended && (netPosition < netLimit || rawIn.available() > 0)) ? 1 : 0;
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      writeData(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      writeData(from, offset, length);
    }

    @Override
    public void close() throws IOException {
      closeOutput();
    }
  }

  @Override
  public String toString() {
    return "TlsStreams[" + (facts == null ? "handshake" : facts.text()) + "]";
  }
}
