package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Does once, in a folder of its own, all that the spool ever does, so that a program which goes
 * into a chroot afterwards has loaded every class and every native call that it will need there.
 */
public final class SpoolRehearsal {
  private static final int LONGER_THAN_MEMORY = 512 << 10;

  private SpoolRehearsal() {}

  /**
   * Runs it; takes some hundredths of a second and leaves nothing behind.
   *
   * @throws IOException when something does not work here, such as the temporary folder
   */
  public static void run() throws IOException {
    Path folder = Files.createTempDirectory("sallyport-rehearsal");
    try {
      SpoolFolders folders = new SpoolFolders(folder);
      folders.makeUnconfined();
      commit(folders);
      deliver(folders);
      deliver(folders);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the rehearsal was interrupted", e);
    } finally {
      remove(folder);
    }
  }

  private static void commit(SpoolFolders folders) throws IOException, InterruptedException {
    QueueIds ids = new QueueIds(new SecureRandom());
    try (Collector collector =
        Collector.open(
            new DiskFiles(), folders, Collector.Limits.defaults(), SpoolRehearsal::told)) {
      for (int size : new int[] {1, 1, LONGER_THAN_MEMORY}) {
        Incoming message = collector.begin();
        message.write(new byte[size]);
        CommitResult result = collector.commit(envelope(ids.next()), message);
        if (!(result instanceof CommitResult.Committed)) {
          throw new IOException("the rehearsal could not commit: " + result);
        }
      }
    }
  }

  private static Envelope envelope(QueueId id) {
    List<String> recipients = List.of("a@example.com", "b@example.com");
    return new Envelope(
        id, "", recipients, "192.0.2.1", "", "", "", "", Instant.now(), BodyType.SEVEN_BIT);
  }

  private static void deliver(SpoolFolders folders) throws IOException {
    try (Queue queue =
        Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), SpoolRehearsal::told)) {
      List<QueuedMessage> messages =
          Stream.concat(queue.recovered().stream(), queue.takeOver(1).stream()).toList();
      for (QueuedMessage message : messages) {
        message.header(1);
        message.streamBody(OutputStream.nullOutputStream());
        queue.begin(message);
        String first = message.pending().getFirst();
        queue.record(message, Map.of(first, new Outcome.Delivered("250")));
        if (message.pending().isEmpty()) {
          continue;
        }
        queue.defer(message, Instant.now(), message.tries() + 1, "rehearsal");
        message.header(1);
        if (messages.size() > 1) {
          queue.setAside(message, "rehearsal");
        }
      }
    }
  }

  private static void told(Object what) {
    throw new IllegalStateException("the rehearsal was told: " + what);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList().reversed()) {
        Files.delete(path);
      }
    }
  }
}
