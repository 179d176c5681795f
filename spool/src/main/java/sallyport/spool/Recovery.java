package sallyport.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sense of {@code queue/} at start. What it sees may so far be known to the kernel only, so
 * it forces all of it, by one call, before it relies on it. Doing it twice changes nothing.
 *
 * <p>Reads {@code queue/} twice, since copies come before batches, and {@code bad/} once; looks at,
 * opens and reads each file once, and its log. Holds what the messages need and no list of names.
 */
final class Recovery {
  static final String COPY = ".msg";

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Judge judge;
  private final MessageTable known;
  private final Recorder recorder;
  private final BadFolder bad;
  private final Consumer<QueueAlert> alerts;
  private final List<QueuedMessage> recovered = new ArrayList<>();
  private final Set<QueueId> endedCopies = new HashSet<>();
  private final byte[] buffer = FileWindow.buffer();
  private long logsToRead;

  Recovery(
      SpoolFiles files,
      SpoolFolders folders,
      Judge judge,
      MessageTable known,
      Recorder recorder,
      BadFolder bad,
      Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.judge = judge;
    this.known = known;
    this.recorder = recorder;
    this.bad = bad;
    this.alerts = alerts;
  }

  /** Reads all files with their logs; returns what is not final, the oldest first. */
  List<QueuedMessage> run() throws IOException {
    files.forceAll(folders.queue());
    eachName(this::firstLook);
    eachName(name -> {
      if (Arrivals.isLegal(name)) {
        read(name);
      }
    });
    bad.clear(known, this::movedToBad);
    recorder.settle();
    if (logsToRead != 0) {
      eachName(this::removeOrphan);
    }
    recovered.removeIf(QueuedMessage::isEnded);
    recovered.sort(Comparator.comparing(QueuedMessage::arrived));
    return recovered;
  }

  private interface NameTask {
    void run(String name) throws IOException;
  }

  private void eachName(NameTask task) throws IOException {
    try (SpoolFiles.Names names = files.names(folders.queue())) {
      for (String name = names.next(); name != null; name = names.next()) {
        task.run(name);
      }
    }
  }

  private void firstLook(String name) throws IOException {
    if (name.endsWith(CopyOut.PART)) {
      Finisher.unlinkQuietly(files, folders.queue().resolve(name));
    } else if (name.endsWith(Batch.LOG)) {
      logsToRead++;
    } else if (isCopy(name)) {
      read(name);
    }
  }

  static boolean isCopy(String name) {
    return name.endsWith(COPY) && QueueId.isLegal(name.substring(0, name.length() - COPY.length()));
  }

  private void read(String name) throws IOException {
    Judge.Judged judged = judge.judge(name, message -> true, false);
    if (judged == null) {
      return;
    }
    Batch batch = judged.batch();
    try {
      replay(batch, judged.messages());
    } catch (NoSuchFileException e) {
      // Nothing was recorded yet.
    } catch (IOException e) {
      // Who is final is not known: nothing may be done with it.
      alerts.accept(new QueueAlert(QueueAlert.Kind.UNREADABLE, name, String.valueOf(e)));
      return;
    }
    List<LogEntry> moved = new ArrayList<>();
    for (QueuedMessage message : judged.messages()) {
      if (!message.isEnded()) {
        enter(message, batch, moved);
      } else if (batch.isCopy()) {
        endedCopies.add(message.id());
      }
    }
    if (!moved.isEmpty() || batch.isDone()) {
      recorder.submit(batch, moved, 0);
    }
  }

  /** A message that is in a copy and in a batch belongs to the copy, also when that is done. */
  private void enter(QueuedMessage message, Batch batch, List<LogEntry> moved) {
    QueueId id = message.id();
    QueuedMessage there = known.find(id);
    if (there != null && !there.in().isCopy()) {
      batch.damaged(id + " is in another batch too");
    } else if (there != null || endedCopies.contains(id)) {
      moved.add(new LogEntry.Moved(id));
    } else {
      known.add(message);
      recovered.add(message);
      return;
    }
    message.end();
    batch.end(1);
  }

  private void movedToBad(QueuedMessage message) {
    message.end();
    known.remove(message);
    recorder.submit(message.in(), List.of(new LogEntry.Moved(message.id())), 1);
  }

  /** After everything else is settled: a log may go only after its batch. */
  private void removeOrphan(String name) throws IOException {
    if (!name.endsWith(Batch.LOG)) {
      return;
    }
    String of = name.substring(0, name.length() - Batch.LOG.length());
    if (!files.exists(folders.queue().resolve(of))) {
      Finisher.unlinkQuietly(files, folders.queue().resolve(name));
    }
  }

  /** Reads the log of a batch; a line that is not whole was never acknowledged. */
  private void replay(Batch batch, List<QueuedMessage> messages) throws IOException {
    if (!files.facts(batch.log()).regular()) {
      throw new IOException(batch.log() + " is not a regular file");
    }
    try (SpoolFiles.OpenFile log = files.read(batch.log())) {
      logsToRead--;
      batch.logMade();
      Map<QueueId, QueuedMessage> byId = HashMap.newHashMap(messages.size());
      messages.forEach(message -> byId.put(message.id(), message));
      replay(batch, byId, new FileWindow(log, buffer));
    }
  }

  private void replay(Batch batch, Map<QueueId, QueuedMessage> byId, FileWindow window)
      throws IOException {
    long position = 0;
    int damaged = 0;
    boolean torn = false;
    while (window.at(position) >= 0) {
      String line = window.line(position, LogEntry.MAX_LINE);
      LogEntry entry = line == null ? null : LogEntry.parse(line);
      if (entry == null) {
        damaged += "".equals(line) ? 0 : 1;
      } else {
        apply(entry, batch, byId);
      }
      long end = window.find(new byte[] {'\n'}, position);
      torn = end < 0;
      if (torn) {
        break;
      }
      position = end + 1;
    }
    if (torn) {
      batch.owed().torn = true;
    }
    if (damaged > (torn ? 1 : 0)) {
      String what = damaged + " lines are not whole";
      alerts.accept(new QueueAlert(QueueAlert.Kind.LOG_DAMAGED, batch.name(), what));
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
