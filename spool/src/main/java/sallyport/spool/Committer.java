package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Commits together all messages that wait at one moment: one file, one force, one rename, one force
 * of the folder, then the answers. A lone client pays nothing. Otherwise it pauses until as many
 * wait as were committed before, since their clients mostly send again, and then while others are
 * sending their messages and each {@link #PAUSE_NANOS} bring one; {@link #LONGEST_PAUSE_NANOS} in
 * all: a commit costs the processors as much as several messages, whatever the disk.
 *
 * <p>Up to the rename a failure is definite: the file is removed and each message refused. After it
 * nothing is withdrawn: if the folder cannot be forced, nobody knows whether the name will be there
 * after a crash; the answers are {@code Unknown} and the process ends. A failed force is never
 * repeated, since the kernel reports an error once and then forgets it.
 *
 * <p>One platform thread, owned by {@link Collector}; its queue is bounded.
 */
final class Committer implements Runnable {
  private static final int MOST_WAITING = 16_384;

  /** A pause for company of which nothing is known but that it is sending. */
  private static final long PAUSE_NANOS = 500_000;

  /** All pauses before one commit. */
  private static final long LONGEST_PAUSE_NANOS = 2_000_000;

  private static final int NO_NUMBER = Integer.MAX_VALUE;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Collector.Limits limits;
  private final String mark;
  private final BooleanSupplier moreComes;
  private final Consumer<Throwable> fatal;
  private final LinkedBlockingQueue<Work> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Thread thread;

  /** Messages that the commit before had; its clients mostly send again. */
  private int last;

  /** So many messages that wait end a pause. */
  private volatile int enough = NO_NUMBER;

  private volatile boolean closing;
  private volatile boolean ended;
  private volatile Optional<Long> begun = Optional.empty();

  Committer(
      SpoolFiles files,
      SpoolFolders folders,
      Collector.Limits limits,
      String mark,
      BooleanSupplier moreComes,
      Consumer<Throwable> fatal) {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.mark = mark;
    this.moreComes = moreComes;
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().daemon().name("spool-committer").unstarted(this);
  }

  void start() {
    thread.start();
  }

  /** What the queue holds. */
  sealed interface Work permits Waiting, Stop {}

  /** The last thing in the queue. */
  private record Stop() implements Work {}

  /** Settles what waits, then ends the thread. */
  void close() throws InterruptedException {
    closing = true;
    if (thread.isAlive()) {
      waiting.put(new Stop());
      thread.join();
    }
  }

  /** What is wrong with it, seen from another thread; a round may take as long as the bound. */
  Optional<String> ailing(Duration bound) {
    if (ended) {
      return Optional.of(thread.getName() + " has ended");
    }
    return begun
        .filter(start -> System.nanoTime() - start > bound.toNanos())
        .map(start -> thread.getName() + " is stuck");
  }

  /** Hands a message over; it is settled in any case. */
  void submit(Waiting message) {
    if (closing || !waiting.offer(message)) {
      message.settle(closing ? closed() : refused("too many messages wait to be committed"));
    } else if (ended) {
      refuseAll();
    } else if (waiting.size() >= enough) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    List<Waiting> together = new ArrayList<>();
    try {
      while (collect(together)) {
        begun = Optional.of(System.nanoTime());
        commit(together);
        begun = Optional.empty();
        together.clear();
      }
    } catch (Throwable e) {
      closing = true;
      for (Waiting message : together) {
        message.settle(new CommitResult.Unknown(String.valueOf(e)));
      }
      fatal.accept(e);
    } finally {
      closing = true;
      ended = true;
      refuseAll();
    }
  }

  /** Waits for one message and takes those that wait with it, within the bounds of a batch. */
  private boolean collect(List<Waiting> together) throws InterruptedException {
    if (!(waiting.take() instanceof Waiting first)) {
      return false;
    }
    together.add(first);
    addThoseThatWait(together);
    pause(together);
    last = together.size();
    return true;
  }

  /** Waits for company as long as it is likely to come. */
  private void pause(List<Waiting> together) {
    long end = System.nanoTime() + LONGEST_PAUSE_NANOS;
    long left = LONGEST_PAUSE_NANOS;
    int before = 0;
    while (left > 0 && waiting.isEmpty() && isWorthAPause(together.size(), before)) {
      before = together.size();
      boolean missing = before < last;
      enough = missing ? last - before : NO_NUMBER;
      if (waiting.size() < enough) {
        LockSupport.parkNanos(this, missing ? left : Math.min(left, PAUSE_NANOS));
      }
      addThoseThatWait(together);
      left = end - System.nanoTime();
    }
    enough = NO_NUMBER;
  }

  private boolean isWorthAPause(int now, int before) {
    return now < last || (before < now && moreComes.getAsBoolean());
  }

  private void addThoseThatWait(List<Waiting> together) {
    long octets = 0;
    for (Waiting message : together) {
      octets += message.octets();
    }
    while (together.size() < limits.messagesPerBatch()
        && octets < limits.octetsPerBatch()
        && waiting.peek() instanceof Waiting next) {
      waiting.remove();
      together.add(next);
      octets += next.octets();
    }
  }

  /** One round. Returns with every message settled, or throws. */
  void commit(List<Waiting> together) throws IOException {
    List<Waiting> inMemory = new ArrayList<>(together.size());
    List<Waiting> placed = new ArrayList<>(together.size());
    for (Waiting message : together) {
      Path file = message.file();
      if (file == null) {
        inMemory.add(message);
      } else {
        place(file, List.of(message), placed);
      }
    }
    if (!inMemory.isEmpty()) {
      writeBatch(inMemory, placed);
    }
    if (!placed.isEmpty()) {
      forceFolder(placed);
      for (Waiting message : placed) {
        message.settle(new CommitResult.Committed());
      }
    }
  }

  private void writeBatch(List<Waiting> messages, List<Waiting> placed) throws IOException {
    Path file = folders.tmp().resolve(BatchFormat.batchName(messages.getFirst().id()));
    try (SpoolFiles.OpenFile batch = files.create(file)) {
      List<ByteBuffer> parts = new ArrayList<>(3 * messages.size() + 2);
      parts.add(ByteBuffer.wrap(BatchFormat.magic(mark)));
      for (Waiting message : messages) {
        message.addTo(parts);
      }
      parts.add(ByteBuffer.wrap(BatchFormat.end(mark, messages.size())));
      batch.write(parts.toArray(ByteBuffer[]::new));
      batch.force();
    } catch (IOException e) {
      unlinkQuietly(file);
      refuse(messages, e);
      return;
    }
    place(file, messages, placed);
  }

  private void place(Path file, List<Waiting> messages, List<Waiting> placed) throws IOException {
    String name = BatchFormat.batchName(messages.getFirst().id());
    try {
      files.rename(file, folders.new_().resolve(name));
      placed.addAll(messages);
    } catch (IOException e) {
      withdraw(file, e);
      refuse(messages, e);
    }
  }

  /** After a rename that failed: only a name that is still in tmp/ shows that it did not happen. */
  private void withdraw(Path file, IOException trouble) throws IOException {
    try {
      files.facts(file);
    } catch (IOException e) {
      trouble.addSuppressed(e);
      throw trouble;
    }
    unlinkQuietly(file);
  }

  private void forceFolder(List<Waiting> placed) throws IOException {
    try {
      files.forceFolder(folders.new_());
    } catch (IOException e) {
      for (Waiting message : placed) {
        message.settle(new CommitResult.Unknown(String.valueOf(e)));
      }
      throw e;
    }
  }

  private void unlinkQuietly(Path file) {
    try {
      files.unlink(file);
    } catch (IOException e) {
      // What stays in tmp/ is never delivered, and the next start removes it.
    }
  }

  private static void refuse(List<Waiting> messages, IOException trouble) {
    CommitResult refusal = Space.refusal(trouble);
    for (Waiting message : messages) {
      message.settle(refusal);
    }
  }

  private void refuseAll() {
    for (Work work = waiting.poll(); work != null; work = waiting.poll()) {
      if (work instanceof Waiting message) {
        message.settle(closed());
      }
    }
  }

  private static CommitResult closed() {
    return refused("the spool is closed");
  }

  private static CommitResult refused(String detail) {
    return new CommitResult.Refused(CommitResult.Reason.TROUBLE, detail);
  }
}
