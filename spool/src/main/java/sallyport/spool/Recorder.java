package sallyport.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the logs. Takes what all workers want to record at one moment, writes and forces each log
 * once, all of them at the same time, and answers. Who delivers need not wait for that, but keeps
 * count of what is not answered: a crash repeats so many deliveries at most. While nobody waits for
 * an answer it lets {@link QueueLimits#recordsTogether} come together, for {@link
 * QueueLimits#recordsWait} at most.
 *
 * <p>A file whose last message is final by this needs no log any more: it is removed, and the force
 * of its folder is the record. So a message that is alone in its file costs one removal, and one
 * force together with all others. Within the same bounds, what is recorded of a file waits for the
 * rest of it, since to make, force and remove a log costs more than all else.
 *
 * <p>A write that fails (the disk is full) is told to its workers, and its lines are owed: they are
 * written before the next ones. A force that fails makes what is on disk unknown, and ends it all:
 * every later call fails, and the next start reads what is there.
 *
 * <p>One platform thread, owned by {@link Queue}.
 */
final class Recorder implements Runnable {
  private static final int MOST_WAITING = 16_384;
  private static final int MOST_TOGETHER = 256;
  private static final int NO_NUMBER = Integer.MAX_VALUE;

  private final Home queue;
  private final Logs logs;
  private final Finisher finisher;
  private final Consumer<QueueAlert> alerts;
  private final LinkedBlockingQueue<Work> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Thread thread;
  private final QueueLimits limits;

  /** How much of what is given cannot wait for company. */
  private final AtomicInteger urgent = new AtomicInteger();

  /** So many that wait end a wait for company. */
  private volatile int enough = NO_NUMBER;

  /** Whether the last lines could not be written. */
  private volatile boolean lacksRoom;

  private volatile @Nullable String broken;

  Recorder(Home queue, Finisher finisher, QueueLimits limits, Consumer<QueueAlert> alerts) {
    this.queue = queue;
    this.limits = limits;
    this.logs = new Logs(queue.files());
    this.finisher = finisher;
    this.alerts = alerts;
    this.thread = Thread.ofPlatform().daemon().name("spool-recorder").unstarted(this);
  }

  private sealed interface Work {
    CompletableFuture<Void> done();

    /** Whether somebody waits for it. */
    default boolean isUrgent() {
      return true;
    }
  }

  /**
   * Lines for one batch.
   *
   * @param ends messages that leave the batch by them
   * @param given when, by {@link System#nanoTime}
   */
  private record Lines(
      Batch batch,
      List<LogEntry> entries,
      int ends,
      boolean isUrgent,
      long given,
      CompletableFuture<Void> done)
      implements Work {

    Lines(Batch batch, List<LogEntry> entries, int ends, boolean urgent) {
      this(batch, entries, ends, urgent, System.nanoTime(), new CompletableFuture<>());
    }
  }

  /** Answered when all before it is done, removal included. */
  private record Settle(CompletableFuture<Void> done) implements Work {}

  private record Stop(CompletableFuture<Void> done) implements Work {}

  void start() {
    thread.start();
  }

  /** Writes lines and waits until they are on disk. */
  void write(Batch batch, List<LogEntry> entries, int ends) throws IOException {
    FileThreads.join(recording(batch, entries, ends, true));
  }

  /**
   * Writes lines.
   *
   * @param urgent whether somebody waits for them
   * @return completes when they are on disk, or with an {@link IOException}; mostly on the
   *     recorder's thread, where nothing may wait
   */
  CompletableFuture<Void> recording(Batch batch, List<LogEntry> entries, int ends, boolean urgent) {
    return given(new Lines(batch, entries, ends, urgent));
  }

  /** Writes lines and waits only for room to say so; an error is not told. */
  void submit(Batch batch, List<LogEntry> entries, int ends) {
    Lines lines = new Lines(batch, entries, ends, false);
    boolean interrupted = false;
    boolean taken = false;
    while (!taken && broken == null) {
      try {
        taken = waiting.offer(lines, 1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until everything given so far is done, with all that follows from it. */
  void settle() throws IOException {
    FileThreads.join(given(new Settle(new CompletableFuture<>())));
  }

  private CompletableFuture<Void> given(Work work) {
    if (broken != null) {
      fail(work);
      return work.done();
    }
    announce(work);
    if (!waiting.offer(work)) {
      takeBack(work);
      work.done().completeExceptionally(new IOException("too many records wait to be written"));
    } else if (broken != null) {
      failAll();
    } else {
      endTheWait();
    }
    return work.done();
  }

  private void announce(Work work) {
    if (work.isUrgent()) {
      urgent.incrementAndGet();
    }
  }

  /** It is in hand now, or was never taken. */
  private void takeBack(Work work) {
    if (work.isUrgent()) {
      urgent.decrementAndGet();
    }
  }

  private void endTheWait() {
    if (urgent.get() > 0 || waiting.size() >= enough) {
      LockSupport.unpark(thread);
    }
  }

  /** Whether there was no room for the last lines that were to be written. */
  boolean isShort() {
    return lacksRoom;
  }

  void requireWhole() throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
  }

  void close() throws InterruptedException {
    if (thread.isAlive()) {
      Stop stop = new Stop(new CompletableFuture<>());
      announce(stop);
      waiting.put(stop);
      endTheWait();
      thread.join();
    }
    logs.close();
  }

  @Override
  public void run() {
    List<Work> together = new ArrayList<>();
    List<Lines> kept = new ArrayList<>();
    try {
      while (true) {
        if (kept.isEmpty()) {
          together.add(waiting.take());
        }
        awaitCompany(kept, together.size());
        waiting.drainTo(together, MOST_TOGETHER);
        together.forEach(this::inHand);
        together.addAll(0, kept);
        kept.clear();
        process(together, kept);
        if (together.stream().anyMatch(Stop.class::isInstance)) {
          broken = "the queue is closed";
          return;
        }
        together.clear();
      }
    } catch (Throwable e) {
      breakDown(String.valueOf(e));
    } finally {
      kept.forEach(this::fail);
      together.forEach(this::fail);
      failAll();
    }
  }

  /** Lets more come, to share one force; ends at once for something that somebody waits for. */
  private void awaitCompany(List<Lines> kept, int taken) {
    long wait = limits.recordsWait().toNanos();
    long end = (kept.isEmpty() ? System.nanoTime() : kept.getFirst().given()) + wait;
    long left = end - System.nanoTime();
    enough = limits.recordsTogether() - kept.size() - taken;
    while (left > 0 && urgent.get() == 0 && waiting.size() < enough) {
      LockSupport.parkNanos(this, left);
      left = end - System.nanoTime();
    }
    enough = NO_NUMBER;
  }

  /** It is taken from what waits. */
  private void inHand(Work work) {
    takeBack(work);
    if (work instanceof Lines lines) {
      lines.batch().end(lines.ends());
    }
  }

  /** Called when what is on disk is not known any more. */
  void breakDown(String why) {
    broken = why;
    alerts.accept(new QueueAlert(QueueAlert.Kind.BROKEN, String.valueOf(queue.folder()), why));
  }

  /**
   * Records what was given.
   *
   * @param kept takes what need not be recorded yet
   */
  private void process(List<Work> together, List<Lines> kept) throws IOException {
    Map<Batch, List<Lines>> byBatch = new LinkedHashMap<>();
    for (Work work : together) {
      if (work instanceof Lines lines) {
        byBatch.computeIfAbsent(lines.batch(), batch -> new ArrayList<>()).add(lines);
      }
    }
    if (together.stream().noneMatch(Work::isUrgent)) {
      keepWhatMayWait(byBatch, kept);
    }
    List<Batch> removed = new ArrayList<>();
    List<Batch> appended = new ArrayList<>();
    List<Lines> taken = new ArrayList<>();
    byBatch.forEach((batch, group) -> {
      if (finisher.isToBeRemoved(batch) && finisher.unlink(batch)) {
        removed.add(batch);
        taken.addAll(group);
      } else if (append(batch, group, appended)) {
        taken.addAll(group);
      }
    });
    boolean names = !removed.isEmpty() || appended.stream().anyMatch(log -> !log.isLogMade());
    logs.force(names ? queue.folder() : null);
    appended.forEach(Batch::logMade);
    taken.forEach(lines -> lines.done().complete(null));
    finish(removed, byBatch);
    for (Work work : together) {
      if (work instanceof Settle settle) {
        settle.done().complete(null);
      }
    }
  }

  /** Moves files that are not done, and of which nothing has waited long, unless they are many. */
  private void keepWhatMayWait(Map<Batch, List<Lines>> byBatch, List<Lines> kept) {
    long since = System.nanoTime() - limits.recordsWait().toNanos();
    byBatch.forEach((batch, group) -> {
      if (!batch.isDone() && group.getFirst().given() - since > 0) {
        kept.addAll(group);
      }
    });
    if (kept.size() < limits.recordsTogether()) {
      kept.forEach(lines -> byBatch.remove(lines.batch()));
    } else {
      kept.clear();
    }
  }

  private void finish(List<Batch> removed, Map<Batch, List<Lines>> all) throws IOException {
    for (Batch batch : removed) {
      logs.forget(batch);
      finisher.unlinkLog(batch);
    }
    for (Batch batch : finisher.keepDamaged(all.keySet())) {
      logs.forget(batch);
      finisher.unlinkLog(batch);
    }
    logs.closeOldest();
  }

  /** Writes what one batch has to record, to be forced; false if that failed and was told. */
  private boolean append(Batch batch, List<Lines> group, List<Batch> appended) {
    List<LogEntry> entries = new ArrayList<>();
    if (batch.owes()) {
      entries.addAll(batch.owed().entries);
    }
    group.forEach(lines -> entries.addAll(lines.entries()));
    if (entries.isEmpty()) {
      return true;
    }
    try {
      logs.append(batch, entries);
    } catch (IOException e) {
      lacksRoom = true;
      owe(batch, group);
      group.forEach(lines -> lines.done().completeExceptionally(e));
      return false;
    }
    lacksRoom = false;
    batch.settled();
    appended.add(batch);
    return true;
  }

  /** Keeps what must not be forgotten; the next write begins on a line of its own. */
  private static void owe(Batch batch, List<Lines> group) {
    List<LogEntry> owed = batch.owed().entries;
    batch.owed().torn = true;
    for (Lines lines : group) {
      for (LogEntry entry : lines.entries()) {
        switch (entry) {
          case LogEntry.Final done -> owed.add(done);
          case LogEntry.Moved moved -> owed.add(moved);
          case LogEntry.Damaged damaged -> owed.add(damaged);
          case LogEntry.Removed removed -> owed.add(removed);
          case LogEntry.Warned warned -> owed.add(warned);
          case LogEntry.Begun begun -> {}
          case LogEntry.Tried tried -> {}
          case LogEntry.Deferred deferred -> {}
        }
      }
    }
  }

  private void failAll() {
    for (Work work = waiting.poll(); work != null; work = waiting.poll()) {
      fail(work);
    }
  }

  private void fail(Work work) {
    work.done().completeExceptionally(new IOException(String.valueOf(broken)));
  }
}
