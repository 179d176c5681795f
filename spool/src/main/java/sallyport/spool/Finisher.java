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
 * Removes batches whose messages are all final or elsewhere: the batch, then the folder is forced,
 * then the log, so that no batch is ever there without its log. A damaged batch goes to {@code
 * bad/} instead. Runs on the recorder's thread.
 */
final class Finisher {
  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Consumer<QueueAlert> alerts;
  private final Consumer<Batch> gone;

  Finisher(
      SpoolFiles files, SpoolFolders folders, Consumer<QueueAlert> alerts, Consumer<Batch> gone) {
    this.files = files;
    this.folders = folders;
    this.alerts = alerts;
    this.gone = gone;
  }

  void finish(Collection<Batch> batches) throws IOException {
    List<Batch> removed = new ArrayList<>();
    boolean kept = false;
    for (Batch batch : batches) {
      if (batch.isDone() && !batch.recorder.finished && remove(batch)) {
        batch.recorder.finished = true;
        removed.add(batch);
        kept |= !batch.damages().isEmpty();
      }
    }
    if (removed.isEmpty()) {
      return;
    }
    if (kept) {
      files.forceFolder(folders.bad());
    }
    files.forceFolder(folders.queue());
    for (Batch batch : removed) {
      unlinkQuietly(files, batch.log());
      gone.accept(batch);
    }
  }

  private boolean remove(Batch batch) {
    try {
      if (batch.damages().isEmpty()) {
        files.unlink(batch.path());
      } else {
        writeReason(files, folders, batch.name(), String.join("\n", batch.damages()));
        files.rename(batch.path(), folders.bad().resolve(batch.name()));
      }
      return true;
    } catch (IOException e) {
      alerts.accept(new QueueAlert(QueueAlert.Kind.NOT_FINISHED, batch.name(), String.valueOf(e)));
      return false;
    }
  }

  /** Writes why something lies in {@code bad/}, and forces it. */
  static void writeReason(SpoolFiles files, SpoolFolders folders, String name, String reason)
      throws IOException {
    Path file = folders.bad().resolve(name + ".reason");
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
