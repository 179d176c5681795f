package sallyport.spool;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A message that is ready to be committed, and the thread that waits for it. Made by the session,
 * read and settled by the committer.
 */
final class Waiting implements Committer.Work {
  private final QueueId id;
  private final byte[] envelope;
  private final Incoming message;
  private final byte[] checksum;
  private final @Nullable Path file;
  private final Thread thread = Thread.currentThread();
  private volatile @Nullable CommitResult result;

  /**
   * Takes a message.
   *
   * @param file its own file, already forced; null if it is in memory
   */
  Waiting(QueueId id, byte[] envelope, Incoming message, byte[] checksum, @Nullable Path file) {
    this.id = id;
    this.envelope = envelope;
    this.message = message;
    this.checksum = checksum;
    this.file = file;
  }

  QueueId id() {
    return id;
  }

  @Nullable Path file() {
    return file;
  }

  /** Octets that it adds to a batch. */
  long octets() {
    return file != null ? 0 : message.size() + envelope.length;
  }

  void addTo(List<ByteBuffer> parts) {
    parts.add(ByteBuffer.wrap(envelope));
    message.addTo(parts);
    parts.add(ByteBuffer.wrap(checksum));
  }

  boolean isSettled() {
    return result != null;
  }

  void settle(CommitResult settled) {
    if (result == null) {
      result = settled;
      LockSupport.unpark(thread);
    }
  }

  /** Parks until settled; an interrupt is kept for later. */
  CommitResult await() {
    boolean interrupted = false;
    CommitResult settled = result;
    while (settled == null) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
      settled = result;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return settled;
  }
}
