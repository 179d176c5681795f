package sallyport.spool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a file that has just come to lie in {@code queue/}, where smap cannot exchange it any
 * more: no link, a regular file, one name, smap's account, and whatever is whole in it. One thread.
 */
final class Judge {
  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final QueueLimits limits;
  private final int owner;
  private final Consumer<QueueAlert> alerts;

  /**
   * Makes one.
   *
   * @param owner the numeric user of smap
   */
  Judge(
      SpoolFiles files,
      SpoolFolders folders,
      QueueLimits limits,
      int owner,
      Consumer<QueueAlert> alerts) {
    this.files = files;
    this.folders = folders;
    this.limits = limits;
    this.owner = owner;
    this.alerts = alerts;
  }

  /**
   * Judges a file; null if it cannot be read now and has to stay. A file that is not acceptable is
   * a batch with damages and no messages.
   *
   * @param known ids in the queue; a message with one of them is not accepted, others are added
   */
  @Nullable Batch judge(String name, Set<QueueId> known) {
    Path path = folders.queue().resolve(name);
    try {
      String fault = fault(name, path);
      BatchReader.Content content =
          fault != null ? new BatchReader.Content(List.of(), List.of(fault)) : read(path);
      return batch(name, path, content, known);
    } catch (AccessDeniedException e) {
      return batch(
          name, path, new BatchReader.Content(List.of(), List.of("may not be read")), known);
    } catch (IOException e) {
      alerts.accept(new QueueAlert(QueueAlert.Kind.UNREADABLE, name, String.valueOf(e)));
      return null;
    }
  }

  private @Nullable String fault(String name, Path path) throws IOException {
    SpoolFiles.FileFacts facts = files.facts(path);
    if (!facts.regular()) {
      return "is not a regular file";
    }
    if (facts.links() != 1) {
      return "has " + facts.links() + " names; expected one";
    }
    if (name.endsWith(Arrivals.BATCH) && facts.user() != owner) {
      return "belongs to user " + facts.user() + "; expected " + owner;
    }
    if (facts.size() > limits.octetsPerFile()) {
      return "has " + facts.size() + " octets; at most " + limits.octetsPerFile() + " are read";
    }
    return null;
  }

  private BatchReader.Content read(Path path) throws IOException {
    try (SpoolFiles.OpenFile file = files.read(path)) {
      return BatchReader.read(file);
    } catch (RuntimeException e) {
      // No file may stop the daemon, whatever the reader overlooked.
      return new BatchReader.Content(List.of(), List.of("cannot be read: " + e));
    }
  }

  /** Only smapd writes one-message files, named by their message, and only there it believes it. */
  private static boolean mayBeIn(String name, QueueId id) {
    return name.endsWith(Arrivals.BATCH) ? !id.isOwn() : name.equals(BatchFormat.copyName(id));
  }

  private Batch batch(String name, Path path, BatchReader.Content content, Set<QueueId> known) {
    Batch batch = new Batch(folders, name, content.damages());
    for (BatchReader.Found found : content.messages()) {
      QueueId id = found.envelope().id();
      if (!mayBeIn(name, id)) {
        batch.damaged(id + " may not be in a file of this name");
      } else if (known.add(id)) {
        batch
            .messages()
            .add(
                new QueuedMessage(
                    found.envelope(), found.done(), batch, new StoredMessage(files, path, found)));
      } else {
        batch.damaged(id + " is in the queue already");
      }
    }
    if (!batch.damages().isEmpty()) {
      String what = String.join("; ", batch.damages());
      alerts.accept(new QueueAlert(QueueAlert.Kind.DAMAGED, name, what));
    }
    return batch;
  }
}
