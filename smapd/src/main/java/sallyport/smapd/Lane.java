package sallyport.smapd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one destination, or for none, and how that destination does. Times are those of
 * {@link System#nanoTime}, and come from outside. Guarded by the lock of the dispatch.
 *
 * <p><b>Order.</b> What was never tried and what was deferred and is due again stand in two queues,
 * the oldest first in each, and are taken in turn while both wait: neither can starve the other.
 *
 * <p><b>How many at a time.</b> One, until the destination was reached; then one more for each time
 * that it was reached again, up to the share of this lane. So a hub that comes back has 2, 4, 8
 * deliveries at a time, one round after the other, and no storm.
 *
 * <p><b>Down.</b> A destination that takes no connection while nothing else goes on there is down.
 * All that waits for it rests, but for one message at the end of each back-off, which finds out. If
 * it refuses a connection while others work, it is not down but full, and gets fewer deliveries at
 * a time for a while.
 */
final class Lane {

  /** How long what is ready waits for a worker that is busy here, before another one is woken. */
  static final Duration PATIENCE = Duration.ofMillis(3);

  private final @Nullable Destination destination;
  private final int workers;
  private final LegHeap fresh = new LegHeap();
  private final LegHeap deferred = new LegHeap();
  private boolean deferredNext;

  private int busy;
  private int window;
  private int limit;
  private long limitUntil;
  private int failures;
  private long probeAt;
  private String reason = "";

  private Lane(@Nullable Destination destination, int workers, int window, long now) {
    this.destination = destination;
    this.workers = workers;
    this.window = window;
    this.limit = workers;
    this.limitUntil = now;
  }

  /**
   * The lane of a destination that was not reached yet.
   *
   * @param workers how many deliveries it may have at a time
   */
  static Lane to(Destination destination, int workers, long now) {
    return new Lane(destination, workers, 1, now);
  }

  /** The lane of what needs no destination. */
  static Lane local(int workers, long now) {
    return new Lane(null, workers, workers, now);
  }

  Optional<Destination> destination() {
    return Optional.ofNullable(destination);
  }

  boolean isDown() {
    return failures > 0;
  }

  /** Why it is down, in one line; empty if it is not. */
  String reason() {
    return reason;
  }

  /** Legs that wait here. */
  int waiting() {
    return fresh.size() + deferred.size();
  }

  /** Takes in a leg, due now or later. */
  void add(Held.Leg leg, long now) {
    boolean never = leg.tries() == 0 && leg.due() - now <= 0;
    (never ? fresh : deferred).add(leg);
  }

  /** The next leg to work on, which then is out of the lane; null if there is none for now. */
  Held.@Nullable Leg take(long now) {
    if (!serves(now)) {
      return null;
    }
    Held.Leg again = due(deferred, now);
    Held.Leg first = due(fresh, now);
    Held.Leg next = again == null || (first != null && !deferredNext) ? first : again;
    if (next == null) {
      return null;
    }
    (next == again ? deferred : fresh).remove(next);
    deferredNext = next != again;
    busy++;
    return next;
  }

  /** Whether {@link #take} would give something. */
  boolean serves(long now) {
    boolean rests = isDown() && (busy > 0 || probeAt - now > 0);
    return busy < allowed(now) && !rests && (due(fresh, now) != null || due(deferred, now) != null);
  }

  private int allowed(long now) {
    return limitUntil - now > 0 ? Math.min(window, limit) : window;
  }

  private static Held.@Nullable Leg due(LegHeap heap, long now) {
    Held.Leg first = heap.first();
    return first == null || first.due() - now > 0 ? null : first;
  }

  /** A leg that was taken is out of work. */
  void release() {
    busy--;
  }

  /** The destination was reached. True if it was down before. */
  boolean reached() {
    boolean wasDown = isDown();
    failures = 0;
    reason = "";
    window = Math.min(workers, window + 1);
    return wasDown;
  }

  /**
   * The destination could not be reached by a leg that still counts as being in work. True if it is
   * down from now on, or still.
   */
  boolean missed(String why, BackOff backOff, double jitter, long now) {
    if (busy > 1) {
      limit = busy - 1;
      window = limit;
      limitUntil = now + backOff.least().toNanos();
      return false;
    }
    failures++;
    window = 1;
    reason = why;
    probeAt = now + backOff.after(failures, jitter).toNanos();
    return true;
  }

  /** The back-off ends now. */
  void probeNow(long now) {
    probeAt = now;
    limitUntil = now;
  }

  /** When a leg may be tried: when it is due, but not before a hub that is down is probed. */
  long earliest(Held.Leg leg) {
    return isDown() && probeAt - leg.due() > 0 ? probeAt : leg.due();
  }

  /** How long until the destination is tried again; zero if it is not down. */
  Duration untilProbe(long now) {
    return isDown() ? Duration.ofNanos(Math.max(0, probeAt - now)) : Duration.ZERO;
  }

  /**
   * Nanoseconds until a worker that rests is to take something here, without anything being given
   * back: {@link #PATIENCE} later than it could, while another is at work here.
   */
  long untilUrgent(long now) {
    long least = Math.min(until(fresh.first(), now), until(deferred.first(), now));
    long possible = untilPossible(least, now);
    return busy == 0 || possible == Long.MAX_VALUE
        ? possible
        : Math.max(possible, least + PATIENCE.toNanos());
  }

  private long untilPossible(long soonest, long now) {
    long least = soonest;
    if (least == Long.MAX_VALUE || (isDown() && busy > 0)) {
      return Long.MAX_VALUE;
    }
    if (isDown()) {
      least = Math.max(least, probeAt - now);
    }
    if (busy >= allowed(now)) {
      return limitUntil - now > 0 && busy < window
          ? Math.max(least, limitUntil - now)
          : Long.MAX_VALUE;
    }
    return least;
  }

  private static long until(Held.@Nullable Leg leg, long now) {
    return leg == null ? Long.MAX_VALUE : leg.due() - now;
  }

  /** The messages that wait here and are of that sort. Looks at all of them. */
  List<Held> all(Predicate<Held> sort) {
    List<Held> found = new ArrayList<>();
    Consumer<Held.Leg> look =
        leg -> {
          if (sort.test(leg.held())) {
            found.add(leg.held());
          }
        };
    fresh.forEach(look);
    deferred.forEach(look);
    return found;
  }
}
