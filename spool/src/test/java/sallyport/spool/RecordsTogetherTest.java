package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
