package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the logs. Takes what all workers want to record at one moment, writes and forces each log
 * once, answers, and then removes the batches that are done. A worker waits for its record, so a
 * crash repeats at most the one delivery that it had under way.
 *
 * <p>A write that fails (the disk is full) is told to its workers, and its lines are owed: they are
 * written before the next ones. A force that fails makes what is on disk unknown, and ends it all:
 * every later call fails, and the next start reads what is there.
 *
 * <p>One platform thread, owned by {@link Queue}; at most one job a worker waits.
 */
final class Recorder implements Runnable {
  private static final int MOST_WAITING = 16_384;
  private static final int MOST_TOGETHER = 256;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Finisher finisher;
  private final Consumer<QueueAlert> alerts;
  private final LinkedBlockingQueue<Work> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Thread thread;
  private volatile @Nullable String broken;

  Recorder(SpoolFiles files, SpoolFolders folders, Finisher finisher, Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.finisher = finisher;
    this.alerts = alerts;
    this.thread = Thread.ofPlatform().daemon().name("spool-recorder").unstarted(this);
  }

  private sealed interface Work {}

  /**
   * Lines for one batch.
   *
   * @param ends messages that leave the batch by them
   */
  private record Lines(Batch batch, List<LogEntry> entries, int ends, CompletableFuture<Void> done)
      implements Work {}

  /** Answered when all before it is done, removal included. */
  private record Settle(CompletableFuture<Void> done) implements Work {}

  private record Stop() implements Work {}

  void start() {
    thread.start();
  }

  /** Writes lines and waits until they are on disk. */
  void write(Batch batch, List<LogEntry> entries, int ends) throws IOException {
    await(new Lines(batch, entries, ends, new CompletableFuture<>()));
  }

  /** Waits until everything given so far is done, with all that follows from it. */
  void settle() throws IOException {
    await(new Settle(new CompletableFuture<>()));
  }

  private void await(Work work) throws IOException {
    requireWhole();
    CompletableFuture<Void> done =
        switch (work) {
          case Lines lines -> lines.done();
          case Settle settle -> settle.done();
          case Stop stop -> throw new IllegalArgumentException("stop is not waited for");
        };
    if (!waiting.offer(work)) {
      throw new IOException("too many records wait to be written");
    }
    if (broken != null) {
      failAll();
    }
    try {
      done.join();
    } catch (CompletionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    }
  }

  void requireWhole() throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
  }

  void close() throws InterruptedException {
    if (thread.isAlive()) {
      waiting.put(new Stop());
      thread.join();
    }
  }

  @Override
  public void run() {
    List<Work> together = new ArrayList<>();
    try {
      while (true) {
        together.add(waiting.take());
        waiting.drainTo(together, MOST_TOGETHER);
        process(together);
        if (together.stream().anyMatch(Stop.class::isInstance)) {
          broken = "the queue is closed";
          return;
        }
        together.clear();
      }
    } catch (Throwable e) {
      breakDown(String.valueOf(e));
    } finally {
      together.forEach(this::fail);
      failAll();
    }
  }

  /** Called when what is on disk is not known any more. */
  void breakDown(String why) {
    broken = why;
    alerts.accept(new QueueAlert(QueueAlert.Kind.BROKEN, String.valueOf(folders.queue()), why));
  }

  private void process(List<Work> together) throws IOException {
    Map<Batch, List<Lines>> byBatch = new LinkedHashMap<>();
    for (Work work : together) {
      if (work instanceof Lines lines) {
        byBatch.computeIfAbsent(lines.batch(), batch -> new ArrayList<>()).add(lines);
      }
    }
    List<Lines> written = new ArrayList<>();
    boolean made = false;
    for (Map.Entry<Batch, List<Lines>> entry : byBatch.entrySet()) {
      made |= append(entry.getKey(), entry.getValue(), written);
    }
    if (made) {
      files.forceFolder(folders.queue());
    }
    for (Lines lines : written) {
      lines.batch().logMade();
      lines.done().complete(null);
    }
    finisher.finish(byBatch.keySet());
    for (Work work : together) {
      if (work instanceof Settle settle) {
        settle.done().complete(null);
      }
    }
  }

  /**
   * Writes what one batch has to record; true if the log may be new and its name not yet forced.
   */
  private boolean append(Batch batch, List<Lines> group, List<Lines> written) throws IOException {
    List<LogEntry> entries = new ArrayList<>(batch.recorder.entries);
    group.forEach(lines -> entries.addAll(lines.entries()));
    group.forEach(lines -> batch.end(lines.ends()));
    if (!entries.isEmpty()) {
      try (SpoolFiles.OpenFile log = write(batch, entries)) {
        log.force();
      } catch (NotWritten e) {
        owe(batch, group);
        group.forEach(lines -> lines.done().completeExceptionally(e.trouble));
        return false;
      }
      batch.recorder.entries.clear();
      batch.recorder.torn = false;
    }
    written.addAll(group);
    return !entries.isEmpty() && !batch.isLogMade();
  }

  private SpoolFiles.OpenFile write(Batch batch, List<LogEntry> entries)
      throws IOException, NotWritten {
    StringBuilder text = new StringBuilder(batch.recorder.torn ? "\n" : "");
    entries.forEach(entry -> text.append(entry.line()));
    SpoolFiles.OpenFile log;
    try {
      log = files.append(batch.log());
    } catch (IOException e) {
      throw new NotWritten(e);
    }
    try {
      log.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      return log;
    } catch (IOException e) {
      log.close();
      throw new NotWritten(e);
    }
  }

  /** Keeps what must not be forgotten; the next write begins on a line of its own. */
  private static void owe(Batch batch, List<Lines> group) {
    batch.recorder.torn = true;
    for (Lines lines : group) {
      for (LogEntry entry : lines.entries()) {
        switch (entry) {
          case LogEntry.Final done -> batch.recorder.entries.add(done);
          case LogEntry.Moved moved -> batch.recorder.entries.add(moved);
          case LogEntry.Damaged damaged -> batch.recorder.entries.add(damaged);
          case LogEntry.Removed removed -> batch.recorder.entries.add(removed);
          case LogEntry.Warned warned -> batch.recorder.entries.add(warned);
          case LogEntry.Begun begun -> {}
          case LogEntry.Tried tried -> {}
          case LogEntry.Deferred deferred -> {}
        }
      }
    }
  }

  /** A write that failed before anything was forced. */
  private static final class NotWritten extends Exception {
    private final IOException trouble;

    NotWritten(IOException trouble) {
      super(trouble);
      this.trouble = trouble;
    }
  }

  private void failAll() {
    for (Work work = waiting.poll(); work != null; work = waiting.poll()) {
      fail(work);
    }
  }

  private void fail(Work work) {
    IOException trouble = new IOException(String.valueOf(broken));
    switch (work) {
      case Lines lines -> lines.done().completeExceptionally(trouble);
      case Settle settle -> settle.done().completeExceptionally(trouble);
      case Stop stop -> {}
    }
  }
}
