package sallyport.spool;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** smapd's side of the spool: {@code new/}, {@code queue/} and {@code bad/}. */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class Queue implements AutoCloseable {
  private Queue() {}

  /**
   * Takes {@code queue/.lock}, repairs what a crash left, reads the queue.
   *
   * @param alerts told of what an administrator must see; called from any thread, must not block
   * @throws SpoolException when another smapd runs, or a folder cannot be used
   */
  public static Queue open(
      SpoolFiles files, SpoolFolders folders, QueueLimits limits, Consumer<QueueAlert> alerts)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** What was in {@code queue/} at start and is not final. */
  public List<QueuedMessage> recovered() {
    throw new UnsupportedOperationException();
  }

  /**
   * Moves batches from {@code new/} to {@code queue/}, oldest first, and judges them there. Takes
   * whole batches until it has {@code atMost} messages, so it may return a few more. One thread.
   */
  public List<QueuedMessage> takeOver(int atMost) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * To be called before a message is handed to a hub: sees that its batch and log are on disk.
   * Cheap when they are.
   */
  public void begin(QueuedMessage message) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Records what became of recipients. On disk when it returns, together with what other workers
   * recorded meanwhile. A message whose recipients are all final is finished by this. If it throws,
   * the outcomes still count in this run.
   *
   * @throws IllegalArgumentException for a recipient that is not pending
   */
  public void record(QueuedMessage message, Map<String, Outcome> outcomes) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Records that the message is to be tried again, and when. On disk when it returns. */
  public void defer(QueuedMessage message, Instant nextTry, int tries, String reason)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Puts the message, for its pending recipients, into {@code bad/} as {@code ID.msg} with {@code
   * ID.reason} beside it, and takes it out of the queue. On disk when it returns.
   */
  public void setAside(QueuedMessage message, String reason) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Messages in the queue that are not final. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  /** Settles what was recorded, gives the lock back. */
  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
