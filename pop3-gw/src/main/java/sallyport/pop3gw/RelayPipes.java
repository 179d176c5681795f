package sallyport.pop3gw;

import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.KernelPipe;

/**
 * Pipes for large transfers under way, shared by all relays: like a {@link RelayBuffers large
 * buffer}, a relay has one for as long as something is in it. Any thread may take, give and close.
 */
final class RelayPipes implements AutoCloseable {
  /** Pipes at a time: 32 MiB in the kernel, and half of what it lets an account have. */
  static final int MOST = 32;

  /** What one side has sent, and the other not said a word to, is large from here on. */
  static final long LARGE_TRANSFER = 1 << 20;

  private final long large;
  private final ArrayDeque<KernelPipe> resting = new ArrayDeque<>();
  private int made;
  private boolean closed;

  /**
   * None yet.
   *
   * @param large a transfer gets a pipe when it has carried so many octets
   */
  RelayPipes(long large) {
    this.large = large;
  }

  /** For transfers of {@link #LARGE_TRANSFER}. */
  static RelayPipes forLargeTransfers() {
    return new RelayPipes(LARGE_TRANSFER);
  }

  /** Whether a transfer that has carried so many octets is large. */
  boolean isLarge(long octets) {
    return octets >= large;
  }

  /** An empty pipe, or none if there is none to be had. Never waits. */
  @Nullable KernelPipe take() {
    synchronized (resting) {
      if (!resting.isEmpty()) {
        return resting.pop();
      }
      Optional<KernelPipe> pipe =
          made < MOST && !closed ? KernelPipe.open() : Optional.<KernelPipe>empty();
      if (pipe.isPresent()) {
        made++;
      }
      return pipe.orElse(null);
    }
  }

  /** Takes a pipe back. One with octets in it is closed, for they are nobody else's. */
  void give(KernelPipe pipe) {
    synchronized (resting) {
      if (pipe.held() == 0 && !closed) {
        resting.push(pipe);
      } else {
        pipe.close();
        made--;
      }
    }
  }

  /** Closes those that rest, and the others when they are given back. */
  @Override
  public void close() {
    synchronized (resting) {
      closed = true;
      resting.forEach(KernelPipe::close);
      made -= resting.size();
      resting.clear();
    }
  }

  /** Pipes that are open. */
  int open() {
    synchronized (resting) {
      return made;
    }
  }
}
