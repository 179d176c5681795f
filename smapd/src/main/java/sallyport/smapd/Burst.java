package sallyport.smapd;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages that were set aside and that {@code badadmin} has not been told of. The first after
 * quiet is told of after {@link #GATHERING}, together with what came meanwhile; what comes after
 * that waits until {@link #PAUSE} has passed since the last notice. So a flood of bad mail is no
 * flood of notices. Pure; times are those of {@link System#nanoTime}. Not safe for threads.
 */
final class Burst {

  /** How long the first message waits for others. */
  static final Duration GATHERING = Duration.ofMinutes(1);

  /** Between two notices at the least. */
  static final Duration PAUSE = Duration.ofHours(1);

  private final List<SetAsideNotice.Entry> entries = new ArrayList<>();
  private long count;
  private Instant since = Instant.EPOCH;
  private long due;
  private boolean told;
  private long lastTold;

  /**
   * A message was set aside.
   *
   * @param now by the steady clock
   * @param time by the clock of the house
   */
  void add(SetAsideNotice.Entry entry, long now, Instant time) {
    if (count == 0) {
      since = time;
      due = now + GATHERING.toNanos();
      long next = lastTold + PAUSE.toNanos();
      if (told && next - due > 0) {
        due = next;
      }
    }
    count++;
    if (entries.size() < SetAsideNotice.ENTRIES) {
      entries.add(entry);
    }
  }

  /** What is to be told now. */
  Optional<SetAsideNotice> due(long now) {
    return due - now <= 0 ? all() : Optional.empty();
  }

  /** What was not told yet, due or not. */
  Optional<SetAsideNotice> all() {
    return count == 0 ? Optional.empty() : Optional.of(new SetAsideNotice(entries, count, since));
  }

  /** The notice was queued. */
  void told(long now) {
    entries.clear();
    count = 0;
    told = true;
    lastTold = now;
  }

  /** The notice could not be queued. */
  void notTold(long now) {
    due = now + GATHERING.toNanos();
  }
}
