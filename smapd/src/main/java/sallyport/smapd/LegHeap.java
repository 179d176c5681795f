package sallyport.smapd;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Legs by the time at which they are due, earliest first. A leg knows its place, so that one in the
 * middle can be taken out as well: all but {@link #forEach} takes logarithmic time, and a leg that
 * waits costs one reference. Guarded by the lock of the dispatch.
 */
final class LegHeap {

  private static final int FIRST_ROOM = 16;
  private static final Held.Leg[] NOTHING = new Held.Leg[0];

  private Held.@Nullable Leg[] legs = NOTHING;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The leg that is due first, or null. */
  Held.@Nullable Leg first() {
    return size == 0 ? null : legs[0];
  }

  /** Takes in a leg that is in no heap. */
  void add(Held.Leg leg) {
    if (leg.heap != null) {
      throw new IllegalStateException("the leg waits already");
    }
    if (size == legs.length) {
      legs = Arrays.copyOf(legs, Math.max(FIRST_ROOM, size + size / 2));
    }
    leg.heap = this;
    size++;
    up(leg, size - 1);
  }

  /** Takes out a leg that is in this heap. */
  void remove(Held.Leg leg) {
    if (leg.heap != this) {
      throw new IllegalStateException("the leg does not wait here");
    }
    leg.heap = null;
    size--;
    Held.Leg last = at(size);
    legs[size] = null;
    if (last != leg) {
      int hole = leg.place;
      if (hole > 0 && last.due() - at((hole - 1) / 2).due() < 0) {
        up(last, hole);
      } else {
        down(last, hole);
      }
    }
    if (size < legs.length / 4) {
      legs = Arrays.copyOf(legs, legs.length / 2);
    }
  }

  /** Shows all legs, in no order; nothing may be added or taken out meanwhile. */
  void forEach(Consumer<Held.Leg> action) {
    for (int i = 0; i < size; i++) {
      action.accept(at(i));
    }
  }

  private void up(Held.Leg leg, int start) {
    int hole = start;
    while (hole > 0) {
      Held.Leg parent = at((hole - 1) / 2);
      if (leg.due() - parent.due() >= 0) {
        break;
      }
      put(parent, hole);
      hole = (hole - 1) / 2;
    }
    put(leg, hole);
  }

  private void down(Held.Leg leg, int start) {
    int hole = start;
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && at(child + 1).due() - at(child).due() < 0) {
        child++;
      }
      if (at(child).due() - leg.due() >= 0) {
        break;
      }
      put(at(child), hole);
      hole = child;
    }
    put(leg, hole);
  }

  private void put(Held.Leg leg, int place) {
    legs[place] = leg;
    leg.place = place;
  }

  private Held.Leg at(int place) {
    Held.Leg leg = legs[place];
    if (leg == null) {
      throw new IllegalStateException("no leg at " + place + " of " + size);
    }
    return leg;
  }
}
