package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The logs that are open, the last used of them, and the threads that force many at one time: the
 * disk then does it for all at about the price of one. Used by the recorder's thread alone.
 */
final class Logs {
  /** Logs that stay open. */
  static final int OPEN = 64;

  private static final int FORCED_AT_ONCE = 8;

  private final SpoolFiles files;
  private final Map<Batch, SpoolFiles.OpenFile> open = new LinkedHashMap<>(OPEN, 0.75f, true);
  private final List<SpoolFiles.OpenFile> written = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          FORCED_AT_ONCE, Thread.ofPlatform().daemon().name("spool-force-", 0).factory());

  Logs(SpoolFiles files) {
    this.files = files;
  }

  /**
   * Writes the first line of a log, which takes room on the disk for what follows; it is forced
   * with that. To be called before anybody else has the batch.
   */
  static void begin(SpoolFiles files, Batch batch) throws IOException {
    batch.logSeen();
    try (SpoolFiles.OpenFile log = files.append(batch.log())) {
      log.write(octets(new LogEntry.Begun().line()));
      batch.logBegun();
    }
  }

  private static ByteBuffer octets(CharSequence lines) {
    return ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes lines at the end of a log, not yet forced. After a failure the log is closed. */
  void append(Batch batch, List<LogEntry> entries) throws IOException {
    StringBuilder text = new StringBuilder(batch.owes() && batch.owed().torn ? "\n" : "");
    entries.forEach(entry -> text.append(entry.line()));
    SpoolFiles.OpenFile log = open.get(batch);
    if (log == null) {
      log = files.append(batch.log());
      batch.logSeen();
      open.put(batch, log);
    }
    try {
      log.write(octets(text));
      batch.logBegun();
      written.add(log);
    } catch (IOException e) {
      forget(batch);
      throw e;
    }
  }

  /**
   * Forces what was written since the last time, each log once; no failure is repeated.
   *
   * @param folder forced at the same time; null if its names need no force
   */
  void force(@Nullable Path folder) throws IOException {
    List<FileThreads.FileTask> tasks = new ArrayList<>();
    written.forEach(log -> tasks.add(log::force));
    if (folder != null) {
      tasks.add(() -> files.forceFolder(folder));
    }
    written.clear();
    List<CompletableFuture<Void>> others = new ArrayList<>();
    for (int i = 1; i < tasks.size(); i++) {
      others.add(FileThreads.start(threads, tasks.get(i)));
    }
    IOException trouble = null;
    if (!tasks.isEmpty()) {
      try {
        tasks.getFirst().run();
      } catch (IOException e) {
        trouble = e;
      }
    }
    for (CompletableFuture<Void> other : others) {
      try {
        FileThreads.join(other);
      } catch (IOException e) {
        trouble = e;
      }
    }
    if (trouble != null) {
      throw trouble;
    }
  }

  /** Closes what is more than may stay open. */
  void closeOldest() {
    Iterator<Map.Entry<Batch, SpoolFiles.OpenFile>> oldest = open.entrySet().iterator();
    while (open.size() > OPEN && oldest.hasNext()) {
      close(oldest.next().getValue());
      oldest.remove();
    }
  }

  void forget(Batch batch) {
    SpoolFiles.OpenFile log = open.remove(batch);
    if (log != null) {
      close(log);
    }
  }

  private static void close(SpoolFiles.OpenFile log) {
    try {
      log.close();
    } catch (IOException e) {
      // Everything in it was forced.
    }
  }

  void close() {
    threads.shutdown();
    open.values().forEach(Logs::close);
    open.clear();
  }
}
