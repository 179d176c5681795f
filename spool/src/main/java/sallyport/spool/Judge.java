package sallyport.spool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a file that lies in {@code queue/}, where smap cannot exchange it any more: no link, a
 * regular file, one name, smap's account, and whatever is whole in it. Safe for all threads; one
 * file at a time.
 */
final class Judge {
  private final Home queue;
  private final QueueLimits limits;
  private final int owner;
  private final Consumer<QueueAlert> alerts;
  private final byte[] buffer = FileWindow.buffer();

  /**
   * Makes one.
   *
   * @param owner the numeric user of smap
   */
  Judge(Home queue, QueueLimits limits, int owner, Consumer<QueueAlert> alerts) {
    this.queue = queue;
    this.limits = limits;
    this.owner = owner;
    this.alerts = alerts;
  }

  /**
   * A file that was looked at.
   *
   * @param messages that were found whole and accepted
   */
  record Judged(Batch batch, List<QueuedMessage> messages) {}

  /**
   * Judges a file; null if it cannot be read now and has to stay. A file that is not acceptable is
   * a batch with damages and no messages.
   *
   * @param accepted asked for each message; false if its id is in the queue already
   * @param soon whether it will soon be handed on, so that what is in a small file may stay
   */
  synchronized @Nullable Judged judge(
      String name, Predicate<QueuedMessage> accepted, boolean soon) {
    Path path = queue.folder().resolve(name);
    Batch batch = Batch.named(queue, name);
    BatchReader.Content content;
    try {
      String fault = fault(name, path);
      content = fault != null ? damaged(fault) : read(path, batch, soon);
    } catch (AccessDeniedException e) {
      content = damaged("may not be read");
    } catch (IOException e) {
      batch.letGo();
      alerts.accept(new QueueAlert(QueueAlert.Kind.UNREADABLE, name, String.valueOf(e)));
      return null;
    }
    if (!content.damages().isEmpty()) {
      batch.letGo();
    }
    return judged(name, batch, content, accepted);
  }

  private static BatchReader.Content damaged(String fault) {
    return new BatchReader.Content(List.of(), List.of(fault));
  }

  private @Nullable String fault(String name, Path path) throws IOException {
    SpoolFiles.FileFacts facts = queue.files().facts(path);
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

  private BatchReader.Content read(Path path, Batch batch, boolean soon) throws IOException {
    try (SpoolFiles.OpenFile file = queue.files().read(path)) {
      long size = file.size();
      if (soon && queue.contents().take(size)) {
        batch.keep(new byte[(int) size]);
      }
      byte[] whole = batch.content();
      FileWindow window =
          whole == null ? new FileWindow(file, buffer) : FileWindow.filling(file, whole);
      return BatchReader.read(window, size);
    } catch (RuntimeException e) {
      // No file may stop the daemon, whatever the reader overlooked.
      return damaged("cannot be read: " + e);
    }
  }

  private Judged judged(
      String name, Batch batch, BatchReader.Content content, Predicate<QueuedMessage> accepted) {
    content.damages().forEach(batch::damaged);
    List<QueuedMessage> messages = new ArrayList<>(content.messages().size());
    for (BatchReader.Found found : content.messages()) {
      QueueId id = found.envelope().id();
      QueuedMessage message = new QueuedMessage(found, batch);
      if (!mayBeIn(name, id)) {
        batch.damaged(id + " may not be in a file of this name");
      } else if (!accepted.test(message)) {
        batch.damaged(id + " is in the queue already");
      } else {
        batch.hold();
        messages.add(message);
      }
    }
    List<String> damages = batch.damages();
    if (!damages.isEmpty()) {
      alerts.accept(new QueueAlert(QueueAlert.Kind.DAMAGED, name, String.join("; ", damages)));
    }
    return new Judged(batch, messages);
  }

  /** Only smapd writes one-message files, named by their message, and only there it believes it. */
  private static boolean mayBeIn(String name, QueueId id) {
    return name.endsWith(Arrivals.BATCH) ? !id.isOwn() : name.equals(BatchFormat.copyName(id));
  }
}
