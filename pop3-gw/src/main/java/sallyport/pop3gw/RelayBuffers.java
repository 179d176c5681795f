package sallyport.pop3gw;

import java.util.ArrayDeque;

/**
 * Large buffers for transfers under way, shared by all relays: an idle session holds none. Any
 * thread may take and give.
 */
final class RelayBuffers {
  /** Octets of a large buffer. */
  static final int LARGE = 256 * 1024;

  /** Large buffers at a time: 16 MiB. */
  static final int MOST = 64;

  /** Octets of the buffer that a transfer gets while all large ones are taken. */
  static final int ORDINARY = 8 * 1024;

  private final ArrayDeque<byte[]> resting = new ArrayDeque<>();
  private int made;

  /** A buffer of {@link #LARGE} octets or, when there is none, {@link #ORDINARY}. Never waits. */
  byte[] take() {
    synchronized (resting) {
      if (!resting.isEmpty()) {
        return resting.pop();
      }
      if (made < MOST) {
        made++;
        return new byte[LARGE];
      }
    }
    return new byte[ORDINARY];
  }

  /** Takes a buffer back. */
  void give(byte[] buffer) {
    if (buffer.length == LARGE) {
      synchronized (resting) {
        resting.push(buffer);
      }
    }
  }
}
