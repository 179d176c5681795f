package sallyport.authdb.authsrv;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How long a refusal is held back: by the network it came from and how many it got recently, never
 * by the user or the cause. For one thread at a time.
 */
final class Delays {
  /** For the first refusal of a network, the second, and so on; the last for all others. */
  static final List<Duration> STEPS =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8),
          Duration.ofSeconds(15));

  /** The longest. */
  static final Duration LONGEST = STEPS.getLast();

  /** After so long without a refusal a network begins anew. */
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  /** Networks that are remembered. */
  static final int MAX_NETWORKS = 1 << 16;

  private record Refused(int times, long last) {}

  private final Map<Long, Refused> networks = new Bounded<>(MAX_NETWORKS);

  /** Counts a refusal and says how long to hold it. */
  Duration refused(Source source, long now) {
    Refused before = networks.get(source.key());
    boolean recent = before != null && now - before.last() < FORGOTTEN_AFTER.toNanos();
    int times = before != null && recent ? before.times() : 0;
    networks.put(source.key(), new Refused(Math.min(times + 1, STEPS.size()), now));
    return STEPS.get(Math.min(times, STEPS.size() - 1));
  }
}
