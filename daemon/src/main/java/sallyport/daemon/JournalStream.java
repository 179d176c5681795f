package sallyport.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether standard error is read by journald, which then knows the time by itself. */
final class JournalStream {
  private JournalStream() {}

  /** A log on standard error, in the form that its reader wants. */
  static EventLog standardError() {
    boolean journal = isJournal(System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2"));
    return EventLog.to(new FileOutputStream(FileDescriptor.err), journal);
  }

  /**
   * The variable holds the device and inode of the journal's socket. A child whose standard error
   * was sent elsewhere inherits it all the same, so the descriptor is looked at.
   */
  static boolean isJournal(@Nullable String journalStream, Path standardError) {
    if (journalStream == null) {
      return false;
    }
    try {
      Map<String, Object> found = Files.readAttributes(standardError, "unix:dev,ino");
      return journalStream.equals(found.get("dev") + ":" + found.get("ino"));
    } catch (IOException e) {
      return false;
    }
  }
}
