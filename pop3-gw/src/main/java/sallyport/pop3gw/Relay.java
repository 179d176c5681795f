package sallyport.pop3gw;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
 * <p>One virtual thread carries the client's octets, another the server's. No wait of theirs has a
 * timer: {@link #check} ends what takes too long. {@link #cut} may be called by any thread.
 */
final class Relay implements Watchdog.Watched {
  /** The time for one write of at most {@link RelayBuffers#LARGE} octets. */
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

  private final Leg client;
  private final Leg server;
  private final Pump fromClient;
  private final Pump fromServer;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private volatile long heard = System.nanoTime();
  private volatile long idleNanos;
  private volatile long lingerUntil;
  private volatile boolean serverClosed;

  /**
   * Owns both legs from now on.
   *
   * @param idle the longest time without an octet in either direction
   */
  Relay(Leg client, Leg server, RelayBuffers buffers, Duration idle) {
    this.client = client;
    this.server = server;
    this.idleNanos = idle.toNanos();
    fromClient = new Pump(client, server, buffers, this::hear);
    fromServer = new Pump(server, client, buffers, this::hear);
  }

  /** Octets that the client's side has sent and the server was given. */
  long octetsIn() {
    return fromClient.octets();
  }

  /** Octets that the server has sent and the client was given. */
  long octetsOut() {
    return fromServer.octets();
  }

  /** What broke TLS on the leg that was lost, in a few words for the log; or empty. */
  Optional<String> fault(End how) {
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

  /**
   * Begins, on two threads of its own: the session's would keep the deep stack of the login. They
   * close both connections at the end.
   *
   * @param ofClient octets that the client has sent already
   * @param ofServer the same of the server
   * @param threads makes virtual threads
   * @param whenOver is told once how it ended, on one of the threads
   */
  void start(byte[] ofClient, byte[] ofServer, ThreadFactory threads, Consumer<End> whenOver) {
    AtomicInteger carrying = new AtomicInteger(2);
    Runnable leave =
        () -> {
          if (carrying.decrementAndGet() == 0) {
            closeBoth();
            whenOver.accept(end.getNow(End.STOPPED));
          }
        };
    threads.newThread(() -> carry(() -> carryFromClient(ofClient), leave)).start();
    threads.newThread(() -> carry(() -> carryFromServer(ofServer), leave)).start();
  }

  private static void carry(Runnable direction, Runnable leave) {
    try {
      direction.run();
    } finally {
      leave.run();
    }
  }

  private void carryFromServer(byte[] first) {
    switch (fromServer.run(first)) {
      case Pump.Stop.ENDED -> {
        serverEnded(End.SERVER);
        client.endOutput();
      }
      case Pump.Stop.TRUNCATED -> {
        serverEnded(End.SERVER_TRUNCATED);
        client.cutOutput();
      }
      case Pump.Stop.READ_FAILED -> finish(End.SERVER_LOST);
      case Pump.Stop.WRITE_FAILED -> finish(End.CLIENT_LOST);
    }
  }

  private void serverEnded(End how) {
    end.complete(how);
    lingerUntil = System.nanoTime() + LINGER.toNanos();
    serverClosed = true;
  }

  private void carryFromClient(byte[] first) {
    switch (fromClient.run(first)) {
      case Pump.Stop.ENDED -> {
        clientEnded(End.CLIENT);
        server.endOutput();
      }
      case Pump.Stop.TRUNCATED -> {
        clientEnded(End.CLIENT_TRUNCATED);
        server.cutOutput();
      }
      case Pump.Stop.READ_FAILED -> finish(End.CLIENT_LOST);
      case Pump.Stop.WRITE_FAILED -> dropFromClient();
    }
  }

  private void clientEnded(End how) {
    end.complete(how);
    idleNanos = Math.min(idleNanos, HALF_CLOSED_TIME.toNanos());
  }

  /** The server takes nothing any more, but what it has said still has to reach the client. */
  private void dropFromClient() {
    if (fromClient.drop()) {
      idleNanos = Math.min(idleNanos, HALF_CLOSED_TIME.toNanos());
    } else {
      finish(End.CLIENT_LOST);
    }
  }

  private void hear() {
    heard = System.nanoTime();
  }

  @Override
  public void check(long now) {
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
  void cut() {
    finish(End.STOPPED);
  }

  private void finish(End how) {
    end.complete(how);
    closeBoth();
  }

  private void closeBoth() {
    client.close();
    server.close();
  }
}
