package sallyport.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * smapd's side of the spool: {@code new/}, {@code queue/} and {@code bad/}. One thread takes over;
 * workers, which may be virtual threads here, record what became of the message each has in hand.
 */
public final class Queue implements AutoCloseable {
  /** The lock below {@code queue/}: one smapd for one spool. */
  static final String LOCK = ".lock";

  /** A message that is deferred so often leaves a batch that holds finished ones. */
  private static final int TRIES_TOGETHER = 2;

  private static final int COPIERS = 4;

  /**
   * With so many octets of room on the disk a log is not begun before there is something to write:
   * a batch that is recorded by its removal alone never has one.
   */
  static final long ROOM = 16L << 20;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final QueueLimits limits;
  private final Consumer<QueueAlert> alerts;
  private final Closeable lock;
  private final Judge judge;
  private final Arrivals arrivals;
  private final CopyOut copies;
  private final BadFolder badFolder;
  private final Recorder recorder;
  private final ExecutorService copiers =
      Executors.newFixedThreadPool(
          COPIERS, Thread.ofPlatform().daemon().name("spool-copier-", 0).factory());
  private final MessageTable known = new MessageTable();

  /** Ids of which a file is being made or moved; one for each caller. */
  private final Set<QueueId> inMotion = ConcurrentHashMap.newKeySet();

  private List<QueuedMessage> recovered = List.of();

  private Queue(
      SpoolFiles files,
      SpoolFolders folders,
      QueueLimits limits,
      Consumer<QueueAlert> alerts,
      Closeable lock)
      throws IOException {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.alerts = alerts;
    this.lock = lock;
    Home home = new Home(files, folders.queue(), new Reasons(), new Contents());
    judge = new Judge(home, limits, files.facts(folders.new_()).user(), alerts);
    arrivals = new Arrivals(files, folders, limits, alerts);
    copies = new CopyOut(home, folders);
    badFolder = new BadFolder(home, folders);
    recorder = new Recorder(home, new Finisher(files, folders, alerts), limits, alerts);
  }

  /**
   * Takes {@code queue/.lock}, repairs what a crash left, reads the queue.
   *
   * @param alerts told of what an administrator must see; called from any thread, must not block
   * @throws SpoolException when another smapd runs, a later version has used this spool ({@link
   *     SpoolNewerException}), or a folder cannot be used
   */
  public static Queue open(
      SpoolFiles files, SpoolFolders folders, QueueLimits limits, Consumer<QueueAlert> alerts)
      throws IOException {
    files.requireUsable(folders.new_());
    files.requireUsable(folders.queue());
    files.requireUsable(folders.bad());
    Closeable lock = files.lock(folders.queue().resolve(LOCK));
    Queue queue;
    try {
      SpoolVersion.claim(files, folders.queue());
      queue = new Queue(files, folders, limits, alerts, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    try {
      queue.recorder.start();
      queue.recovered =
          new Recovery(
                  files, folders, queue.judge, queue.known, queue.recorder, queue.badFolder, alerts)
              .run();
      return queue;
    } catch (IOException | RuntimeException e) {
      queue.close();
      throw e;
    }
  }

  /**
   * What was in {@code queue/} at start and is not final, the oldest first. Handed over by the
   * first call; later ones give nothing.
   */
  public synchronized List<QueuedMessage> recovered() {
    List<QueuedMessage> all = recovered;
    recovered = List.of();
    return all;
  }

  /**
   * Moves batches from {@code new/} to {@code queue/} and judges them there, the oldest first among
   * as many names as are looked at together. Takes whole batches until it has {@code atMost}
   * messages, so it may return a few more; takes nothing while the queue holds as many as it may.
   * One thread.
   */
  public List<QueuedMessage> takeOver(int atMost) throws IOException {
    recorder.requireWhole();
    List<QueuedMessage> taken = new ArrayList<>();
    if (size() >= limits.messagesHeld()) {
      return taken;
    }
    arrivals.look();
    while (taken.size() < atMost && size() < limits.messagesHeld()) {
      String name = arrivals.next();
      if (name == null) {
        break;
      }
      Judge.Judged judged = arrivals.take(name) ? judge.judge(name, known::add, true) : null;
      if (judged != null) {
        taken.addAll(judged.messages());
        afterTaking(judged.batch());
      }
    }
    return taken;
  }

  /**
   * Whether the last {@link #takeOver} may have left something in {@code new/} that was there when
   * it looked. What has come since is not counted: who is told of arrivals need not look again. The
   * thread that takes over.
   */
  public boolean mayHoldMore() {
    return arrivals.areLeft();
  }

  private void afterTaking(Batch batch) {
    if (batch.isDone()) {
      recorder.submit(batch, List.of(), 0);
    } else if (!batch.isSingle()) {
      try {
        if (!recorder.isShort() && files.room(folders.queue()) >= ROOM) {
          batch.logPromised();
        } else {
          Logs.begin(files, batch);
        }
      } catch (IOException e) {
        // Who needs the log tries again, and sees the error if it is still there.
        batch.owed().torn = true;
      }
    }
  }

  /**
   * To be called before a message is handed to a hub: sees that its outcome can be recorded. For
   * that its log must have been begun, which takes the room on the disk, or there was {@link #ROOM}
   * when it was taken over, and nothing has failed for want of room since; a message alone in its
   * file, for one recipient, is recorded by removing that, and needs none. Cheap when it was.
   */
  public void begin(QueuedMessage message) throws IOException {
    message.requireOpen();
    recorder.requireWhole();
    Batch batch = message.in();
    boolean needsLog = !batch.isSingle() || !message.hasOnePending();
    boolean hasRoom = batch.isLogBegun() || (batch.isLogPromised() && !recorder.isShort());
    if (needsLog && !hasRoom) {
      beginLog(message);
    }
  }

  /** Sees that batch and log are on disk. */
  private void beginLog(QueuedMessage message) throws IOException {
    message.requireOpen();
    Batch batch = message.in();
    if (!batch.isLogMade()) {
      recorder.write(batch, List.of(new LogEntry.Begun()), 0);
    }
  }

  /**
   * Records what became of recipients. On disk when it returns, together with what other workers
   * recorded meanwhile. A message whose recipients are all final is finished by this. If it throws,
   * the outcomes still count in this run.
   *
   * @throws IllegalArgumentException for a recipient that is not pending
   */
  public void record(QueuedMessage message, Map<String, Outcome> outcomes) throws IOException {
    FileThreads.join(recording(message, outcomes, true));
  }

  /**
   * The same without waiting: the outcomes count at once, and are on disk a little later, with
   * those of others ({@link QueueLimits#recordsTogether}).
   *
   * @return completes when they are on disk, or with the {@link IOException} that {@link #record}
   *     would throw; on a thread of the queue, where nothing may wait
   */
  public CompletableFuture<Void> recording(QueuedMessage message, Map<String, Outcome> outcomes) {
    return recording(message, outcomes, false);
  }

  private CompletableFuture<Void> recording(
      QueuedMessage message, Map<String, Outcome> outcomes, boolean urgent) {
    if (outcomes.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    QueueId id = message.id();
    List<LogEntry> entries = new ArrayList<>();
    outcomes.forEach((recipient, outcome) -> entries.add(entry(id, recipient, outcome)));
    boolean ended = message.settle(outcomes);
    if (ended) {
      known.remove(message);
    }
    return recorder.recording(message.in(), entries, ended ? 1 : 0, urgent);
  }

  private static LogEntry entry(QueueId id, String recipient, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered ->
          new LogEntry.Final(id, recipient, true, delivered.reply());
      case Outcome.Failed failed -> new LogEntry.Final(id, recipient, false, failed.reply());
      case Outcome.Deferred deferred -> new LogEntry.Tried(id, recipient, deferred.reason());
    };
  }

  /**
   * Records that the message is to be tried again, and when. On disk when it returns. A message
   * that is deferred again gets a file of its own, so that it does not keep finished ones on disk.
   */
  public void defer(QueuedMessage message, Instant nextTry, int tries, String reason)
      throws IOException {
    message.requireOpen();
    recorder.requireWhole();
    LogEntry.Deferred entry = new LogEntry.Deferred(message.id(), tries, nextTry, reason);
    boolean left = tries >= TRIES_TOGETHER && message.in().holdsFinished() && leave(message, entry);
    message.deferred(tries, nextTry, reason);
    if (!left) {
      recorder.write(message.in(), List.of(entry), 0);
    }
  }

  /** False, with nothing changed, if no copy could be made. */
  private boolean leave(QueuedMessage message, LogEntry.Deferred entry) throws IOException {
    CopyOut.Copy[] made = new CopyOut.Copy[1];
    beginLog(message);
    List<LogEntry> entries =
        message.isWarned() ? List.of(new LogEntry.Warned(message.id()), entry) : List.of(entry);
    try {
      onCopier(() -> made[0] = copies.toQueue(message, entries));
    } catch (IOException e) {
      alerts.accept(new QueueAlert(QueueAlert.Kind.NOT_FINISHED, message.batch(), "no copy: " + e));
      return false;
    }
    Batch old = message.in();
    message.moveTo(made[0]);
    moved(old, new LogEntry.Moved(message.id()));
    return true;
  }

  /**
   * Puts the message, for its pending recipients, into {@code bad/} as {@code ID.msg} with {@code
   * ID.reason} beside it, and takes it out of the queue. On disk when it returns. If its file is
   * damaged there is nothing to copy: then the whole batch is kept in {@code bad/} at its end.
   */
  public void setAside(QueuedMessage message, String reason) throws IOException {
    // A copy beside a batch that may yet be in new/ after a crash would be the message twice.
    beginLog(message);
    QueueId id = message.id();
    LogEntry entry;
    try {
      onCopier(() -> copies.toBad(message, reason));
      entry = new LogEntry.Moved(id);
    } catch (DamagedException e) {
      message.in().damaged(id + ": " + reason + ": " + e.getMessage());
      alerts.accept(
          new QueueAlert(QueueAlert.Kind.DAMAGED, message.batch(), String.valueOf(e.getMessage())));
      entry = new LogEntry.Damaged(id);
    }
    message.end();
    known.remove(message);
    moved(message.in(), entry);
  }

  /**
   * Puts a message of smapd's own into the queue: {@code queue/ID.msg}, ID being the envelope's. On
   * disk when it returns, but in nobody's hands: hand it on only when what it tells of is recorded.
   *
   * @return empty if a message of that id is in {@code queue/} or {@code bad/} already, or is being
   *     finished
   * @throws IllegalArgumentException when the id is not one that smapd gives
   */
  public Optional<QueuedMessage> add(Envelope envelope, byte[] octets) throws IOException {
    QueueId id = envelope.id();
    if (!id.isOwn()) {
      throw new IllegalArgumentException(id + " is not an id of smapd's own");
    }
    recorder.requireWhole();
    return inMotion(
        id,
        () -> {
          if (badFolder.holds(id)) {
            return Optional.empty();
          }
          CopyOut.Copy copy = copies.add(envelope, octets);
          QueuedMessage message = new QueuedMessage(copy.found(), copy.batch());
          known.add(message);
          return Optional.of(message);
        });
  }

  private interface Motion {
    Optional<QueuedMessage> make() throws IOException;
  }

  /** Makes a file for a message that is not in the queue; empty if it is, or its name is taken. */
  private Optional<QueuedMessage> inMotion(QueueId id, Motion motion) throws IOException {
    if (!inMotion.add(id)) {
      return Optional.empty();
    }
    List<QueuedMessage> made = new ArrayList<>(1);
    try {
      if (known.find(id) == null) {
        onCopier(() -> motion.make().ifPresent(made::add));
      }
    } catch (FileAlreadyExistsException e) {
      return Optional.empty();
    } finally {
      inMotion.remove(id);
    }
    return made.stream().findFirst();
  }

  /** Records that the sender was told of the delay. On disk when it returns. */
  public void warned(QueuedMessage message) throws IOException {
    message.requireOpen();
    message.warn();
    recorder.write(message.in(), List.of(new LogEntry.Warned(message.id())), 0);
  }

  /**
   * Ends the message for all pending recipients without delivering it. On disk when it returns.
   *
   * @param by who wanted it, for the log
   */
  public void remove(QueuedMessage message, String by) throws IOException {
    message.requireOpen();
    message.end();
    known.remove(message);
    recorder.write(message.in(), List.of(new LogEntry.Removed(message.id(), by)), 1);
  }

  /**
   * Shows what lies in {@code bad/}, in no order, without keeping it. Opens a small file for each.
   *
   * @param goesOn told of each; false ends it
   */
  public void eachSetAside(Predicate<SetAside> goesOn) throws IOException {
    badFolder.each(goesOn);
  }

  /**
   * Names what lies in {@code bad/}, in no order. Opens no file.
   *
   * @param goesOn told of each name, and when the file was written; false ends it
   */
  public void eachSetAsideName(BiPredicate<String, Instant> goesOn) throws IOException {
    badFolder.eachName(goesOn);
  }

  /** What lies in {@code bad/} under a name that {@link #eachSetAsideName} gave. */
  public Optional<SetAside> findSetAside(String name) throws IOException {
    return badFolder.find(name);
  }

  /** The message of this id in {@code bad/}. */
  public Optional<SetAside> findSetAside(QueueId id) throws IOException {
    return badFolder.find(BatchFormat.copyName(id));
  }

  /** How many batches lie in {@code new/}, as far as {@code atMost}. Reads the folder. */
  public int waitingInNew(int atMost) throws IOException {
    return (int) files.list(folders.new_(), atMost).stream().filter(Arrivals::isLegal).count();
  }

  /**
   * What was recorded of a message so far, the oldest first: lines of text for people. Reads the
   * log of its batch.
   *
   * @param atMost the last so many
   */
  public List<String> history(QueuedMessage message, int atMost) throws IOException {
    return History.of(
        files, folders.queue().resolve(message.batch() + Batch.LOG), message.id(), atMost);
  }

  /**
   * A message in {@code bad/}, to look at: nothing can be recorded about it.
   *
   * @return empty if there is none of this id, or its file is damaged
   */
  public Optional<QueuedMessage> readSetAside(QueueId id) throws IOException {
    return badFolder.read(id);
  }

  /**
   * Puts a message that was set aside back into the queue, for the recipients that were pending, as
   * one that was never tried. On disk when it returns.
   *
   * @return empty if there is none of this id in {@code bad/}, its file is damaged, or a message of
   *     this id is in the queue
   */
  public Optional<QueuedMessage> takeBack(QueueId id) throws IOException {
    recorder.settle();
    return inMotion(
        id,
        () -> {
          if (badFolder.read(id).isEmpty()) {
            return Optional.empty();
          }
          badFolder.takeBack(id);
          Judge.Judged judged = judge.judge(BatchFormat.copyName(id), known::add, false);
          if (judged == null || judged.messages().isEmpty()) {
            if (judged != null) {
              afterTaking(judged.batch());
            }
            return Optional.empty();
          }
          return Optional.of(judged.messages().getFirst());
        });
  }

  /**
   * Deletes a file in {@code bad/} for good, and its reason. On disk when it returns.
   *
   * @param name as {@link SetAside#name} gave it
   * @return false if there is none
   */
  public boolean dropSetAside(String name) throws IOException {
    return badFolder.drop(name);
  }

  /** A copy that nobody knows to be the one that counts must not live beside its original. */
  private void moved(Batch old, LogEntry entry) throws IOException {
    try {
      recorder.write(old, List.of(entry), 1);
    } catch (IOException e) {
      recorder.breakDown("a copy could not be recorded in " + old.log() + ": " + e);
      throw e;
    }
  }

  private void onCopier(FileThreads.FileTask task) throws IOException {
    FileThreads.join(FileThreads.start(copiers, task));
  }

  /** Messages in the queue that are not final. */
  public int size() {
    return known.size();
  }

  /** Waits until what was recorded has had all its consequences. */
  void settle() throws IOException {
    recorder.settle();
  }

  /** Settles what was recorded, gives the lock back. */
  @Override
  public void close() throws IOException {
    try {
      copiers.shutdown();
      arrivals.close();
      recorder.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.close();
    }
  }
}
