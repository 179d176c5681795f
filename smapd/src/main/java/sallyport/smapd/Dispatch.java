package sallyport.smapd;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which worker does what next. Every message that smapd holds waits in exactly one place:
 * in the lane of a hub, in the lane for what needs no hub, or for its time to come.
 *
 * <p>Each hub has a lane of its own and may take only a part of the workers when there are several
 * hubs, so that a slow one cannot stop the mail for the others. A hub that cannot be reached is
 * down: its lane rests, but for one message at the end of each back-off, which finds out. If it
 * refuses a connection while others work, it is not down but full, and gets fewer workers for a
 * while.
 *
 * <p>Safe for all threads; one lock; nothing under it blocks.
 */
final class Dispatch {

  /** Workers that may be busy with what needs no hub, such as setting messages aside. */
  static final int LOCAL_WORKERS = 2;

  /** What a worker is to do: this message, at the hub of this lane. */
  record Work(Held held, Lane lane) {}

  /** What the engine is told when a hub's state changes. */
  enum HubChange {
    /** No change. */
    NONE,
    /** It was reached after having been down. */
    UP,
    /** It could not be reached, and was not down before. */
    DOWN
  }

  /** The messages for one hub, or those that need none. Guarded by the lock of the dispatch. */
  static final class Lane {
    private final @Nullable Destination destination;
    private final int workers;
    private final Deque<Held> ready = new ArrayDeque<>();
    private int busy;
    private boolean down;
    private int failures;
    private long probeAt;
    private int limit = Integer.MAX_VALUE;
    private long limitUntil;

    private Lane(@Nullable Destination destination, int workers) {
      this.destination = destination;
      this.workers = workers;
    }

    Optional<Destination> destination() {
      return Optional.ofNullable(destination);
    }

    private boolean serves(long now) {
      int allowed = now - limitUntil < 0 ? Math.min(limit, workers) : workers;
      return !ready.isEmpty() && busy < allowed && (!down || (now - probeAt >= 0 && busy == 0));
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Destination, Lane> lanes = new LinkedHashMap<>();
  private final Lane local = new Lane(null, LOCAL_WORKERS);
  private final List<Lane> rotation = new ArrayList<>();
  private final PriorityQueue<Timed> timed;
  private final BackOff backOff;
  private final LongSupplier nanoTime;
  private final DoubleSupplier jitter;
  private int turn;
  private int held;
  private boolean closed;

  private record Timed(long wake, Held held) {}

  /**
   * A dispatch that holds nothing.
   *
   * @param workers how many will take work
   * @param nanoTime as {@link System#nanoTime}
   * @param jitter from 0 to 1
   */
  Dispatch(
      Collection<Destination> destinations,
      int workers,
      BackOff backOff,
      LongSupplier nanoTime,
      DoubleSupplier jitter) {
    this.backOff = backOff;
    this.nanoTime = nanoTime;
    this.jitter = jitter;
    long origin = nanoTime.getAsLong();
    this.timed = new PriorityQueue<>(Comparator.comparingLong(t -> t.wake() - origin));
    for (Destination destination : destinations) {
      lanes.put(destination, new Lane(destination, workersFor(workers, destinations.size())));
    }
    rotation.addAll(lanes.values());
    rotation.add(local);
  }

  /** One worker is left to each other hub, as far as half of them go. */
  static int workersFor(int workers, int hubs) {
    return Math.max(1, workers - Math.min(hubs - 1, workers / 2));
  }

  /** Takes a message in. */
  void add(Held message) {
    locked(() -> {
      held++;
      place(message);
    });
  }

  /** How many messages are held, the ones in work included. */
  int held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for something to do.
   *
   * @return empty after {@code longest}, or when closed
   */
  @SuppressWarnings("Interruption") // Kept for the caller; the wait just ends early.
  Optional<Work> take(Duration longest) {
    long end = nanoTime.getAsLong() + longest.toNanos();
    lock.lock();
    try {
      while (!closed) {
        long now = nanoTime.getAsLong();
        placeWhatIsDue(now);
        Optional<Work> work = next(now);
        if (work.isPresent() || now - end >= 0) {
          return work;
        }
        changed.await(Math.min(end - now, untilSomethingIsDue(now)), TimeUnit.NANOSECONDS);
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Gives a message back after an attempt, to wait for what it needs next. */
  void giveBack(Work work) {
    locked(() -> {
      work.lane().busy--;
      place(work.held());
    });
  }

  /** The message is finished. */
  void finished(Work work) {
    locked(() -> {
      work.lane().busy--;
      held--;
    });
  }

  /** The hub of this lane took a connection. */
  HubChange reached(Lane lane) {
    lock.lock();
    try {
      boolean wasDown = lane.down;
      lane.down = false;
      lane.failures = 0;
      changed.signalAll();
      return wasDown ? HubChange.UP : HubChange.NONE;
    } finally {
      lock.unlock();
    }
  }

  /** The hub of this lane did not take a connection. To be called before {@link #giveBack}. */
  HubChange missed(Lane lane) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      if (lane.busy > 1) {
        lane.limit = lane.busy - 1;
        lane.limitUntil = now + backOff.least().toNanos();
        return HubChange.NONE;
      }
      boolean wasDown = lane.down;
      lane.down = true;
      lane.failures++;
      lane.probeAt = now + backOff.after(lane.failures, jitter.getAsDouble()).toNanos();
      placeAgainWhatHasOtherWays(lane);
      return wasDown ? HubChange.NONE : HubChange.DOWN;
    } finally {
      lock.unlock();
    }
  }

  /** How long until the hub of this lane is tried again; zero if it is not down. */
  Duration untilProbe(Lane lane) {
    lock.lock();
    try {
      long left = lane.probeAt - nanoTime.getAsLong();
      return lane.down && left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  /** No more work; wakes all workers. */
  void close() {
    locked(() -> closed = true);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Where a message waits: see the class comment. */
  private void place(Held message) {
    long now = nanoTime.getAsLong();
    if (message.legs().isEmpty()) {
      placeLocal(message, now);
      return;
    }
    boolean only = message.legs().size() == 1;
    long wake = Long.MAX_VALUE;
    for (Map.Entry<Way, Held.Leg> leg : message.legs().entrySet()) {
      Lane lane = laneOf(leg.getKey().destination());
      long due = leg.getValue().due() - now;
      if (due <= 0 && (only || !lane.down || lane.probeAt - now <= 0)) {
        lane.ready.addLast(message);
        return;
      }
      wake = Math.min(wake, lane.down ? Math.max(due, lane.probeAt - now) : due);
    }
    timed.add(new Timed(now + wake, message));
  }

  private void placeLocal(Held message, long now) {
    if (message.notBefore() - now > 0) {
      timed.add(new Timed(message.notBefore(), message));
    } else {
      local.ready.addLast(message);
    }
  }

  private Lane laneOf(Destination destination) {
    Lane lane = lanes.get(destination);
    if (lane == null) {
      throw new IllegalArgumentException("no lane for " + destination);
    }
    return lane;
  }

  /** A message for several hubs must not wait at one that is down while another would take it. */
  private void placeAgainWhatHasOtherWays(Lane lane) {
    List<Held> others = lane.ready.stream().filter(m -> m.legs().size() > 1).toList();
    if (!others.isEmpty()) {
      lane.ready.removeIf(m -> m.legs().size() > 1);
      others.forEach(this::place);
    }
  }

  private void placeWhatIsDue(long now) {
    while (true) {
      Timed first = timed.peek();
      if (first == null || first.wake() - now > 0) {
        return;
      }
      timed.remove();
      place(first.held());
    }
  }

  private Optional<Work> next(long now) {
    for (int i = 0; i < rotation.size(); i++) {
      Lane lane = rotation.get((turn + i) % rotation.size());
      if (lane.serves(now)) {
        turn = (turn + i + 1) % rotation.size();
        lane.busy++;
        return Optional.of(new Work(lane.ready.removeFirst(), lane));
      }
    }
    return Optional.empty();
  }

  private long untilSomethingIsDue(long now) {
    Timed first = timed.peek();
    long least = first == null ? Long.MAX_VALUE : first.wake() - now;
    for (Lane lane : rotation) {
      if (!lane.ready.isEmpty() && lane.busy == 0 && lane.down) {
        least = Math.min(least, lane.probeAt - now);
      } else if (!lane.ready.isEmpty() && lane.limitUntil - now > 0) {
        least = Math.min(least, lane.limitUntil - now);
      }
    }
    return Math.max(1, least);
  }
}
