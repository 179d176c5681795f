package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Outcomes for which nobody waits share a force, and hold nobody up who does wait. */
@Timeout(60)
class RecordsTogetherTest {
  private static final Duration FOR_EVER = Duration.ofHours(1);
  private static final Outcome DELIVERED = new Outcome.Delivered("250");

  private final SimulatedFiles disk = new SimulatedFiles();
  private final AtomicInteger forces = new AtomicInteger();
  private final FailingFiles files = new FailingFiles(disk, this::countLog, folder -> false);
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();

  private boolean countLog(Path file) {
    if (file.toString().endsWith(".log")) {
      forces.incrementAndGet();
    }
    return false;
  }

  @BeforeEach
  void commitOne() throws Exception {
    List<Throwable> fatal = new CopyOnWriteArrayList<>();
    try (Collector collector = Collector.open(disk, Script.FOLDERS, Script.LIMITS, fatal::add)) {
      Envelope envelope = Mail.envelope("a@x.org", "b@x.org", "c@x.org", "d@x.org");
      Mail.send(collector, envelope, Mail.octets(1, 100));
    }
    assertThat(fatal).isEmpty();
  }

  private Queue queue(int together, Duration wait) throws IOException {
    QueueLimits limits = new QueueLimits(1000, 1 << 30, 1000, together, wait);
    return Queue.open(files, Script.FOLDERS, limits, alerts::add);
  }

  private QueuedMessage begun(Queue queue) throws IOException {
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.begin(message);
    forces.set(0);
    return message;
  }

  private static CompletableFuture<Void> delivered(
      Queue queue, QueuedMessage message, String recipient) {
    return queue.recording(message, Map.of(recipient, DELIVERED));
  }

  @Test
  void asManyAsAreRecordedTogetherShareOneForce() throws Exception {
    try (Queue queue = queue(3, FOR_EVER)) {
      QueuedMessage message = begun(queue);
      CompletableFuture<Void> first = delivered(queue, message, "a@x.org");
      CompletableFuture<Void> second = delivered(queue, message, "b@x.org");
      assertThat(CompletableFuture.anyOf(first, second)).isNotDone();
      CompletableFuture<Void> third = delivered(queue, message, "c@x.org");
      CompletableFuture.allOf(first, second, third).get(30, TimeUnit.SECONDS);
      assertThat(forces).hasValue(1);
    }
    assertThat(alerts).isEmpty();
  }

  /** Each message for one recipient, all in one file. */
  private void commitTogether(int count) throws Exception {
    List<Throwable> fatal = new CopyOnWriteArrayList<>();
    try (Collector collector = Collector.prepare(disk, Script.FOLDERS, Script.LIMITS, fatal::add)) {
      List<Waiting> together = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Incoming message = collector.begin();
        message.write(Mail.octets(i, 100));
        together.add(collector.ready(Mail.envelope("a@x.org"), message));
      }
      collector.committer().commit(together);
    }
  }

  @Test
  void whatIsRecordedOfAFileWaitsForTheRestOfItAndThenNeedsNoLog() throws Exception {
    try (Queue queue = queue(3, FOR_EVER)) {
      begun(queue);
      commitTogether(2);
      List<QueuedMessage> two = queue.takeOver(2);
      commitTogether(3);
      List<QueuedMessage> three = queue.takeOver(3);
      assertThat(List.of(two.size(), three.size())).isEqualTo(List.of(2, 3));

      CompletableFuture<Void> early = delivered(queue, three.getFirst(), "a@x.org");
      CompletableFuture<Void> first = delivered(queue, two.getFirst(), "a@x.org");
      CompletableFuture<Void> second = delivered(queue, two.getLast(), "a@x.org");
      CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
      assertThat(early).isNotDone();
      assertThat(forces).hasValue(0);

      CompletableFuture<Void> later = delivered(queue, three.get(1), "a@x.org");
      CompletableFuture<Void> last = delivered(queue, three.getLast(), "a@x.org");
      CompletableFuture.allOf(early, later, last).get(30, TimeUnit.SECONDS);
      assertThat(forces).hasValue(0);
    }
    assertThat(alerts).isEmpty();
  }

  @Test
  void whatWaitsForTheRestOfItsFileIsRecordedWhenTheWaitIsOver() throws Exception {
    try (Queue queue = queue(3, Duration.ofMillis(1))) {
      begun(queue);
      commitTogether(3);
      List<QueuedMessage> three = queue.takeOver(3);
      delivered(queue, three.getFirst(), "a@x.org").get(30, TimeUnit.SECONDS);
      assertThat(forces).hasValue(1);
    }
    try (Queue next = queue(1, Duration.ZERO)) {
      assertThat(next.recovered()).hasSize(3);
    }
    assertThat(alerts).isEmpty();
  }

  @Test
  void outcomeThatSomebodyWaitsForTakesTheOthersAlong() throws Exception {
    try (Queue queue = queue(100, FOR_EVER)) {
      QueuedMessage message = begun(queue);
      CompletableFuture<Void> patient = delivered(queue, message, "a@x.org");
      queue.record(message, Map.of("b@x.org", DELIVERED));
      patient.get(30, TimeUnit.SECONDS);
    }
    assertThat(alerts).isEmpty();
  }

  @Test
  void settlingTakesThemAlong() throws Exception {
    try (Queue queue = queue(100, FOR_EVER)) {
      QueuedMessage message = begun(queue);
      CompletableFuture<Void> patient = delivered(queue, message, "a@x.org");
      queue.settle();
      assertThat(patient).isCompleted();
    }
  }

  @Test
  void outcomeThatStaysAloneIsRecordedWhenTheWaitIsOver() throws Exception {
    try (Queue queue = queue(100, Duration.ofMillis(1))) {
      delivered(queue, begun(queue), "a@x.org").get(30, TimeUnit.SECONDS);
      assertThat(forces).hasValue(1);
    }
  }

  @Test
  void outcomeThatWaitsForCompanyIsNotForgottenAtTheEnd() throws Exception {
    Queue queue = queue(100, FOR_EVER);
    CompletableFuture<Void> patient = delivered(queue, begun(queue), "a@x.org");
    queue.close();
    assertThat(patient).isCompleted();
    try (Queue next = queue(1, Duration.ZERO)) {
      assertThat(next.recovered().getFirst().pending())
          .containsExactly("b@x.org", "c@x.org", "d@x.org");
    }
  }
}
