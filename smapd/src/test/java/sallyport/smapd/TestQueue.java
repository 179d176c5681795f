package sallyport.smapd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sallyport.spool.BodyType;
import sallyport.spool.Collector;
import sallyport.spool.CommitResult;
import sallyport.spool.DiskFiles;
import sallyport.spool.Envelope;
import sallyport.spool.Incoming;
import sallyport.spool.Queue;
import sallyport.spool.QueueIds;
import sallyport.spool.QueueLimits;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SpoolFolders;

/** A queue in a folder, with messages that came in through smap's side of the spool. */
final class TestQueue implements AutoCloseable {

  private static final byte[] MESSAGE =
      "Received: from x by y; now\r\nSubject: test\r\n\r\nhello\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  final Queue queue;
  final SpoolFolders folders;
  private final Collector collector;
  private final QueueIds ids = new QueueIds(new SecureRandom());

  TestQueue(Path directory) throws IOException {
    folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    collector =
        Collector.open(
            new DiskFiles(),
            folders,
            Collector.Limits.defaults(),
            e -> {
              throw new IllegalStateException(e);
            });
    queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), _ -> {});
  }

  QueuedMessage message(String... to) {
    return message(Instant.now(), "john@out.test", to);
  }

  QueuedMessage message(Instant arrived, String from, String... to) {
    try {
      Incoming incoming = collector.begin();
      incoming.write(MESSAGE, 0, MESSAGE.length);
      Envelope envelope =
          new Envelope(
              ids.next(),
              from,
              List.of(to),
              "192.0.2.7",
              "client.test",
              "client.test",
              "",
              "",
              arrived,
              BodyType.SEVEN_BIT);
      if (!(collector.commit(envelope, incoming) instanceof CommitResult.Committed)) {
        throw new IllegalStateException("not committed");
      }
      return queue.takeOver(1).getFirst();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  List<QueuedMessage> messages(int count, String to) {
    List<QueuedMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(message(to));
    }
    return messages;
  }

  @Override
  public void close() throws IOException {
    collector.close();
    queue.close();
  }
}
