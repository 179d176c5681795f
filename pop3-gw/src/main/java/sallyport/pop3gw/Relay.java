package sallyport.pop3gw;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Watchdog;

/**
 * Carries octets between a client and its inside server, untouched, until one side ends; each leg
 * is readable on the wire or under TLS.
 *
 * <p>A client that closes its side is passed on as just that, so that the server still gets to
 * finish what it was told (a QUIT), and its answer still travels back. When the server has closed,
 * the client gets {@link #LINGER} to close, too; what it sends meanwhile is dropped. An end under
 * TLS is passed on as one only if it was said to be one, by close_notify: else the other side sees
 * that it was cut off, too.
 *
 * <p>Here are the rules, the times and the books; {@link ChannelRelay} carries what is readable on
 * both wires, {@link StreamRelay} whatever there is. No wait of theirs has a timer: {@link #check}
 * ends what takes too long. {@link #cut} may be called by any thread.
 */
abstract sealed class Relay implements Watchdog.Watched permits ChannelRelay, StreamRelay {
  /** The time for {@link RelayBuffers#LARGE} octets, or a write of fewer, to be taken. */
  static final Duration WRITE_TIME = Duration.ofMinutes(5);

  /** Without an octet in either direction, once the client has closed its side. */
  static final Duration HALF_CLOSED_TIME = Duration.ofSeconds(60);

  /** For the client to close, once the server has. */
  static final Duration LINGER = Duration.ofSeconds(1);

  /** How a relay came to its end. */
  enum End {
    /** The client closed first. */
    CLIENT,
    /** The server closed first. */
    SERVER,
    /** The client's connection ended, without the close_notify that TLS has for it. */
    CLIENT_TRUNCATED,
    /** The same of the server. */
    SERVER_TRUNCATED,
    /** Neither said anything for too long. */
    IDLE,
    /** The client took nothing for too long. */
    CLIENT_STUCK,
    /** The server took nothing for too long. */
    SERVER_STUCK,
    /** The client's connection broke. */
    CLIENT_LOST,
    /** The server's connection broke. */
    SERVER_LOST,
    /** The daemon stopped. */
    STOPPED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Why a direction stopped. */
  enum Stop {
    /** The sender closed its side. */
    ENDED,
    /** The sender's connection ended, but under TLS, and without a close_notify: maybe not all. */
    TRUNCATED,
    /** The sender's connection broke. */
    READ_FAILED,
    /** The receiver's connection broke. */
    WRITE_FAILED
  }

  private final Leg client;
  private final Leg server;
  private final Flow fromClient = new Flow(this::hear);
  private final Flow fromServer = new Flow(this::hear);
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private volatile long heard = System.nanoTime();
  private volatile long idleNanos;
  private volatile long lingerUntil;
  private volatile boolean serverClosed;

  Relay(Leg client, Leg server, Duration idle) {
    this.client = client;
    this.server = server;
    this.idleNanos = idle.toNanos();
  }

  /**
   * Begins, on a thread or threads that are not the caller's, which close both connections at the
   * end.
   *
   * @param ofClient octets that the client has sent already
   * @param ofServer the same of the server
   * @param whenOver is told once how it ended, on a virtual thread
   */
  abstract void start(byte[] ofClient, byte[] ofServer, Consumer<End> whenOver);

  /** Lets both connections go, whatever they wait for: any thread may ask for that. */
  abstract void release();

  final Flow fromClient() {
    return fromClient;
  }

  final Flow fromServer() {
    return fromServer;
  }

  /** Octets that the client's side has sent and the server was given. */
  final long octetsIn() {
    return fromClient.octets();
  }

  /** Octets that the server has sent and the client was given. */
  final long octetsOut() {
    return fromServer.octets();
  }

  /** How it ended. */
  final End end() {
    End how = end.get();
    return how == null ? End.STOPPED : how;
  }

  /** What broke TLS on the leg that was lost, in a few words for the log; or empty. */
  final Optional<String> fault(End how) {
    return switch (how) {
      case CLIENT_LOST -> client.fault();
      case SERVER_LOST -> server.fault();
      case CLIENT,
          SERVER,
          CLIENT_TRUNCATED,
          SERVER_TRUNCATED,
          IDLE,
          CLIENT_STUCK,
          SERVER_STUCK,
          STOPPED ->
          Optional.empty();
    };
  }

  /** What the server sends has stopped. */
  final void serverStopped(Stop how) {
    switch (how) {
      case ENDED -> {
        serverEnded(End.SERVER);
        client.endOutput();
      }
      case TRUNCATED -> {
        serverEnded(End.SERVER_TRUNCATED);
        client.cutOutput();
      }
      case READ_FAILED -> finish(End.SERVER_LOST);
      case WRITE_FAILED -> finish(End.CLIENT_LOST);
    }
  }

  private void serverEnded(End how) {
    endsBy(how);
    lingerUntil = System.nanoTime() + LINGER.toNanos();
    serverClosed = true;
  }

  /**
   * What the client sends has stopped.
   *
   * @return true if the server takes nothing any more, but what it has said still has to reach the
   *     client: then the client's octets are to be dropped, up to {@link #clientDropped}
   */
  final boolean clientStopped(Stop how) {
    return switch (how) {
      case ENDED -> {
        clientEnded(End.CLIENT);
        server.endOutput();
        yield false;
      }
      case TRUNCATED -> {
        clientEnded(End.CLIENT_TRUNCATED);
        server.cutOutput();
        yield false;
      }
      case READ_FAILED -> {
        finish(End.CLIENT_LOST);
        yield false;
      }
      case WRITE_FAILED -> true;
    };
  }

  private void clientEnded(End how) {
    endsBy(how);
    waitLess();
  }

  /**
   * The last of the client's octets was dropped.
   *
   * @param orderly whether it closed its side
   */
  final void clientDropped(boolean orderly) {
    if (orderly) {
      waitLess();
    } else {
      finish(End.CLIENT_LOST);
    }
  }

  private void waitLess() {
    idleNanos = Math.min(idleNanos, HALF_CLOSED_TIME.toNanos());
  }

  private void hear() {
    heard = System.nanoTime();
  }

  @Override
  public final void check(long now) {
    if (serverClosed && now - lingerUntil > 0) {
      finish(End.SERVER);
    } else if (now - heard > idleNanos) {
      finish(End.IDLE);
    } else if (fromClient.writesFor(now) > WRITE_TIME.toNanos()) {
      finish(End.SERVER_STUCK);
    } else if (fromServer.writesFor(now) > WRITE_TIME.toNanos()) {
      finish(End.CLIENT_STUCK);
    }
  }

  /** Ends it without another octet. */
  final void cut() {
    finish(End.STOPPED);
  }

  private void finish(End how) {
    endsBy(how);
    release();
  }

  /** The first cause is the one that counts. */
  private void endsBy(End how) {
    end.compareAndSet(null, how);
  }

  final void closeBoth() {
    client.close();
    server.close();
  }
}
