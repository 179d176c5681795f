package sallyport.spool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What a log says about one message, for people. */
final class History {
  private History() {}

  static List<String> of(SpoolFiles files, Path log, QueueId id, int atMost) throws IOException {
    Deque<String> lines = new ArrayDeque<>();
    try (SpoolFiles.OpenFile file = files.read(log)) {
      FileWindow window = new FileWindow(file);
      long position = 0;
      while (window.at(position) >= 0) {
        String line = window.line(position, LogEntry.MAX_LINE);
        LogEntry entry = line == null ? null : LogEntry.parse(line);
        if (entry != null) {
          told(entry, id).ifPresent(lines::addLast);
        }
        if (lines.size() > atMost) {
          lines.removeFirst();
        }
        long end = window.find(new byte[] {'\n'}, position);
        position = end < 0 ? file.size() : end + 1;
      }
    } catch (NoSuchFileException e) {
      // Nothing was recorded yet.
    }
    return List.copyOf(lines);
  }

  /** The line, if the entry is about this message. */
  private static Optional<String> told(LogEntry entry, QueueId about) {
    return switch (entry) {
      case LogEntry.Begun _ -> Optional.empty();
      case LogEntry.Final done ->
          told(
              about,
              done.id(),
              done.recipient() + (done.delivered() ? " delivered: " : " failed: ") + done.reply());
      case LogEntry.Tried tried ->
          told(about, tried.id(), tried.recipient() + " deferred: " + tried.reason());
      case LogEntry.Deferred later -> told(about, later.id(), later(later));
      case LogEntry.Warned warned -> told(about, warned.id(), "the sender was told of the delay");
      case LogEntry.Removed removed -> told(about, removed.id(), "removed by " + removed.by());
      case LogEntry.Moved moved -> told(about, moved.id(), "moved to a file of its own");
      case LogEntry.Damaged damaged -> told(about, damaged.id(), "could not be read again");
    };
  }

  private static Optional<String> told(QueueId about, QueueId id, String text) {
    return id.equals(about) ? Optional.of(text) : Optional.empty();
  }

  private static String later(LogEntry.Deferred entry) {
    String what = entry.tries() == 0 ? "no connection" : "try " + entry.tries() + " failed";
    return what + ", next at " + entry.nextTry() + ": " + entry.reason();
  }
}
