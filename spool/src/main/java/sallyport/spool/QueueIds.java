package sallyport.spool;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives out the ids of one process. Two processes never share the random half, so ids stay unique
 * over restarts without asking the clock or the disk. Safe for all threads.
 */
public final class QueueIds {
  private final String start;
  private final AtomicLong given = new AtomicLong();

  /** Takes 64 random bits; all ids of this object begin with them. */
  public QueueIds(SecureRandom random) {
    start = HexFormat.of().toHexDigits(random.nextLong()) + "-";
  }

  /** The next id, never given before. */
  public QueueId next() {
    return new QueueId(start + Long.toHexString(given.incrementAndGet()));
  }
}
