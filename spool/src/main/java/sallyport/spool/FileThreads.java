package sallyport.spool;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads that do the file work of messages with a file of their own, so that the carriers
 * of virtual threads never wait for a disk. There are as many threads as files may be open at once,
 * and a file gives one task at a time: a task never waits for a thread.
 */
final class FileThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final Semaphore files;
  private final ThreadPoolExecutor threads;

  FileThreads(int filesAtOnce) {
    files = new Semaphore(filesAtOnce);
    threads =
        new ThreadPoolExecutor(
            0,
            // A file that was discarded may still be under way while its successor begins.
            2 * filesAtOnce,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("spool-file-", 0).factory());
  }

  /** Whether one more file may be open; to be given back by {@link #giveFile}. */
  boolean takeFile() {
    return files.tryAcquire();
  }

  void giveFile() {
    files.release();
  }

  CompletableFuture<Void> start(FileTask task) {
    return start(threads, task);
  }

  static CompletableFuture<Void> start(Executor threads, FileTask task) {
    try {
      return CompletableFuture.runAsync(
          () -> {
            try {
              task.run();
            } catch (IOException e) {
              throw new CompletionException(e);
            }
          },
          threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new IOException("the spool is closed", e));
    }
  }

  /** Waits by parking; an interrupt does not end the wait. */
  static void join(CompletableFuture<Void> task) throws IOException {
    try {
      task.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException trouble) {
        throw trouble;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  /** Work on a file. */
  interface FileTask {
    void run() throws IOException;
  }
}
