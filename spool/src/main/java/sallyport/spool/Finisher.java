package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Removes files whose messages are all final or elsewhere: the file, then the folder is forced,
 * then the log, so that no file is ever there without its log. A damaged one goes to {@code bad/}
 * instead. Runs on the recorder's thread.
 */
final class Finisher {
  /** What the name of a damaged one-message file ends with: {@code ID.msg} there is a message. */
  static final String DAMAGED = ".damaged";

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Consumer<QueueAlert> alerts;

  Finisher(SpoolFiles files, SpoolFolders folders, Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.alerts = alerts;
  }

  /** Whether nothing of it is needed any more; true once. */
  boolean isToBeRemoved(Batch batch) {
    return batch.isDone() && batch.damages().isEmpty() && batch.finish();
  }

  /** Removes the file; the folder is to be forced. False, once alerted, if it has to stay. */
  boolean unlink(Batch batch) {
    try {
      files.unlink(batch.path());
      return true;
    } catch (IOException e) {
      notFinished(batch, e);
      return false;
    }
  }

  /** After the folder was forced. */
  void unlinkLog(Batch batch) {
    if (batch.hasLog()) {
      unlinkQuietly(files, batch.log());
    }
  }

  /** Moves those that are done and damaged to {@code bad/}; returns them when that is forced. */
  List<Batch> keepDamaged(Collection<Batch> batches) throws IOException {
    List<Batch> kept = new ArrayList<>();
    for (Batch batch : batches) {
      if (batch.isDone() && !batch.damages().isEmpty() && batch.finish() && keep(batch)) {
        kept.add(batch);
      }
    }
    if (!kept.isEmpty()) {
      files.forceFolder(folders.bad());
      files.forceFolder(folders.queue());
    }
    return kept;
  }

  private boolean keep(Batch batch) {
    String name = batch.isCopy() ? batch.name() + DAMAGED : batch.name();
    try {
      writeReason(files, folders, name, String.join("\n", batch.damages()));
      files.rename(batch.path(), folders.bad().resolve(name));
      return true;
    } catch (IOException e) {
      notFinished(batch, e);
      return false;
    }
  }

  private void notFinished(Batch batch, IOException trouble) {
    alerts.accept(
        new QueueAlert(QueueAlert.Kind.NOT_FINISHED, batch.name(), String.valueOf(trouble)));
  }

  /** Writes why something lies in {@code bad/}, and forces it. */
  static void writeReason(SpoolFiles files, SpoolFolders folders, String name, String reason)
      throws IOException {
    Path file = folders.bad().resolve(name + BadFolder.REASON);
    unlinkQuietly(files, file);
    try (SpoolFiles.OpenFile text = files.create(file)) {
      text.write(ByteBuffer.wrap((reason + "\n").getBytes(StandardCharsets.UTF_8)));
      text.force();
    } catch (FileAlreadyExistsException e) {
      throw new SpoolException(file + " is in the way", e);
    }
  }

  static void unlinkQuietly(SpoolFiles files, Path file) {
    try {
      files.unlink(file);
    } catch (IOException e) {
      // Mostly it is not there. A log without a batch says nothing, and the next start removes it.
    }
  }
}
