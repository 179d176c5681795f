package sallyport.authdb.authsrv;

/**
 * A set of random numbers in eight octets each and some air: a million of boxed ones would take ten
 * times the memory. Open addressing, since the numbers are random already. Never shrinks; for one
 * thread.
 */
final class LongSet {
  private static final int LEAST_SLOTS = 64;

  private long[] slots = new long[LEAST_SLOTS];
  private int size;

  /** Adds a number; false if it was there. (0 counts as 1: nobody chooses these numbers.) */
  boolean add(long number) {
    if (2 * size >= slots.length) {
      grow();
    }
    int at = find(slots, number == 0 ? 1 : number);
    if (slots[at] != 0) {
      return false;
    }
    slots[at] = number == 0 ? 1 : number;
    size++;
    return true;
  }

  boolean contains(long number) {
    return slots[find(slots, number == 0 ? 1 : number)] != 0;
  }

  int size() {
    return size;
  }

  private void grow() {
    long[] larger = new long[2 * slots.length];
    for (long number : slots) {
      if (number != 0) {
        larger[find(larger, number)] = number;
      }
    }
    slots = larger;
  }

  /** The slot that holds the number, or the empty one where it belongs. */
  private static int find(long[] slots, long number) {
    int mask = slots.length - 1;
    int at = Long.hashCode(number) & mask;
    while (slots[at] != 0 && slots[at] != number) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
