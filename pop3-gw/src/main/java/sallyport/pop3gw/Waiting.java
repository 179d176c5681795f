package sallyport.pop3gw;

import org.jspecify.annotations.Nullable;
import sallyport.daemon.Received;

/**
 * What a session waits for, so that another thread can end that wait. Once interrupted it stays so,
 * and nothing is waited for any more. Thread-safe.
 */
final class Waiting {
  private Received.@Nullable Interruption cause;
  private @Nullable Runnable wake;
  private boolean closed;

  /**
   * The session's thread is about to wait.
   *
   * @param how ends the wait; runs on the other thread, at most once, and does not block
   * @return false if it must not begin
   */
  synchronized boolean begin(Runnable how) {
    if (cause != null) {
      return false;
    }
    wake = how;
    return true;
  }

  /** The wait is over; its waker does not run any more. */
  synchronized void end() {
    wake = null;
  }

  /**
   * Ends the present wait and forbids others.
   *
   * @return false if the session can no longer be interrupted
   */
  synchronized boolean interrupt(Received.Interruption why) {
    if (cause == null && !closed) {
      cause = why;
      if (wake != null) {
        wake.run();
        wake = null;
      }
    }
    return !closed;
  }

  /**
   * From now on the session is not interrupted any more.
   *
   * @return false if it has been already
   */
  synchronized boolean close() {
    closed = cause == null;
    return closed;
  }

  /** Why, if it was interrupted. */
  synchronized Received.@Nullable Interruption cause() {
    return cause;
  }
}
