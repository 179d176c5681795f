package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disks that are full or broken. */
class TroubleTest {
  private static final IOException FULL = new IOException("No space left on device");
  private static final IOException BROKEN = new IOException("Input/output error");

  private final SimulatedFiles disk = new SimulatedFiles();
  private final FailingFiles files = new FailingFiles(disk);
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();
  private Collector collector;

  @BeforeEach
  void open() throws IOException {
    collector = Collector.open(files, Script.FOLDERS, Script.LIMITS, fatal::add);
  }

  @AfterEach
  void close() {
    collector.close();
  }

  private CommitResult send(int size) throws Exception {
    try {
      return Mail.send(collector, Mail.envelope("a@x.org"), Mail.octets(1, size));
    } catch (SpoolFullException e) {
      return new CommitResult.Refused(CommitResult.Reason.NO_SPACE, e.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "create, 100", "write, 100", "force, 100", "rename, 100",
    "create, 90000", "write, 90000", "force, 90000", "rename, 90000"
  })
  void fullDiskBeforeTheRenameIsADefiniteRefusalAndLeavesNothing(String operation, int size)
      throws Exception {
    String folder = operation.equals("rename") ? "/new" : "/tmp";
    files.fail(new FailingFiles.Failure(operation, folder, FULL, false));
    assertThat(send(size))
        .asInstanceOf(InstanceOfAssertFactories.type(CommitResult.Refused.class))
        .extracting(CommitResult.Refused::reason)
        .isEqualTo(CommitResult.Reason.NO_SPACE);
    assertThat(disk.list(Script.FOLDERS.new_(), 10)).isEmpty();
    Awaitility.await().until(() -> disk.list(Script.FOLDERS.tmp(), 10).isEmpty());
    assertThat(send(size)).isEqualTo(new CommitResult.Committed());
    assertThat(fatal).isEmpty();
    assertThat(collector.memory().used()).isZero();
  }

  @Test
  void failedFolderForceIsUnknownFatalAndNeverRepeated() throws Exception {
    files.fail(new FailingFiles.Failure("forceFolder", "/new", BROKEN, false));
    assertThat(send(100)).isInstanceOf(CommitResult.Unknown.class);
    Awaitility.await().until(() -> !fatal.isEmpty());
    assertThat(fatal).containsExactly(BROKEN);
    assertThat(send(100)).isInstanceOf(CommitResult.Refused.class);
    assertThat(files.calls()).isEqualTo(1);
    assertThat(disk.list(Script.FOLDERS.new_(), 10)).hasSize(1);
  }

  @Test
  void failedFileForceIsNeverRepeatedOnThatFile() throws Exception {
    files.fail(new FailingFiles.Failure("force", "/tmp", BROKEN, false));
    assertThat(send(100)).isInstanceOf(CommitResult.Refused.class);
    assertThat(files.calls()).isEqualTo(1);
    assertThat(fatal).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"create", "force", "rename", "forceFolder"})
  void anyThrowableEndsTheCommitterAndSettlesEveryone(String operation) throws Exception {
    Error accident = new StackOverflowError("planted");
    files.fail(new FailingFiles.Failure(operation, "/", accident, true));
    assertThat(send(100)).isInstanceOf(CommitResult.Unknown.class);
    Awaitility.await().until(() -> !fatal.isEmpty());
    assertThat(fatal).containsExactly(accident);
    assertThat(send(100)).isInstanceOf(CommitResult.Refused.class);
  }

  @Test
  void interruptBeforeTheCommitMeansThatNothingWasCommitted() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> send(100)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(disk.list(Script.FOLDERS.new_(), 10)).isEmpty();
    assertThat(collector.memory().used()).isZero();
  }

  @Test
  void messagesBeyondTheFilesAtOnceAreRefusedForLackOfRoom() throws Exception {
    List<Incoming> open = new CopyOnWriteArrayList<>();
    for (int i = 0; i < Script.LIMITS.filesAtOnce(); i++) {
      Incoming incoming = collector.begin();
      incoming.write(new byte[50_000]);
      open.add(incoming);
    }
    Incoming more = collector.begin();
    assertThatThrownBy(() -> more.write(new byte[50_000])).isInstanceOf(SpoolFullException.class);
    assertThatThrownBy(() -> more.write(1)).isInstanceOf(SpoolFullException.class);
    assertThat(collector.commit(Mail.envelope("a@x.org"), more))
        .isInstanceOf(CommitResult.Refused.class);
    open.forEach(Incoming::discard);
    Awaitility.await().until(() -> send(50_000).equals(new CommitResult.Committed()));
  }

  private Queue queue() throws IOException {
    return Queue.open(files, Script.FOLDERS, QueueLimits.defaults(), alerts::add);
  }

  @Test
  void outcomesThatAFullDiskDidNotTakeAreWrittenWithTheNextOnes() throws Exception {
    Envelope envelope = Mail.envelope("a@x.org", "b@x.org", "c@x.org");
    Mail.send(collector, envelope, Mail.octets(1, 100));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.begin(message);
    files.fail(new FailingFiles.Failure("write", ".log", FULL, false));
    assertThatThrownBy(() -> queue.record(message, Map.of("a@x.org", new Outcome.Delivered("250"))))
        .isInstanceOf(IOException.class);
    assertThat(message.pending()).containsExactly("b@x.org", "c@x.org");
    queue.record(message, Map.of("b@x.org", new Outcome.Delivered("250")));
    queue.close();
    try (Queue next = queue()) {
      assertThat(next.recovered().getFirst().pending()).containsExactly("c@x.org");
    }
    assertThat(alerts).isEmpty();
  }

  private List<QueuedMessage> batchOf(int count, Queue queue) throws Exception {
    List<Waiting> together = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Incoming incoming = collector.begin();
      incoming.write(Mail.octets(i, 100));
      together.add(collector.ready(Mail.envelope(i + "@x.org"), incoming));
    }
    collector.committer().commit(together);
    return queue.takeOver(count);
  }

  private long logs() throws IOException {
    return disk.list(Script.FOLDERS.queue(), 10).stream().filter(n -> n.endsWith(".log")).count();
  }

  @Test
  void batchThatIsRecordedByItsRemovalNeverHasALog() throws Exception {
    files.fail(new FailingFiles.Failure("append", ".log", FULL, true));
    try (Queue queue = Queue.open(files, Script.FOLDERS, together(3), alerts::add)) {
      List<CompletableFuture<Void>> recorded = new ArrayList<>();
      for (QueuedMessage message : batchOf(3, queue)) {
        queue.begin(message);
        recorded.add(queue.recording(message, Mail.delivered(message)));
      }
      for (CompletableFuture<Void> each : recorded) {
        each.get(30, TimeUnit.SECONDS);
      }
      assertThat(files.calls()).isZero();
    }
    assertThat(disk.list(Script.FOLDERS.queue(), 10)).containsExactly(SpoolVersion.NAME);
    assertThat(alerts).isEmpty();
  }

  private static QueueLimits together(int count) {
    return new QueueLimits(1000, 1 << 30, 1000, count, Duration.ofHours(1));
  }

  @Test
  void whereThereIsLittleRoomALogIsBegunBeforeAnythingIsHandedOn() throws Exception {
    disk.say(Queue.ROOM - 1);
    try (Queue queue = queue()) {
      List<QueuedMessage> messages = batchOf(2, queue);
      assertThat(logs()).isEqualTo(1);
      queue.begin(messages.getFirst());
    }
  }

  @Test
  void whereThereIsNoRoomForALogNothingIsHandedOn() throws Exception {
    disk.say(0);
    files.fail(new FailingFiles.Failure("append", ".log", FULL, true));
    try (Queue queue = queue()) {
      List<QueuedMessage> messages = batchOf(2, queue);
      assertThatThrownBy(() -> queue.begin(messages.getFirst())).hasMessageContaining("No space");
    }
  }

  @Test
  void whenALogCannotBeWrittenNoFurtherMessageIsHandedOnUntilOneCan() throws Exception {
    try (Queue queue = queue()) {
      List<QueuedMessage> messages = batchOf(3, queue);
      QueuedMessage first = messages.getFirst();
      queue.begin(first);
      files.fail(new FailingFiles.Failure("append", ".log", FULL, true));
      assertThatThrownBy(() -> queue.record(first, Mail.delivered(first)))
          .hasMessageContaining("No space");
      assertThatThrownBy(() -> queue.begin(messages.get(1))).hasMessageContaining("No space");
      files.fail(new FailingFiles.Failure("append", "nothing", FULL, true));
      queue.begin(messages.get(1));
      queue.begin(messages.get(2));
    }
    try (Queue next = queue()) {
      assertThat(next.recovered()).hasSize(2);
    }
  }

  @Test
  void failedLogForceBreaksTheQueueAndIsNotRepeated() throws Exception {
    Mail.send(collector, Mail.envelope("a@x.org", "b@x.org"), Mail.octets(1, 100));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.begin(message);
    files.fail(new FailingFiles.Failure("force", ".log", BROKEN, true));
    assertThatThrownBy(() -> queue.record(message, Map.of("a@x.org", new Outcome.Delivered("250"))))
        .isInstanceOf(IOException.class);
    Awaitility.await().until(() -> !alerts.isEmpty());
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.BROKEN);
    assertThatThrownBy(() -> queue.takeOver(1)).isInstanceOf(IOException.class);
    assertThat(files.calls()).isEqualTo(1);
    queue.close();
  }

  @Test
  void copyThatCannotBeMadeLeavesTheMessageWhereItIs() throws Exception {
    Mail.send(collector, Mail.envelope("a@x.org"), Mail.octets(1, 100));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    files.fail(new FailingFiles.Failure("write", "/bad", FULL, false));
    assertThatThrownBy(() -> queue.setAside(message, "held")).isInstanceOf(IOException.class);
    queue.defer(message, Instant.EPOCH, 1, "later");
    queue.setAside(message, "held");
    queue.close();
    assertThat(disk.list(Script.FOLDERS.queue(), 10)).containsExactly(SpoolVersion.NAME);
    assertThat(disk.list(Script.FOLDERS.bad(), 10)).hasSize(2);
  }

  @Test
  void batchThatCannotBeRemovedKeepsItsLog() throws Exception {
    Mail.send(collector, Mail.envelope("a@x.org"), Mail.octets(1, 100));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    files.fail(new FailingFiles.Failure("unlink", ".batch", BROKEN, false));
    queue.record(message, Mail.delivered(message));
    queue.settle();
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.NOT_FINISHED);
    assertThat(disk.list(Script.FOLDERS.queue(), 10)).hasSize(3);
    queue.close();
    try (Queue next = queue()) {
      assertThat(next.recovered()).isEmpty();
    }
    assertThat(disk.list(Script.FOLDERS.queue(), 10)).containsExactly(SpoolVersion.NAME);
  }

  @Test
  void kernelsWordForAFullDiskIsUnderstood() throws Exception {
    try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
      assertThatThrownBy(() -> full.write(ByteBuffer.wrap(new byte[1])))
          .isInstanceOfSatisfying(IOException.class, e -> assertThat(Space.isMissing(e)).isTrue());
    }
  }
}
