package sallyport.daemon;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A part of a start that runs on a thread of its own while the start goes on, and is awaited before
 * the process is confined: such a thread would keep what the others leave.
 */
public final class Meanwhile {
  private final FutureTask<Void> task;
  private final Thread thread;

  /** What is to be done. */
  public interface Work {
    /** Runs on the other thread; what it throws, {@link Meanwhile#await} throws. */
    void run() throws StartupException;
  }

  private Meanwhile(FutureTask<Void> task, Thread thread) {
    this.task = task;
    this.thread = thread;
  }

  /** Begins. */
  public static Meanwhile start(String name, Work work) {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          work.run();
          return null;
        });
    return new Meanwhile(task, Thread.ofPlatform().daemon().name(name).start(task));
  }

  /**
   * Waits for the end of the thread, for as long as the work takes.
   *
   * @throws StartupException as the work did
   */
  public void await() throws StartupException {
    try {
      thread.join();
      task.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof StartupException trouble) {
        throw trouble;
      }
      throw new IllegalStateException("a part of the start broke", cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException(ExitCode.SOFTWARE, "the start was interrupted", e);
    }
  }
}
