package sallyport.spool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how much of small files stays in memory from when they are taken over until they are first
 * handed on, so that a worker who comes soon need not open and read them again. Safe for all
 * threads.
 */
final class Contents {
  /** Octets of all of them. */
  static final long MOST = 4L << 20;

  /** Octets of a file that may stay. */
  static final int MOST_OF_FILE = 64 << 10;

  private final AtomicLong left = new AtomicLong(MOST);

  /** Whether there is room for a file of so many; then it is the caller's, until {@link #give}. */
  boolean take(long octets) {
    if (octets > MOST_OF_FILE) {
      return false;
    }
    if (left.addAndGet(-octets) >= 0) {
      return true;
    }
    left.addAndGet(octets);
    return false;
  }

  void give(long octets) {
    left.addAndGet(octets);
  }
}
