package sallyport.spool;

import org.jspecify.annotations.Nullable;

/**
 * The messages in the queue by their ids, about eight octets for each: an open table, searched from
 * the place that the id gives. Safe for all threads.
 */
final class MessageTable {
  private static final int LEAST = 1024;

  private @Nullable QueuedMessage[] places = new @Nullable QueuedMessage[LEAST];
  private int size;

  /** Puts a message in; false if there is one with its id. */
  synchronized boolean add(QueuedMessage message) {
    int place = place(message.id());
    if (places[place] != null) {
      return false;
    }
    places[place] = message;
    size++;
    if (size > places.length / 4 * 3) {
      grow();
    }
    return true;
  }

  synchronized @Nullable QueuedMessage find(QueueId id) {
    return places[place(id)];
  }

  synchronized int size() {
    return size;
  }

  /** Takes a message out; does nothing if another or none has its id. */
  synchronized void remove(QueuedMessage message) {
    int hole = place(message.id());
    if (places[hole] != message) {
      return;
    }
    places[hole] = null;
    size--;
    // Those behind the hole that were only pushed behind it move up.
    int mask = places.length - 1;
    int at = (hole + 1) & mask;
    for (QueuedMessage next = places[at]; next != null; next = places[at]) {
      int wanted = next.id().hashCode() & mask;
      if (((at - wanted) & mask) >= ((at - hole) & mask)) {
        places[hole] = next;
        places[at] = null;
        hole = at;
      }
      at = (at + 1) & mask;
    }
  }

  /** Where it is, or the free place where it would be. */
  private int place(QueueId id) {
    int mask = places.length - 1;
    int at = id.hashCode() & mask;
    for (QueuedMessage there = places[at]; there != null; there = places[at]) {
      if (there.hasId(id)) {
        return at;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    @Nullable QueuedMessage[] old = places;
    places = new @Nullable QueuedMessage[2 * old.length];
    for (QueuedMessage message : old) {
      if (message != null) {
        places[place(message.id())] = message;
      }
    }
  }
}
