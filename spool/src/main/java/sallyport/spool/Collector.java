package sallyport.spool;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** smap's side of the spool: takes messages and commits them. Safe for all threads. */
public final class Collector implements AutoCloseable {
  /** Left in tmp/ while smap runs, so that a second one cannot empty the folder under the first. */
  private static final String LOCK = ".lock";

  private static final int NAMES_AT_ONCE = 10_000;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Limits limits;
  private final String mark;
  private final MessageMemory memory;
  private final FileThreads threads;
  private final Committer committer;
  private final Closeable lock;
  private final AtomicLong streamed = new AtomicLong();
  private final AtomicInteger receiving = new AtomicInteger();

  private Collector(
      SpoolFiles files,
      SpoolFolders folders,
      Limits limits,
      Consumer<Throwable> fatal,
      Closeable lock) {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.lock = lock;
    mark = BatchFormat.mark(new SecureRandom().nextLong());
    memory = new MessageMemory(limits.memoryInAll());
    threads = new FileThreads(limits.filesAtOnce());
    committer = new Committer(files, folders, limits, mark, () -> receiving.get() > 0, fatal);
  }

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
      if (messagesPerBatch > BatchFormat.MAX_MESSAGES) {
        throw new IllegalArgumentException("messagesPerBatch > " + BatchFormat.MAX_MESSAGES);
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
    Collector collector = prepare(files, folders, limits, fatal);
    collector.committer.start();
    return collector;
  }

  /** Everything but the committer's thread: a test drives its rounds itself. */
  static Collector prepare(
      SpoolFiles files, SpoolFolders folders, Limits limits, Consumer<Throwable> fatal)
      throws IOException {
    files.requireUsable(folders.tmp());
    files.requireUsable(folders.new_());
    Closeable lock = files.lock(folders.tmp().resolve(LOCK));
    try {
      empty(files, folders.tmp());
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    return new Collector(files, folders, limits, fatal, lock);
  }

  /** What lies in tmp/ was never acknowledged. */
  private static void empty(SpoolFiles files, Path tmp) throws IOException {
    List<String> names = files.list(tmp, NAMES_AT_ONCE);
    while (!names.equals(List.of(LOCK)) && !names.isEmpty()) {
      for (String name : names) {
        if (!name.equals(LOCK)) {
          try {
            files.unlink(tmp.resolve(name));
          } catch (IOException e) {
            throw new SpoolException(
                tmp.resolve(name) + " cannot be removed (" + e + "); expected files of our own", e);
          }
        }
      }
      names = files.list(tmp, NAMES_AT_ONCE);
    }
  }

  /**
   * Whether the committer has ended, or has been at one round for longer than this; in a few words.
   */
  public Optional<String> ailing(Duration bound) {
    return committer.ailing(bound);
  }

  /** Room for one message. */
  public Incoming begin() {
    receiving.incrementAndGet();
    return new Incoming(this);
  }

  /** A message that was begun is complete, or given up. */
  void received() {
    receiving.decrementAndGet();
  }

  /**
   * Commits one message together with all others that wait at this moment, and waits until that is
   * settled. Always consumes the message.
   *
   * @throws InterruptedException when the thread was interrupted before; then nothing was committed
   *     and the message is discarded. Once under way an interrupt does not end the wait.
   * @throws IllegalStateException when the message has ended already
   */
  public CommitResult commit(Envelope envelope, Incoming message) throws InterruptedException {
    if (Thread.interrupted()) {
      message.discard();
      throw new InterruptedException("before the commit");
    }
    if (message.ended()) {
      throw new IllegalStateException("this message has ended");
    }
    Waiting waiting;
    try {
      waiting = ready(envelope, message);
    } catch (IOException e) {
      message.release();
      return Space.refusal(e);
    } catch (RuntimeException | Error e) {
      message.release();
      throw e;
    }
    committer.submit(waiting);
    CommitResult result = waiting.await();
    settled(message, result);
    return result;
  }

  /** Writes and forces what has a file of its own; what is in memory is left to the committer. */
  Waiting ready(Envelope envelope, Incoming message) throws IOException {
    message.end();
    IOException trouble = message.trouble();
    if (trouble != null) {
      throw trouble;
    }
    byte[] head = BatchFormat.envelope(mark, envelope, message.size());
    byte[] checksum = BatchFormat.checksum(message.checksum(), head);
    StreamedFile file = message.file();
    if (file == null) {
      return new Waiting(envelope.id(), head, message, checksum, null);
    }
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    tail.write(checksum);
    tail.write(BatchFormat.end(mark, 1));
    file.finish(BatchFormat.streamHead(mark, head), tail.toByteArray());
    return new Waiting(envelope.id(), head, message, checksum, file.path());
  }

  /** Gives back what a settled message held. */
  void settled(Incoming message, CommitResult result) {
    StreamedFile file = message.file();
    if (file != null && result instanceof CommitResult.Committed) {
      file.handedOver();
    } else {
      message.release();
    }
  }

  Committer committer() {
    return committer;
  }

  Limits limits() {
    return limits;
  }

  MessageMemory memory() {
    return memory;
  }

  StreamedFile newFile() throws IOException {
    if (!threads.takeFile()) {
      throw new SpoolFullException(
          limits.filesAtOnce() + " messages are being written to files already");
    }
    try {
      Path path = folders.tmp().resolve("stream-" + streamed.incrementAndGet());
      return StreamedFile.create(files, threads, path);
    } catch (IOException | RuntimeException e) {
      threads.giveFile();
      throw e;
    }
  }

  /** Settles what waits, then stops. Later commits are refused. */
  @Override
  public void close() {
    try {
      committer.close();
      threads.close();
      lock.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The lock ends with the process at the latest.
    }
  }
}
