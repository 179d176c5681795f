package sallyport.daemon;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends waits whose deadline has passed: a peer that sends nothing, or takes nothing.
 *
 * <p>One thread looks at all open connections every second; their number is bounded by {@link
 * Admission}. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {

  /** How often the connections are looked at: deadlines are kept so much too late at most. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  private final Set<Connection> watched = ConcurrentHashMap.newKeySet();
  private final long writeLimitNanos;
  private final Duration period;
  private final Thread thread;

  /**
   * Starts watching.
   *
   * @param writeLimit the time for one write
   */
  public Watchdog(Duration writeLimit) {
    this(writeLimit, PERIOD);
  }

  Watchdog(Duration writeLimit, Duration period) {
    this.writeLimitNanos = writeLimit.toNanos();
    this.period = period;
    this.thread = Thread.ofPlatform().daemon().name("watchdog").start(this::run);
  }

  long writeLimitNanos() {
    return writeLimitNanos;
  }

  void watch(Connection connection) {
    watched.add(connection);
  }

  void forget(Connection connection) {
    watched.remove(connection);
  }

  /** How many connections are open. */
  public int watched() {
    return watched.size();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(period);
        long now = System.nanoTime();
        watched.forEach(connection -> connection.check(now));
      }
    } catch (InterruptedException e) {
      // close() was called.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
