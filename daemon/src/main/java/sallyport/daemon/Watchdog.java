package sallyport.daemon;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts connections whose peer does not take what we send: the write deadline that Java sockets
 * lack.
 *
 * <p>One daemon thread looks at all registered connections every second; their number is bounded by
 * {@link Admission}. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {

  /** How often the connections are looked at. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  private final Set<Connection> watched = ConcurrentHashMap.newKeySet();
  private final long writeLimitNanos;
  private final Thread thread;

  /**
   * Starts watching.
   *
   * @param writeLimit the time for one write, exceeded by at most {@link #PERIOD}
   */
  public Watchdog(Duration writeLimit) {
    this.writeLimitNanos = writeLimit.toNanos();
    this.thread = Thread.ofPlatform().daemon().name("watchdog").start(this::run);
  }

  /** Watches a connection until {@link #forget}. */
  public void watch(Connection connection) {
    watched.add(connection);
  }

  /** Stops watching a connection. */
  public void forget(Connection connection) {
    watched.remove(connection);
  }

  /** How many connections are watched. */
  public int watched() {
    return watched.size();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        cutStalled(System.nanoTime());
      }
    } catch (InterruptedException e) {
      // close() was called.
    }
  }

  private void cutStalled(long now) {
    for (Connection connection : watched) {
      long since = connection.writingSince();
      if (since != 0 && now - since > writeLimitNanos) {
        connection.cut();
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
