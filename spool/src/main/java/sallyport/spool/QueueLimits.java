package sallyport.spool;

import java.time.Duration;

/**
 * Bounds of smapd's side.
 *
 * @param messagesHeld messages known at once; at this number nothing more is taken from {@code
 *     new/}
 * @param octetsPerFile a longer file is not read but set aside
 * @param namesPerScan names looked at in {@code new/} in one scan, and kept until they are used up
 * @param recordsTogether outcomes that are recorded together, if so many come while nobody waits
 *     for any of them; 1 to record each at once
 * @param recordsWait the longest wait for that
 */
public record QueueLimits(
    int messagesHeld,
    long octetsPerFile,
    int namesPerScan,
    int recordsTogether,
    Duration recordsWait) {
  /** Checks that each is above 0. */
  public QueueLimits {
    if (messagesHeld < 1 || octetsPerFile < 1 || namesPerScan < 1 || recordsTogether < 1) {
      throw new IllegalArgumentException("every limit must be above 0");
    }
  }

  /** 1,000,000 messages, 4 GiB, 10,000 names; each outcome is recorded at once. */
  public static QueueLimits defaults() {
    return new QueueLimits(1_000_000, 4L << 30, 10_000, 1, Duration.ofMillis(5));
  }
}
