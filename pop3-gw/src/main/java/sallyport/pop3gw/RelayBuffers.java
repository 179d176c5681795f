package sallyport.pop3gw;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Large buffers for transfers under way, shared by all relays of one kind: an idle session holds
 * none. Any thread may take and give.
 */
final class RelayBuffers {
  /** Octets of a large buffer. */
  static final int LARGE = 256 * 1024;

  /** Large buffers at a time: 16 MiB. */
  static final int MOST = 64;

  /** Octets of the buffer that a transfer gets while all large ones are taken. */
  static final int ORDINARY = 8 * 1024;

  private final IntFunction<ByteBuffer> kind;
  private final ArrayDeque<ByteBuffer> resting = new ArrayDeque<>();
  private int made;

  private RelayBuffers(IntFunction<ByteBuffer> kind) {
    this.kind = kind;
  }

  /** Buffers that are arrays. */
  static RelayBuffers forStreams() {
    return new RelayBuffers(ByteBuffer::allocate);
  }

  /** Buffers that the kernel reads and writes without another copy. */
  static RelayBuffers forChannels() {
    return new RelayBuffers(ByteBuffer::allocateDirect);
  }

  /**
   * An empty buffer of {@link #LARGE} octets or, when there is none, an array of {@link #ORDINARY},
   * whatever the kind: only that is soon collected. Never waits.
   */
  ByteBuffer take() {
    ByteBuffer large = large();
    return large == null ? ByteBuffer.allocate(ORDINARY) : large;
  }

  /** A large one in the place of this one, if there is one by now; or else this one. */
  ByteBuffer orLarge(ByteBuffer ordinary) {
    ByteBuffer large = large();
    return large == null ? ordinary : large;
  }

  private @Nullable ByteBuffer large() {
    synchronized (resting) {
      if (!resting.isEmpty()) {
        return resting.pop().clear();
      }
      if (made < MOST) {
        made++;
        return kind.apply(LARGE);
      }
      return null;
    }
  }

  /** Takes a buffer back. */
  void give(ByteBuffer buffer) {
    if (buffer.capacity() == LARGE) {
      synchronized (resting) {
        resting.push(buffer);
      }
    }
  }
}
