package sallyport.spool;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The memory for all messages that are not on disk yet, in chunks that are used again. */
final class MessageMemory {
  /** Octets in a chunk: a usual small message with its envelope fits one. */
  static final int CHUNK = 8 << 10;

  private static final int KEPT = 1024;

  private final long most;
  private final ArrayDeque<byte[]> free = new ArrayDeque<>();
  private long used;

  MessageMemory(long octets) {
    most = octets / CHUNK;
  }

  /** A chunk with anything in it, or null when all are in use. */
  synchronized byte @Nullable [] take() {
    if (used == most) {
      return null;
    }
    used++;
    byte[] chunk = free.pollFirst();
    return chunk != null ? chunk : new byte[CHUNK];
  }

  synchronized void give(List<byte[]> chunks) {
    used -= chunks.size();
    for (byte[] chunk : chunks) {
      if (free.size() < KEPT) {
        free.addFirst(chunk);
      }
    }
  }

  synchronized long used() {
    return used * CHUNK;
  }
}
