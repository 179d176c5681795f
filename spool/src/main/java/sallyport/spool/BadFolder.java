package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was set aside: {@code bad/}. An administrator may have put anything there, so every file is
 * looked at as hostile. One thread at a time for what changes it.
 */
final class BadFolder {
  static final String REASON = ".reason";

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Home bad;

  BadFolder(Home queue, SpoolFolders folders) {
    this.files = queue.files();
    this.folders = folders;
    this.bad = new Home(files, folders.bad(), queue.reasons(), queue.contents());
  }

  boolean holds(QueueId id) throws IOException {
    return files.exists(path(id));
  }

  private Path path(QueueId id) {
    return folders.bad().resolve(BatchFormat.copyName(id));
  }

  /** Shows each file, but reasons and parts. */
  void each(Predicate<SetAside> goesOn) throws IOException {
    eachFile(name -> {
      SetAside found = look(name);
      return found == null || goesOn.test(found);
    });
  }

  /** Shows names only, and when each was written. */
  void eachName(BiPredicate<String, Instant> goesOn) throws IOException {
    eachFile(name -> {
      try {
        SpoolFiles.FileFacts facts = files.facts(folders.bad().resolve(name));
        return goesOn.test(name, Instant.ofEpochMilli(facts.changed()));
      } catch (NoSuchFileException e) {
        // Gone since it was listed.
        return true;
      }
    });
  }

  private interface NamePredicate {
    boolean test(String name) throws IOException;
  }

  private void eachFile(NamePredicate goesOn) throws IOException {
    try (SpoolFiles.Names names = files.names(folders.bad())) {
      for (String name = names.next(); name != null; name = names.next()) {
        boolean shown = !name.endsWith(REASON) && !name.endsWith(CopyOut.PART);
        if (shown && !goesOn.test(name)) {
          return;
        }
      }
    }
  }

  /** One file; empty if there is none of that name. */
  Optional<SetAside> find(String name) throws IOException {
    return Optional.ofNullable(look(name));
  }

  private @Nullable SetAside look(String name) throws IOException {
    try {
      SpoolFiles.FileFacts facts = files.facts(folders.bad().resolve(name));
      QueueId id = facts.regular() && Recovery.isCopy(name) ? idOf(name) : null;
      Instant since = Instant.ofEpochMilli(facts.changed());
      return new SetAside(name, id, reason(name), since, facts.size());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * At start: tells of each message in the queue that has a whole copy here, and removes what a
   * crash left of copies that did not come to be.
   */
  void clear(MessageTable queued, Consumer<QueuedMessage> copied) throws IOException {
    try (SpoolFiles.Names names = files.names(folders.bad())) {
      for (String name = names.next(); name != null; name = names.next()) {
        if (name.endsWith(CopyOut.PART)) {
          Finisher.unlinkQuietly(files, folders.bad().resolve(name));
        } else if (Recovery.isCopy(name)) {
          QueuedMessage message = queued.find(idOf(name));
          if (message != null && read(message.id()).isPresent()) {
            copied.accept(message);
          }
        } else if (isReasonOfQueued(name, queued)) {
          Finisher.unlinkQuietly(files, folders.bad().resolve(name));
        }
      }
    }
  }

  private boolean isReasonOfQueued(String name, MessageTable queued) throws IOException {
    String stem = name.endsWith(REASON) ? name.substring(0, name.length() - REASON.length()) : "";
    return QueueId.isLegal(stem)
        && queued.find(new QueueId(stem)) != null
        && !holds(new QueueId(stem));
  }

  private static QueueId idOf(String name) {
    return new QueueId(name.substring(0, name.length() - Recovery.COPY.length()));
  }

  /** Messages have ID.reason beside ID.msg, other files NAME.reason. */
  private Path reasonOf(String name) {
    String stem = Recovery.isCopy(name) ? idOf(name).text() : name;
    return folders.bad().resolve(stem + REASON);
  }

  private String reason(String name) {
    ByteBuffer octets = ByteBuffer.allocate(SetAside.MAX_REASON);
    try {
      Path path = reasonOf(name);
      if (!files.facts(path).regular()) {
        return "";
      }
      try (SpoolFiles.OpenFile file = files.read(path)) {
        int read = file.readAt(octets, 0);
        return new String(octets.array(), 0, Math.max(0, read), StandardCharsets.UTF_8).strip();
      }
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * A message that can be read and not be recorded; empty if there is none, or none that is whole.
   */
  Optional<QueuedMessage> read(QueueId id) throws IOException {
    Path path = path(id);
    BatchReader.Content content;
    try {
      if (!files.facts(path).regular()) {
        return Optional.empty();
      }
      try (SpoolFiles.OpenFile file = files.read(path)) {
        content = BatchReader.read(file);
      }
    } catch (NoSuchFileException | SpoolNewerException e) {
      return Optional.empty();
    }
    if (!content.damages().isEmpty()
        || content.messages().size() != 1
        || !content.messages().getFirst().envelope().id().equals(id)) {
      return Optional.empty();
    }
    BatchReader.Found found = content.messages().getFirst();
    QueuedMessage message = new QueuedMessage(found, new Batch(bad, id, true));
    message.end();
    return Optional.of(message);
  }

  /**
   * Moves a message to {@code queue/}. A log that an earlier file of this name may have left says
   * {@code moved}: it must be gone from the disk before the file has that name again.
   */
  void takeBack(QueueId id) throws IOException {
    Path to = folders.queue().resolve(BatchFormat.copyName(id));
    if (files.exists(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    Finisher.unlinkQuietly(files, folders.queue().resolve(BatchFormat.copyName(id) + Batch.LOG));
    files.forceFolder(folders.queue());
    files.rename(path(id), to);
    files.forceFolder(folders.queue());
    files.forceFolder(folders.bad());
    Finisher.unlinkQuietly(files, reasonOf(BatchFormat.copyName(id)));
  }

  boolean drop(String name) throws IOException {
    if (name.contains("/") || name.isEmpty() || name.equals(".") || name.equals("..")) {
      return false;
    }
    try {
      files.unlink(folders.bad().resolve(name));
    } catch (NoSuchFileException e) {
      return false;
    }
    files.forceFolder(folders.bad());
    Finisher.unlinkQuietly(files, reasonOf(name));
    return true;
  }
}
