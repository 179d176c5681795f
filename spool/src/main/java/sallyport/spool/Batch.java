package sallyport.spool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in {@code queue/} with the messages it held when it was read, and the log beside it. It
 * keeps its name for life. The fields below {@code recorder} belong to that thread.
 */
final class Batch {
  private final String name;
  private final Path path;
  private final Path log;
  private final List<QueuedMessage> messages = new ArrayList<>();
  private final List<String> damages;
  private volatile boolean logMade;
  private volatile int ended;

  /**
   * What recorder alone uses: lines that a full disk did not take, and whether it took half of one.
   */
  final Owed recorder = new Owed();

  /** Lines that could not be written. */
  static final class Owed {
    final List<LogEntry> entries = new ArrayList<>();
    boolean torn;
    boolean finished;
  }

  Batch(SpoolFolders folders, String name, List<String> damages) {
    this.name = name;
    this.path = folders.queue().resolve(name);
    this.log = logOf(folders, name);
    this.damages = new ArrayList<>(damages);
  }

  static Path logOf(SpoolFolders folders, String name) {
    return folders.queue().resolve(name + LOG);
  }

  static final String LOG = ".log";

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  Path log() {
    return log;
  }

  /** Before the batch is known to others only. */
  List<QueuedMessage> messages() {
    return messages;
  }

  synchronized List<String> damages() {
    return List.copyOf(damages);
  }

  synchronized void damaged(String what) {
    damages.add(what);
  }

  /** Whether log and batch are on disk under these names. */
  boolean isLogMade() {
    return logMade;
  }

  void logMade() {
    logMade = true;
  }

  synchronized void end(int count) {
    ended += count;
  }

  /** Whether every message is final or elsewhere. */
  boolean isDone() {
    return ended >= messages.size();
  }

  /** Whether a waiting message would keep the octets of finished ones on disk. */
  boolean holdsFinished() {
    return ended > 0;
  }
}
