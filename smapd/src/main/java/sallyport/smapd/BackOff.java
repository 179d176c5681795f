package sallyport.smapd;

import java.time.Duration;

/**
 * How long to wait before the next attempt: {@code least} after the first failure, twice as long
 * after each further one, never longer than {@code most}.
 */
record BackOff(Duration least, Duration most) {

  /** The widest jitter: a tenth of the wait is added, so that what failed together comes apart. */
  static final int JITTER_PARTS = 10;

  BackOff {
    if (least.isNegative() || least.isZero() || most.compareTo(least) < 0) {
      throw new IllegalArgumentException("back-off from " + least + " to " + most);
    }
  }

  /**
   * The wait after {@code failures} failures in a row.
   *
   * @param failures at least 1
   * @param jitter 0 to 1: how much of the jitter is added
   */
  Duration after(int failures, double jitter) {
    Duration wait = least;
    for (int i = 1; i < failures && wait.compareTo(most) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    if (wait.compareTo(most) > 0) {
      wait = most;
    }
    double parts = Math.clamp(jitter, 0.0, 1.0) / JITTER_PARTS;
    return wait.plusMillis((long) (wait.toMillis() * parts));
  }
}
