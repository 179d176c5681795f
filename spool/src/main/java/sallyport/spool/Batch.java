package sallyport.spool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file in {@code queue/} and the log beside it. It keeps its name for life. Very many are in
 * memory: the name is held as the numbers that it is made of. Safe for all threads, but for {@link
 * #owed}, which belongs to the recorder once somebody else has the batch.
 */
final class Batch {
  static final String LOG = ".log";

  private final Home home;
  private final long start;
  private final long counter;
  private final int ending;
  private final boolean copy;
  private int messages;
  private int ended;
  private @Nullable List<String> damages;
  private @Nullable Owed owed;
  private volatile boolean hasLog;
  private volatile boolean logPromised;
  private volatile boolean logBegun;
  private volatile boolean logMade;
  private boolean finished;

  /** What is in the file, as it was read when it was judged; null if it was let go. */
  private byte @Nullable [] content;

  /** What a full disk did not take: the lines, and whether it took half of one. */
  static final class Owed {
    final List<LogEntry> entries = new ArrayList<>();
    boolean torn;
  }

  /**
   * A file that holds nothing yet.
   *
   * @param copy whether it is {@code ID.msg} and not {@code ID.batch}
   */
  Batch(Home home, QueueId id, boolean copy) {
    this.home = home;
    this.start = id.start();
    this.counter = id.counter();
    this.ending = id.ending();
    this.copy = copy;
  }

  /** The file of this name, which is legal. */
  static Batch named(Home home, String name) {
    boolean copy = Recovery.isCopy(name);
    int dot = name.lastIndexOf('.');
    return new Batch(home, new QueueId(name.substring(0, dot)), copy);
  }

  String name() {
    QueueId id = new QueueId(start, counter, ending);
    return copy ? BatchFormat.copyName(id) : BatchFormat.batchName(id);
  }

  /** Whether it is a one-message file of our own. */
  boolean isCopy() {
    return copy;
  }

  Home home() {
    return home;
  }

  Path path() {
    return home.folder().resolve(name());
  }

  Path log() {
    return home.folder().resolve(name() + LOG);
  }

  synchronized List<String> damages() {
    return damages == null ? List.of() : List.copyOf(damages);
  }

  synchronized void damaged(String what) {
    if (damages == null) {
      damages = new ArrayList<>();
    }
    damages.add(what);
  }

  /** What is owed; whoever owes something has this first. */
  Owed owed() {
    Owed there = owed;
    if (there == null) {
      there = new Owed();
      owed = there;
    }
    return there;
  }

  /** Whether lines are owed; for the recorder alone. */
  boolean owes() {
    return owed != null;
  }

  void settled() {
    owed = null;
  }

  /** Whether there may be a log at all. */
  boolean hasLog() {
    return hasLog;
  }

  void logSeen() {
    hasLog = true;
  }

  /** Whether the log has room for what is to be recorded; it may not be on disk yet. */
  boolean isLogBegun() {
    return logBegun;
  }

  /** Whether there was ample room for a log when the batch was taken over. */
  boolean isLogPromised() {
    return logPromised;
  }

  void logPromised() {
    logPromised = true;
  }

  void logBegun() {
    hasLog = true;
    logBegun = true;
  }

  /** Whether log and batch are on disk under these names. */
  boolean isLogMade() {
    return logMade;
  }

  void logMade() {
    logBegun();
    logMade = true;
  }

  /** One message more is in it. */
  synchronized void hold() {
    messages++;
  }

  synchronized void end(int count) {
    ended += count;
    if (isDone()) {
      letGo();
    }
  }

  /** Holds what is in the file; room for it was taken. */
  synchronized void keep(byte[] whole) {
    content = whole;
  }

  synchronized byte @Nullable [] content() {
    return content;
  }

  /** Who still needs what is in the file must read it. */
  synchronized void letGo() {
    if (content != null) {
      home.contents().give(content.length);
      content = null;
    }
  }

  /** Whether every message is final or elsewhere. */
  synchronized boolean isDone() {
    return ended >= messages;
  }

  /** Whether a waiting message would keep the octets of finished ones on disk. */
  synchronized boolean holdsFinished() {
    return ended > 0;
  }

  /** Whether it holds no second message. */
  synchronized boolean isSingle() {
    return messages == 1;
  }

  /** True once: the caller sees to its removal. */
  synchronized boolean finish() {
    boolean first = !finished;
    finished = true;
    return first;
  }
}
