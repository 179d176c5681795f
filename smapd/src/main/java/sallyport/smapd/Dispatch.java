package sallyport.smapd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import sallyport.spool.QueueId;

/**
 * Decides which worker does what next. Each part of a message that smapd holds waits in the {@link
 * Lane} of its destination, or in the one for what needs none; one that has a message has all of
 * it, so that no message is ever in two hands.
 *
 * <p>Each destination may take only a part of the workers when there are several, so that a slow
 * one cannot stop the mail for the others; they are asked in turn. What waits costs no work: time
 * goes by the number of destinations, and by the logarithm of that of messages.
 *
 * <p>A worker that has done its work takes what is ready. One that rests is woken by what nobody
 * works on, and by what has waited for {@link Lane#PATIENCE} although somebody does: to wake a
 * worker for each message of a burst costs more than the message, where the hub is quick. One of
 * those that rest watches the clock for this, the others sleep.
 *
 * <p>Safe for all threads; one lock; nothing under it blocks.
 */
final class Dispatch {

  /** Workers that may be busy with what needs no hub, such as returning and setting aside. */
  static final int LOCAL_WORKERS = 2;

  /** What a worker is to do: this part of a message, in this lane. */
  record Work(Held.Leg leg, Lane lane) {
    Held held() {
      return leg.held();
    }
  }

  /** What the engine is told when a hub's state changes. */
  enum HubChange {
    /** No change. */
    NONE,
    /** It was reached after having been down. */
    UP,
    /** It could not be reached, and was not down before. */
    DOWN
  }

  /** How it stands with a message. */
  enum State {
    /** It is being worked on. */
    IN_WORK,
    /** It waits for a worker. */
    READY,
    /** It was tried, and waits for its next attempt. */
    DEFERRED,
    /** It waits for a hub that is down. */
    WAITING_FOR_HUB,
    /** An administrator has it. */
    CLAIMED,
    /** It is not held any more. */
    ENDED
  }

  /**
   * How it stands with a message.
   *
   * @param next until the next attempt; zero if nothing but a free worker is waited for
   * @param hubDown why the hub is down that it waits for; empty if that is not the state
   */
  record Standing(State state, Duration next, String hubDown) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition watch = lock.newCondition();
  private final Condition rest = lock.newCondition();
  private final Map<Destination, Lane> lanes = new LinkedHashMap<>();
  private final Lane local;
  private final List<Lane> rotation = new ArrayList<>();
  private final Map<QueueId, Held> held = new HashMap<>();
  private final BackOff backOff;
  private final LongSupplier nanoTime;
  private final DoubleSupplier jitter;
  private int turn;
  private boolean watched;

  /** Whether one that rested was woken and has not looked yet. */
  private boolean woken;

  /** When the one that watches looks again. */
  private long watchEnds;

  private boolean closed;

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
    long now = nanoTime.getAsLong();
    int share = workersFor(workers, destinations.size());
    for (Destination destination : destinations) {
      lanes.put(destination, Lane.to(destination, share, now));
    }
    local = Lane.local(LOCAL_WORKERS, now);
    rotation.addAll(lanes.values());
    rotation.add(local);
  }

  /** One worker is left to each other hub, as far as half of them go. */
  static int workersFor(int workers, int hubs) {
    return Math.max(1, workers - Math.min(hubs - 1, workers / 2));
  }

  /**
   * Takes a message in.
   *
   * @throws IllegalArgumentException if one of that id is held already
   */
  void add(Held message) {
    locked(() -> {
      if (held.putIfAbsent(message.message().id(), message) != null) {
        throw new IllegalArgumentException(message.id() + " is held already");
      }
      place(message);
      wake();
    });
  }

  /** How many messages are held, the ones in work included. */
  int held() {
    lock.lock();
    try {
      return held.size();
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
    boolean rested = false;
    lock.lock();
    try {
      while (!closed) {
        long now = nanoTime.getAsLong();
        Optional<Work> work = next(now, rested);
        if (work.isPresent() || now - end >= 0) {
          wake();
          return work;
        }
        rest(now, end);
        rested = true;
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What a worker may take along that is busy in this lane and about to be done: what is ready
   * there, if nothing is ready in any other.
   */
  Optional<Work> takeBehind(Lane lane) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      if (closed || rotation.stream().anyMatch(other -> other != lane && other.serves(now))) {
        return Optional.empty();
      }
      return workOf(lane, now);
    } finally {
      lock.unlock();
    }
  }

  private static Optional<Work> workOf(Lane lane, long now) {
    Held.Leg leg = lane.take(now);
    if (leg == null) {
      return Optional.empty();
    }
    take(leg.held(), Held.Owner.WORKER);
    return Optional.of(new Work(leg, lane));
  }

  private Optional<Work> next(long now, boolean rested) {
    for (int i = 0; i < rotation.size(); i++) {
      Lane lane = rotation.get((turn + i) % rotation.size());
      boolean waits = rested && lane.untilUrgent(now) > 0;
      Optional<Work> work = waits ? Optional.empty() : workOf(lane, now);
      if (work.isPresent()) {
        turn = (turn + i + 1) % rotation.size();
        return work;
      }
    }
    return Optional.empty();
  }

  @SuppressWarnings("WaitNotInLoop") // take() is the loop.
  private void rest(long now, long end) throws InterruptedException {
    if (watched) {
      try {
        rest.await(end - now, TimeUnit.NANOSECONDS);
      } finally {
        woken = false;
      }
      return;
    }
    watched = true;
    watchEnds = now + Math.min(end - now, untilSomethingIsUrgent(now));
    try {
      watch.await(watchEnds - now, TimeUnit.NANOSECONDS);
    } finally {
      watched = false;
    }
  }

  /** Sees that one that rests looks again when it has to; after every change, under the lock. */
  private void wake() {
    long now = nanoTime.getAsLong();
    long until = untilSomethingIsUrgent(now);
    if (until == Long.MAX_VALUE) {
      return;
    }
    if (!watched) {
      if (!woken && lock.hasWaiters(rest)) {
        woken = true;
        rest.signal();
      }
    } else if (now + until - watchEnds < 0) {
      watchEnds = now + until;
      watch.signal();
    }
  }

  private long untilSomethingIsUrgent(long now) {
    long least = Long.MAX_VALUE;
    for (Lane lane : rotation) {
      least = Math.min(least, lane.untilUrgent(now));
    }
    return least == Long.MAX_VALUE ? least : Math.max(1, least);
  }

  /** Gives a message back after an attempt, to wait for what it needs next. */
  void giveBack(Work work) {
    locked(() -> {
      work.lane().release();
      place(work.held());
      wake();
    });
  }

  /** The message is finished. */
  void finished(Work work) {
    locked(() -> {
      work.lane().release();
      end(work.held());
      wake();
    });
  }

  /** The hub of this lane took a connection. */
  HubChange reached(Lane lane) {
    lock.lock();
    try {
      boolean wasDown = lane.reached();
      return wasDown ? HubChange.UP : HubChange.NONE;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The hub of this lane did not take a connection. To be called before {@link #giveBack}. If it is
   * down, what waits for it is looked through, once a probe.
   *
   * @param reason in one line
   * @param overdue messages for which something is to be done although their hub is down
   */
  HubChange missed(Lane lane, String reason, Predicate<Held> overdue) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      boolean wasDown = lane.isDown();
      if (!lane.missed(reason, backOff, jitter.getAsDouble(), now)) {
        return HubChange.NONE;
      }
      for (Held message : lane.all(overdue)) {
        Held.Leg leg = message.local(now);
        if (leg.heap == null) {
          local.add(leg, now);
        }
      }
      wake();
      return wasDown ? HubChange.NONE : HubChange.DOWN;
    } finally {
      lock.unlock();
    }
  }

  /** How long until the hub of this lane is tried again; zero if it is not down. */
  Duration untilProbe(Lane lane) {
    lock.lock();
    try {
      return lane.untilProbe(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Why the hub that this leg needs is down; empty if it is not. */
  String downReason(Held.Leg leg) {
    lock.lock();
    try {
      return laneOf(leg).reason();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this leg could be worked on now, if there were a worker. */
  boolean isWorkable(Held.Leg leg) {
    lock.lock();
    try {
      return laneOf(leg).earliest(leg) - nanoTime.getAsLong() <= 0;
    } finally {
      lock.unlock();
    }
  }

  /** No more work; wakes all workers. */
  void close() {
    locked(() -> {
      closed = true;
      watch.signalAll();
      rest.signalAll();
    });
  }

  /** All messages that are held, in no order. What may be asked about them is {@link #standing}. */
  List<Held> all() {
    lock.lock();
    try {
      return List.copyOf(held.values());
    } finally {
      lock.unlock();
    }
  }

  /** The message of this id, if it is held, whoever has it. */
  Optional<Held> find(QueueId id) {
    lock.lock();
    try {
      return Optional.ofNullable(held.get(id));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a message out of the workers' reach, until {@link #putBack} or {@link #ended}.
   *
   * @return empty if it is not held, is being worked on, or was claimed already
   */
  Optional<Held> claim(QueueId id) {
    lock.lock();
    try {
      Held message = held.get(id);
      if (message == null || message.owner != Held.Owner.NOBODY) {
        return Optional.empty();
      }
      take(message, Held.Owner.ADMINISTRATOR);
      return Optional.of(message);
    } finally {
      lock.unlock();
    }
  }

  /** Gives a claimed message back, to wait for what it waited for. */
  void putBack(Held claimed) {
    locked(() -> {
      requireClaimed(claimed);
      place(claimed);
      wake();
    });
  }

  /** A claimed message is not in the queue any more. */
  void ended(Held claimed) {
    locked(() -> {
      requireClaimed(claimed);
      end(claimed);
    });
  }

  private static void requireClaimed(Held message) {
    if (message.owner != Held.Owner.ADMINISTRATOR) {
      throw new IllegalStateException(message.id() + " was not claimed");
    }
  }

  /**
   * Makes a message due now, and its hubs, if they are down, due to be probed. Changes nothing for
   * one that is being worked on.
   */
  void retryNow(Held message) {
    locked(() -> {
      if (message.owner == Held.Owner.NOBODY) {
        makeDue(message, nanoTime.getAsLong());
        wake();
      }
    });
  }

  /** The same for all messages. Looks at each. */
  void retryAllNow() {
    locked(() -> {
      long now = nanoTime.getAsLong();
      for (Held message : held.values()) {
        if (message.owner == Held.Owner.NOBODY) {
          makeDue(message, now);
        }
      }
      wake();
    });
  }

  private void makeDue(Held message, long now) {
    take(message, Held.Owner.ADMINISTRATOR);
    for (Held.Leg leg : message.legs()) {
      laneOf(leg).probeNow(now);
      if (leg.due() - now > 0) {
        leg.dueAt(now);
      }
    }
    message.local().ifPresent(leg -> leg.dueAt(now));
    place(message);
  }

  /** How it stands with a message. */
  Standing standing(Held message) {
    lock.lock();
    try {
      return switch (message.owner) {
        case WORKER -> new Standing(State.IN_WORK, Duration.ZERO, "");
        case ADMINISTRATOR -> new Standing(State.CLAIMED, Duration.ZERO, "");
        case ENDED -> new Standing(State.ENDED, Duration.ZERO, "");
        case NOBODY -> standing(message, nanoTime.getAsLong());
      };
    } finally {
      lock.unlock();
    }
  }

  /** Decided by the part that can be tried first. */
  private Standing standing(Held message, long now) {
    List<Held.Leg> parts = message.legs().isEmpty() ? localOf(message) : message.legs();
    Held.Leg first = parts.getFirst();
    for (Held.Leg leg : parts) {
      if (laneOf(leg).earliest(leg) - laneOf(first).earliest(first) < 0) {
        first = leg;
      }
    }
    Lane lane = laneOf(first);
    long wait = Math.max(0, lane.earliest(first) - now);
    boolean due = first.due() - now <= 0;
    State state = lane.isDown() && due ? State.WAITING_FOR_HUB : due ? State.READY : State.DEFERRED;
    return new Standing(state, Duration.ofNanos(wait), lane.reason());
  }

  private static List<Held.Leg> localOf(Held message) {
    return message.local().map(List::of).orElseThrow();
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /** All parts of it leave their lanes. */
  private static void take(Held message, Held.Owner owner) {
    message.owner = owner;
    message.legs().forEach(Dispatch::leave);
    message.local().ifPresent(Dispatch::leave);
  }

  private static void leave(Held.Leg leg) {
    LegHeap heap = leg.heap;
    if (heap != null) {
      heap.remove(leg);
    }
  }

  /** Each part that is left goes to its lane. */
  private void place(Held message) {
    long now = nanoTime.getAsLong();
    message.owner = Held.Owner.NOBODY;
    message.legs().forEach(leg -> laneOf(leg).add(leg, now));
    if (message.legs().isEmpty()) {
      message.local(now);
    }
    message.local().ifPresent(leg -> local.add(leg, now));
  }

  private void end(Held message) {
    message.owner = Held.Owner.ENDED;
    held.remove(message.message().id());
  }

  private Lane laneOf(Held.Leg leg) {
    return leg.way()
        .map(way -> {
          Lane lane = lanes.get(way.destination());
          if (lane == null) {
            throw new IllegalArgumentException("no lane for " + way.destination());
          }
          return lane;
        })
        .orElse(local);
  }
}
