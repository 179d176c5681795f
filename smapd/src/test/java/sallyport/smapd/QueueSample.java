package sallyport.smapd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sallyport.spool.BodyType;
import sallyport.spool.Collector;
import sallyport.spool.CommitResult;
import sallyport.spool.DiskFiles;
import sallyport.spool.Envelope;
import sallyport.spool.Incoming;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueueId;
import sallyport.spool.QueueLimits;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SpoolFolders;

/** A queue on disk as a smapd leaves it that ended. */
public final class QueueSample {
  public static final String ONE = "0123456789abcdef-1";
  public static final String TWO = "0123456789abcdef-2";
  public static final String THREE = "0123456789abcdef-3";
  public static final String TEXT =
      "From: john@out.test\r\nSubject: J\u00e4nner\r\n\r\n.dot\r\nbody\r\n";

  private QueueSample() {}

  /** Three messages: never tried, deferred, and for two recipients of whom one has it. */
  public static void spool(Path directory) throws Exception {
    SpoolFolders folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    try (Collector collector =
        Collector.open(new DiskFiles(), folders, Collector.Limits.defaults(), e -> {})) {
      commit(collector, ONE, "john@out.test", Duration.ofHours(3), "a@in.test");
      commit(collector, TWO, "mary@out.test", Duration.ofHours(2), "b@Out.test");
      commit(collector, THREE, "", Duration.ofHours(1), "c@in.test", "d@in.test");
    }
    try (Queue queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alert -> {})) {
      Map<String, QueuedMessage> taken = new LinkedHashMap<>();
      while (taken.size() < 3) {
        queue.takeOver(10).forEach(message -> taken.put(message.id().text(), message));
      }
      QueuedMessage two = taken.get(TWO);
      queue.begin(two);
      queue.defer(two, Instant.now().plusSeconds(600), 1, "451 4.2.1 busy");
      QueuedMessage three = taken.get(THREE);
      queue.begin(three);
      queue.record(three, Map.of("c@in.test", new Outcome.Delivered("250 ok")));
    }
  }

  private static void commit(
      Collector collector, String id, String sender, Duration age, String... to)
      throws IOException, InterruptedException {
    Incoming incoming = collector.begin();
    byte[] octets = TEXT.getBytes(ISO_8859_1);
    incoming.write(octets, 0, octets.length);
    Envelope envelope =
        new Envelope(
            QueueId.parse(id),
            sender,
            List.of(to),
            "192.0.2.7",
            "client.test",
            "helo.test",
            "",
            "",
            Instant.now().minus(age),
            BodyType.EIGHT_BIT);
    assertThat(collector.commit(envelope, incoming)).isInstanceOf(CommitResult.Committed.class);
  }
}
