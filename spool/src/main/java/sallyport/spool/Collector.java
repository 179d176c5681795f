package sallyport.spool;

import java.io.IOException;
import java.util.function.Consumer;

/** smap's side of the spool: takes messages and commits them. Safe for all threads. */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class Collector implements AutoCloseable {
  private Collector() {}

  /**
   * Bounds of smap's side.
   *
   * @param memoryPerMessage octets of one message held in memory; beyond them it has its own file
   * @param memoryInAll octets of all messages held in memory
   * @param filesAtOnce messages with a file of their own at one time; beyond them there is no room
   * @param messagesPerBatch messages in one batch file
   * @param octetsPerBatch octets after which no further message joins a batch
   */
  public record Limits(
      int memoryPerMessage,
      long memoryInAll,
      int filesAtOnce,
      int messagesPerBatch,
      long octetsPerBatch) {
    /** Checks that each is above 0. */
    public Limits {
      if (memoryPerMessage < 1
          || memoryInAll < 1
          || filesAtOnce < 1
          || messagesPerBatch < 1
          || octetsPerBatch < 1) {
        throw new IllegalArgumentException("every limit must be above 0");
      }
    }

    /** 256 KiB, 64 MiB, 256 files, 200 messages, 8 MiB. */
    public static Limits defaults() {
      return new Limits(256 << 10, 64L << 20, 256, 200, 8L << 20);
    }
  }

  /**
   * Opens the folders, empties {@code tmp/}, starts the committer.
   *
   * @param fatal called once, from the committer, when it can no longer tell what is on disk, or
   *     for any accident: alert and end the process
   * @throws SpoolException when a folder cannot be used
   */
  public static Collector open(
      SpoolFiles files, SpoolFolders folders, Limits limits, Consumer<Throwable> fatal)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Room for one message. */
  public Incoming begin() {
    throw new UnsupportedOperationException();
  }

  /**
   * Commits one message together with all others that wait at this moment, and waits until that is
   * settled. Always consumes the message.
   *
   * @throws InterruptedException when the thread was interrupted before; then nothing was committed
   *     and the message is discarded. Once under way an interrupt does not end the wait.
   */
  public CommitResult commit(Envelope envelope, Incoming message) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Settles what waits, then stops. Later commits are refused. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
