package sallyport.daemon.tls;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for one outgoing record each, lent while it is written: JSSE wants room for the largest
 * record, however short the reply. At most {@link #KEPT} are kept. Thread-safe.
 */
final class RecordBuffers {
  /** Room for one record: 16 KiB of data, its header and what protects it. */
  static final int SIZE = 17 * 1024;

  /** How many unused ones are kept. */
  static final int KEPT = 64;

  private static final ArrayBlockingQueue<byte[]> UNUSED = new ArrayBlockingQueue<>(KEPT);

  private RecordBuffers() {}

  static byte[] take() {
    byte @Nullable [] kept = UNUSED.poll();
    return kept == null ? new byte[SIZE] : kept;
  }

  static void give(byte[] buffer) {
    UNUSED.offer(buffer);
  }
}
