package sallyport.daemon;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends waits whose deadline has passed: a peer that sends nothing, or takes nothing.
 *
 * <p>One thread looks at all that is watched every second; the number is bounded by {@link
 * Admission}. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {

  /** How often the connections are looked at: deadlines are kept so much too late at most. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /** What has deadlines. */
  @FunctionalInterface
  public interface Watched {
    /**
     * Ends whatever waits beyond its deadline. Called by the watchdog's thread about every {@link
     * #PERIOD}, so it must not block.
     *
     * @param now {@link System#nanoTime}
     */
    void check(long now);
  }

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
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

  /** Looks at this from now on, until it is to be forgotten. */
  public void watch(Watched one) {
    watched.add(one);
  }

  /** Looks at it no longer. */
  public void forget(Watched one) {
    watched.remove(one);
  }

  /** How many are watched. */
  public int watched() {
    return watched.size();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(period);
        long now = System.nanoTime();
        watched.forEach(one -> one.check(now));
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
