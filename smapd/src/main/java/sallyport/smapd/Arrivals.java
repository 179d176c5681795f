package sallyport.smapd;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Wakes smapd when something is put into {@code new/}: inotify, which works after chroot since the
 * folder is named from inside. What is missed is found at the next wakeup.
 *
 * <p>One thread waits; {@link #close} may be called by another and ends the wait.
 */
final class Arrivals implements AutoCloseable {

  private final WatchService watch;
  private volatile boolean closed;

  private Arrivals(WatchService watch) {
    this.watch = watch;
  }

  /**
   * Starts watching.
   *
   * @param wakes false to be woken by time only
   */
  static Arrivals in(Path folder, boolean wakes) throws IOException {
    WatchService watch = FileSystems.getDefault().newWatchService();
    if (wakes) {
      try {
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      } catch (IOException | RuntimeException e) {
        watch.close();
        throw e;
      }
    }
    return new Arrivals(watch);
  }

  /** Returns when something has arrived since the last call, after {@code longest}, or closed. */
  @SuppressWarnings("Interruption") // Kept for the caller; the wait just ends early.
  void await(Duration longest) {
    try {
      WatchKey key = watch.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
      while (key != null) {
        key.pollEvents();
        key.reset();
        key = watch.poll();
      }
    } catch (ClosedWatchServiceException e) {
      // The caller looks at isClosed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    try {
      watch.close();
    } catch (IOException e) {
      // Nobody waits for it any more.
    }
  }
}
