package sallyport.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sense of {@code queue/} at start. What it sees may so far be known to the kernel only, so
 * it forces what it is going to rely on before it relies on it. Doing it twice changes nothing.
 */
final class Recovery {
  static final String COPY = ".msg";

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Judge judge;
  private final Consumer<QueueAlert> alerts;

  Recovery(SpoolFiles files, SpoolFolders folders, Judge judge, Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.judge = judge;
    this.alerts = alerts;
  }

  /** What one file was found to hold, and which of its messages turned out to have a copy. */
  record Recovered(Batch batch, List<LogEntry> moved) {}

  /**
   * Reads all batches with their logs.
   *
   * @return every batch, also those that are done; {@code moved} is to be recorded before any
   *     message is given out
   */
  List<Recovered> run() throws IOException {
    files.forceFolder(folders.queue());
    files.forceFolder(folders.bad());
    Set<String> logs = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (String name : files.list(folders.queue(), Integer.MAX_VALUE)) {
      if (name.endsWith(CopyOut.PART)) {
        files.unlink(folders.queue().resolve(name));
      } else if (name.endsWith(Batch.LOG)) {
        logs.add(name);
      } else if (Arrivals.isLegal(name) || isCopy(name)) {
        names.add(name);
      }
    }
    List<Batch> batches = new ArrayList<>();
    // Copies first: a message that is in a copy and in a batch belongs to the copy.
    names.sort((a, b) -> isCopy(a) == isCopy(b) ? a.compareTo(b) : isCopy(a) ? -1 : 1);
    for (String name : names) {
      boolean hasLog = logs.remove(name + Batch.LOG);
      Batch batch = judge.judge(name, new HashSet<>());
      if (batch != null) {
        if (hasLog) {
          replay(batch);
        }
        batches.add(batch);
      }
    }
    for (String orphan : logs) {
      files.unlink(folders.queue().resolve(orphan));
    }
    return copiesWin(batches);
  }

  static boolean isCopy(String name) {
    return name.endsWith(COPY) && QueueId.isLegal(name.substring(0, name.length() - COPY.length()));
  }

  private List<Recovered> copiesWin(List<Batch> batches) throws IOException {
    Set<QueueId> copies = new HashSet<>();
    Set<QueueId> seen = new HashSet<>();
    List<Recovered> recovered = new ArrayList<>();
    for (Batch batch : batches) {
      List<LogEntry> moved = new ArrayList<>();
      for (QueuedMessage message : batch.messages()) {
        QueueId id = message.envelope().id();
        boolean copied = copies.contains(id) || isInBad(id);
        if (isCopy(batch.name())) {
          copies.add(id);
        }
        if (message.isEnded()) {
          continue;
        }
        if (copied) {
          moved.add(new LogEntry.Moved(id));
        } else if (!seen.add(id)) {
          batch.damaged(id + " is in another batch too");
        } else {
          continue;
        }
        message.end();
        batch.end(1);
      }
      recovered.add(new Recovered(batch, moved));
    }
    return recovered;
  }

  private boolean isInBad(QueueId id) throws IOException {
    try {
      files.facts(folders.bad().resolve(BatchFormat.copyName(id)));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Forces and reads the log of a batch; a line that is not whole was never acknowledged. */
  private void replay(Batch batch) throws IOException {
    Path path = batch.log();
    Map<QueueId, QueuedMessage> byId = new HashMap<>();
    batch.messages().forEach(message -> byId.put(message.envelope().id(), message));
    try (SpoolFiles.OpenFile log = files.append(path)) {
      log.force();
    }
    try (SpoolFiles.OpenFile log = files.read(path)) {
      FileWindow window = new FileWindow(log);
      long position = 0;
      int damaged = 0;
      while (window.at(position) >= 0) {
        String line = window.line(position, LogEntry.MAX_LINE);
        LogEntry entry = line == null ? null : LogEntry.parse(line);
        if (entry == null) {
          damaged += "".equals(line) ? 0 : 1;
        } else {
          apply(entry, batch, byId);
        }
        long end = window.find(new byte[] {'\n'}, position);
        batch.recorder.torn = end < 0;
        position = end < 0 ? log.size() : end + 1;
      }
      if (damaged > (batch.recorder.torn ? 1 : 0)) {
        alerts.accept(
            new QueueAlert(
                QueueAlert.Kind.LOG_DAMAGED, batch.name(), damaged + " lines are not whole"));
      }
    }
  }

  private static void apply(LogEntry entry, Batch batch, Map<QueueId, QueuedMessage> byId) {
    @Nullable QueueId id =
        switch (entry) {
          case LogEntry.Final done -> done.id();
          case LogEntry.Tried tried -> tried.id();
          case LogEntry.Deferred later -> later.id();
          case LogEntry.Moved moved -> moved.id();
          case LogEntry.Damaged damaged -> damaged.id();
          case LogEntry.Warned warned -> warned.id();
          case LogEntry.Removed removed -> removed.id();
          case LogEntry.Begun begun -> null;
        };
    QueuedMessage message = id == null ? null : byId.get(id);
    if (message != null && message.replay(entry)) {
      batch.end(1);
    } else if (message == null && entry instanceof LogEntry.Damaged) {
      batch.damaged(id + " could not be read");
    }
  }
}
