package sallyport.smapd;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Whether the clock may be believed when it says that a message is old. A clock that was set by
 * more than {@link #STEP}, in either direction, or that stands before the time of mail that was
 * there at the start, is not believed for {@link #SUSPENSION}, as a steady clock counts it: time
 * for an administrator, or for NTP, to put it right. Meanwhile nothing expires.
 *
 * <p>To be looked at more often than each {@link #STEP}. Safe for all threads.
 */
final class ClockGuard {

  /** How far the clock may move against the steady one between two looks. */
  static final Duration STEP = Duration.ofHours(1);

  /** How long the clock is not believed. */
  static final Duration SUSPENSION = Duration.ofHours(1);

  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Consumer<Duration> alert;
  private Instant lastWall;
  private long last;
  private boolean suspended;
  private long until;

  /**
   * A guard that believes for the time being.
   *
   * @param clock the one in question
   * @param nanoTime the steady one, as {@link System#nanoTime}
   * @param alert told once of each step, and how far the clock was set; must not block
   */
  ClockGuard(InstantSource clock, LongSupplier nanoTime, Consumer<Duration> alert) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.alert = alert;
    this.lastWall = clock.instant();
    this.last = nanoTime.getAsLong();
  }

  /** Compares the clock with the latest time of what was there at the start. */
  synchronized void start(Instant newest) {
    Instant now = clock.instant();
    if (newest.isAfter(now)) {
      suspend(Duration.between(newest, now), nanoTime.getAsLong());
    }
  }

  /** Looks at the clock; whether it may be believed. */
  synchronized boolean trusts() {
    Instant wall = clock.instant();
    long steady = nanoTime.getAsLong();
    Duration step = Duration.between(lastWall, wall).minusNanos(steady - last);
    lastWall = wall;
    last = steady;
    if (step.abs().compareTo(STEP) > 0) {
      suspend(step, steady);
    } else if (until - steady <= 0) {
      suspended = false;
    }
    return !suspended;
  }

  private void suspend(Duration step, long steady) {
    suspended = true;
    until = steady + SUSPENSION.toNanos();
    alert.accept(step);
  }
}
