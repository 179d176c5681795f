package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides on a real file system. */
class SpoolTest {
  private static final Collector.Limits LIMITS =
      new Collector.Limits(64 << 10, 8 << 20, 64, 100, 4 << 20);

  @TempDir Path directory;
  private SpoolFolders folders;
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void makeFolders() throws IOException {
    folders = new SpoolFolders(directory.resolve("spool"));
    folders.makeUnconfined();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    assertThat(fatal).isEmpty();
  }

  private Collector collector() throws IOException {
    Collector collector = Collector.open(new DiskFiles(), folders, LIMITS, fatal::add);
    open.add(collector);
    return collector;
  }

  private Queue queue() throws IOException {
    Queue queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
    open.add(queue);
    return queue;
  }

  private Queue reopened(Queue queue) throws IOException {
    queue.close();
    return queue();
  }

  private static List<String> names(Path folder) throws IOException {
    List<String> names = new DiskFiles().list(folder, 10_000);
    Collections.sort(names);
    return names;
  }

  private void commit(Collector collector, Envelope envelope, byte[] octets) throws Exception {
    assertThat(Mail.send(collector, envelope, octets)).isEqualTo(new CommitResult.Committed());
  }

  @Test
  void messagesOfEverySizeArriveOctetForOctet() throws Exception {
    Collector collector = collector();
    Queue queue = queue();
    for (int size :
        new int[] {0, 1, 100, 8191, 8192, 8193, 65535, 65536, 65537, 300_000, 2_000_000}) {
      Envelope envelope = Mail.envelope("a@example.com", "\"odd >% one\"@example.com");
      byte[] octets = Mail.octets(size, size);
      commit(collector, envelope, octets);
      QueuedMessage message = queue.takeOver(10).getFirst();
      assertThat(message.envelope()).isEqualTo(envelope);
      assertThat(message.size()).isEqualTo(size);
      byte[] header = message.header(1000);
      assertThat(octets).startsWith(header);
      assertThat(Mail.read(message)).isEqualTo(octets);
      queue.begin(message);
      queue.record(message, Mail.delivered(message));
    }
    queue.settle();
    assertThat(names(folders.new_())).isEmpty();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
    assertThat(alerts).isEmpty();
  }

  @Test
  void manyCallersShareBatchesAndEachMessageIsThereOnce() throws Exception {
    Collector collector = collector();
    Set<QueueId> sent = Collections.synchronizedSet(new HashSet<>());
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int seed = i;
        all.add(
            callers.submit(() -> {
              Envelope envelope = Mail.envelope("a@example.com");
              commit(collector, envelope, Mail.octets(seed, seed % 50 == 0 ? 100_000 : 3000));
              return sent.add(envelope.id());
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(names(folders.tmp())).containsExactly(".lock");
    assertThat(names(folders.new_()).size()).isLessThan(500);
    Queue queue = queue();
    List<QueuedMessage> taken = queue.takeOver(10_000);
    assertThat(Mail.idsOf(taken)).containsExactlyInAnyOrderElementsOf(sent);
    for (QueuedMessage message : taken) {
      Mail.read(message);
    }
    assertThat(collector.memory().used()).isZero();
  }

  @Test
  void committedFilesHaveTheirModeWhateverTheUmask() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 10));
    Path file = folders.new_().resolve(names(folders.new_()).getFirst());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void envelopeTooLargeForItsRoomStillFitsAStreamedMessage() throws Exception {
    String[] recipients = new String[500];
    for (int i = 0; i < recipients.length; i++) {
      recipients[i] = "recipient-with-a-long-name-" + "x".repeat(100) + i + "@example.com";
    }
    Envelope envelope = Mail.envelope(recipients);
    byte[] octets = Mail.octets(5, 500_000);
    commit(collector(), envelope, octets);
    QueuedMessage message = queue().takeOver(1).getFirst();
    assertThat(message.envelope()).isEqualTo(envelope);
    assertThat(Mail.read(message)).isEqualTo(octets);
    assertThat(names(folders.tmp())).containsExactly(".lock");
  }

  /** Fault 1 of the firewall toolkit. */
  @Test
  void fault1TruncatedFileOfACrashedCollectorIsNotDelivered() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 5000));
    Path file = folders.new_().resolve(names(folders.new_()).getFirst());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 4000));
    Queue queue = queue();
    assertThat(queue.takeOver(10)).isEmpty();
    queue.settle();
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.DAMAGED);
    String name = file.getFileName().toString();
    assertThat(names(folders.bad())).containsExactly(name, name + ".reason");
  }

  /** Fault 2: a connection lost in DATA ends in discard, or in nothing at all. */
  @Test
  void fault2FragmentIsNeverMarkedComplete() throws Exception {
    Collector collector = collector();
    Incoming small = collector.begin();
    small.write(Mail.octets(1, 100));
    small.discard();
    Incoming large = collector.begin();
    large.write(Mail.octets(2, 1_000_000));
    assertThat(names(folders.tmp())).hasSize(2);
    large.close();
    Incoming forgotten = collector.begin();
    forgotten.write(Mail.octets(3, 1_000_000));
    collector.close();
    collector();
    assertThat(names(folders.tmp())).containsExactly(".lock");
    assertThat(names(folders.new_())).isEmpty();
  }

  /** Fault 7: the second attempt is for those only who were not served. */
  @Test
  void fault7RetryIsNotSentToRecipientsAlreadyServed() throws Exception {
    Collector collector = collector();
    Envelope envelope = Mail.envelope("a@example.com", "b@example.com", "c@example.com");
    commit(collector, envelope, Mail.octets(1, 5000));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.begin(message);
    queue.record(
        message,
        Map.of(
            "a@example.com", new Outcome.Delivered("250 ok, queued\r\nas %41"),
            "b@example.com", new Outcome.Failed("550 no such user"),
            "c@example.com", new Outcome.Deferred("451 later")));
    Instant later = Instant.parse("2026-11-22T06:00:00Z");
    queue.defer(message, later, 1, "451 later");
    assertThat(message.pending()).containsExactly("c@example.com");
    QueuedMessage again = reopened(queue).recovered().getFirst();
    assertThat(again.pending()).containsExactly("c@example.com");
    assertThat(again.nextTry()).isEqualTo(later);
    assertThat(again.tries()).isEqualTo(1);
    assertThat(again.lastReason()).isEqualTo("451 later");
  }

  /** Fault 8: a set-aside message is copied and forced before it leaves its batch. */
  @Test
  void fault8SetAsideNeverDeletesTheMessage() throws Exception {
    Envelope envelope = Mail.envelope("a@example.com", "b@example.com");
    byte[] octets = Mail.octets(1, 5000);
    commit(collector(), envelope, octets);
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.record(message, Map.of("a@example.com", new Outcome.Delivered("250")));
    queue.setAside(message, "held by policy");
    queue.settle();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
    assertThat(names(folders.bad()))
        .containsExactly(envelope.id() + ".msg", envelope.id() + ".reason");
    assertThat(folders.bad().resolve(envelope.id() + ".reason")).hasContent("held by policy");
    // The copy is in the batch format, so it can be queued again as it is.
    Files.move(
        folders.bad().resolve(envelope.id() + ".msg"),
        folders.queue().resolve(envelope.id() + ".msg"));
    QueuedMessage back = reopened(queue).recovered().getFirst();
    assertThat(back.pending()).containsExactly("b@example.com");
    assertThat(Mail.read(back)).isEqualTo(octets);
  }

  @Test
  void fault8FileThatCannotBeSetAsideStays() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 5000));
    String name = names(folders.new_()).getFirst();
    Files.write(folders.new_().resolve(name), new byte[] {1, 2, 3});
    Files.createDirectory(folders.bad().resolve(name));
    Queue queue = queue();
    queue.takeOver(1);
    queue.settle();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME, name);
    assertThat(alerts).extracting(QueueAlert::kind).contains(QueueAlert.Kind.NOT_FINISHED);
  }

  /** Fault 9: no recipients is damage, never success. */
  @Test
  void fault9MessageWithoutRecipientsIsNotDelivered() throws Exception {
    assertThatThrownBy(Mail::envelope).isInstanceOf(IllegalArgumentException.class);
    Envelope envelope = Mail.envelope("a@example.com");
    commit(collector(), envelope, Mail.octets(1, 500));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.record(message, Map.of());
    assertThat(message.pending()).isNotEmpty();
    assertThatThrownBy(() -> queue.record(message, Map.of("b@x.org", new Outcome.Delivered("250"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(reopened(queue).recovered()).hasSize(1);
  }

  /** Fault 10: no work for what waits, a bound for each scan, the oldest first. */
  @Test
  void fault10TakeOverIsOrderedAndBounded() throws Exception {
    Collector collector = collector();
    List<QueueId> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Envelope envelope = Mail.envelope("a@example.com");
      commit(collector, envelope, Mail.octets(i, 50));
      sent.add(envelope.id());
      Files.setLastModifiedTime(
          folders.new_().resolve(envelope.id() + ".batch"), FileTime.fromMillis(1000 + i / 10));
    }
    Queue queue = queue();
    List<QueueId> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<QueuedMessage> some = queue.takeOver(10);
      assertThat(some).hasSize(10);
      taken.addAll(Mail.idsOf(some));
      assertThat(queue.mayHoldMore()).isEqualTo(i < 3);
    }
    assertThat(taken).isEqualTo(sent);
  }

  /** Fault 11: one smapd holds the spool, and a name is moved before the file is opened. */
  @Test
  void fault11NoFileIsTakenTwice() throws Exception {
    queue();
    assertThatThrownBy(this::queue)
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("queue/.lock");
  }

  @Test
  void fault11LaterFileOfTheSameNameWaitsUntilTheFirstIsGone() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 500));
    Path file = folders.new_().resolve(names(folders.new_()).getFirst());
    Path copy = Files.copy(file, directory.resolve("copy"));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(queue.takeOver(1)).isEmpty();
    assertThat(queue.takeOver(1)).isEmpty();
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.NOT_TAKEN);
    queue.record(message, Mail.delivered(message));
  }

  @Test
  void onlyLegalNamesAreTouchedAndEachOtherIsAlertedOnce() throws Exception {
    for (String name : List.of("a.batch", "../x", ".batch", "0123456789abcdef-1.batch.x")) {
      if (!name.contains("/")) {
        Files.writeString(folders.new_().resolve(name), "x");
      }
    }
    Queue queue = queue();
    assertThat(queue.takeOver(10)).isEmpty();
    assertThat(queue.takeOver(10)).isEmpty();
    assertThat(alerts).hasSize(3);
    assertThat(names(folders.new_())).hasSize(3);
  }

  @Test
  void linksFoldersPipesAndSecondNamesAreSetAside() throws Exception {
    Path outside = Files.writeString(directory.resolve("outside"), "secret");
    Files.createSymbolicLink(folders.new_().resolve("0123456789abcdef-1.batch"), outside);
    Files.createDirectory(folders.new_().resolve("0123456789abcdef-2.batch"));
    Files.createLink(folders.new_().resolve("0123456789abcdef-3.batch"), outside);
    new ProcessBuilder("mkfifo", folders.new_().resolve("0123456789abcdef-4.batch").toString())
        .start()
        .waitFor();
    Queue queue = queue();
    assertThat(queue.takeOver(10)).isEmpty();
    queue.settle();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
    assertThat(names(folders.bad())).hasSize(8);
    assertThat(outside).hasContent("secret");
  }

  @Test
  void wholeMessagesOfADamagedBatchAreDeliveredAndTheFileIsKept() throws Exception {
    Path file = batchOf(3);
    byte[] octets = Files.readAllBytes(file);
    int second = new String(octets, StandardCharsets.ISO_8859_1).indexOf("RCPT <2@");
    octets[second] ^= 1;
    Files.write(file, octets);
    Queue queue = queue();
    List<QueuedMessage> messages = queue.takeOver(10);
    assertThat(messages)
        .extracting(m -> m.pending().getFirst())
        .containsExactly("1@x.org", "3@x.org");
    for (QueuedMessage message : messages) {
      Mail.read(message);
      queue.record(message, Mail.delivered(message));
    }
    queue.settle();
    String name = file.getFileName().toString();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
    assertThat(names(folders.bad())).containsExactly(name, name + ".reason");
    assertThat(folders.bad().resolve(name)).hasBinaryContent(octets);
  }

  /** One batch file of so many messages, to 1@x.org, 2@x.org, …. */
  private Path batchOf(int count) throws Exception {
    try (Collector collector = Collector.prepare(new DiskFiles(), folders, LIMITS, fatal::add)) {
      List<Waiting> together = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        Incoming incoming = collector.begin();
        incoming.write(Mail.octets(i, 5000));
        together.add(collector.ready(Mail.envelope(i + "@x.org"), incoming));
      }
      collector.committer().commit(together);
    }
    return folders.new_().resolve(names(folders.new_()).getFirst());
  }

  @Test
  void bodyChangedAfterItWasJudgedNeverGivesItsLastOctet() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 500_000));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    byte[] header = message.header(10_000);
    Path file = folders.queue().resolve(message.batch());
    byte[] octets = Files.readAllBytes(file);
    octets[octets.length / 2] ^= 1;
    Files.write(file, octets);
    ByteArrayOutputStream handed = new ByteArrayOutputStream();
    assertThatThrownBy(() -> message.streamBody(handed)).isInstanceOf(DamagedException.class);
    assertThat(handed.size()).isLessThan(500_000);
    Files.write(file, Arrays.copyOf(octets, 300_000), StandardOpenOption.TRUNCATE_EXISTING);
    handed.reset();
    assertThatThrownBy(() -> message.streamBody(handed)).isInstanceOf(DamagedException.class);
    assertThat(handed.toByteArray()).startsWith(header);
    queue.setAside(message, "cannot be read");
    queue.settle();
    assertThat(names(folders.bad())).contains(message.batch());
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
  }

  @Test
  void headerThatChangesAfterADeferralIsRefused() throws Exception {
    commit(collector(), Mail.envelope("a@example.com"), Mail.octets(1, 5000));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    byte[] header = message.header(10_000);
    queue.defer(message, Instant.EPOCH, 1, "later");
    assertThat(message.header(99_999)).isEqualTo(header);
    queue.defer(message, Instant.EPOCH, 2, "later");
    Path file = folders.queue().resolve(message.batch());
    Files.writeString(
        file,
        Files.readString(file, StandardCharsets.ISO_8859_1).replace("by gateway", "by someone"),
        StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> message.header(10_000)).isInstanceOf(DamagedException.class);
  }

  @Test
  void messageDeferredAgainLeavesABatchThatHoldsFinishedOnes() throws Exception {
    batchOf(3);
    Queue queue = queue();
    List<QueuedMessage> messages = queue.takeOver(10);
    queue.record(messages.get(0), Mail.delivered(messages.get(0)));
    queue.record(messages.get(1), Mail.delivered(messages.get(1)));
    QueuedMessage last = messages.get(2);
    byte[] octets = Mail.read(last);
    queue.defer(last, Instant.EPOCH, 1, "first");
    assertThat(last.batch()).endsWith(".batch");
    queue.defer(last, Instant.ofEpochSecond(7), 2, "second");
    queue.settle();
    String copy = last.envelope().id() + ".msg";
    assertThat(names(folders.queue()))
        .containsExactly(Queue.LOCK, SpoolVersion.NAME, copy, copy + ".log");
    assertThat(Mail.read(last)).isEqualTo(octets);
    Queue second = reopened(queue);
    QueuedMessage again = second.recovered().getFirst();
    assertThat(again.tries()).isEqualTo(2);
    assertThat(Mail.read(again)).isEqualTo(octets);
    second.record(again, Mail.delivered(again));
    second.settle();
    assertThat(names(folders.queue())).containsExactly(Queue.LOCK, SpoolVersion.NAME);
  }

  @Test
  void copyWinsAtStart() throws Exception {
    batchOf(2);
    Queue queue = queue();
    List<QueuedMessage> messages = queue.takeOver(10);
    queue.begin(messages.getFirst());
    queue.record(messages.getFirst(), Mail.delivered(messages.getFirst()));
    // A crash after the copy has its name and before `moved` is on disk.
    QueuedMessage second = messages.get(1);
    QueueId id = second.envelope().id();
    LogEntry.Deferred entry = new LogEntry.Deferred(id, 2, Instant.EPOCH, "later");
    new CopyOut(new Home(new DiskFiles(), folders.queue(), new Reasons(), new Contents()), folders)
        .toQueue(second, List.of(entry));
    Queue next = reopened(queue);
    assertThat(next.recovered()).extracting(QueuedMessage::batch).containsExactly(id + ".msg");
    assertThat(names(folders.queue()))
        .containsExactlyInAnyOrder(Queue.LOCK, SpoolVersion.NAME, id + ".msg", id + ".msg.log");
  }

  @Test
  void tornLastLineOfALogIsPassedOverAndTheNextOneIsWhole() throws Exception {
    Envelope envelope = Mail.envelope("a@x.org", "b@x.org", "c@x.org");
    commit(collector(), envelope, Mail.octets(1, 5000));
    Queue queue = queue();
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.record(message, Map.of("a@x.org", new Outcome.Delivered("250")));
    queue.close();
    Path log = folders.queue().resolve(message.batch() + ".log");
    Files.writeString(
        log, "0badc0de delivered " + envelope.id() + " b@x.or", StandardOpenOption.APPEND);
    Queue next = queue();
    QueuedMessage again = next.recovered().getFirst();
    assertThat(again.pending()).containsExactly("b@x.org", "c@x.org");
    next.record(again, Map.of("b@x.org", new Outcome.Delivered("250")));
    assertThat(reopened(next).recovered().getFirst().pending()).containsExactly("c@x.org");
    assertThat(alerts).extracting(QueueAlert::kind).doesNotContain(QueueAlert.Kind.BROKEN);
  }

  @Test
  void missingOrForeignFolderIsNamedWithWhatWasExpected() throws Exception {
    Files.delete(folders.new_());
    assertThatThrownBy(this::collector)
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(folders.new_().toString())
        .hasMessageContaining("expected");
    assertThatThrownBy(() -> folders.checkConfined(SpoolFolders.Side.COLLECTOR, 1, 1))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("expected");
    assertThatThrownBy(() -> folders.withBad(Path.of("../bad"))).isInstanceOf(SpoolException.class);
    assertThatThrownBy(() -> folders.withBad(Path.of("new/bad")))
        .isInstanceOf(SpoolException.class);
    assertThat(folders.withBad(Path.of("held")).at(Path.of("/")).bad()).isEqualTo(Path.of("/held"));
  }

  @Test
  void filesOfAnEarlierCollectorAreRemovedFromTmp() throws Exception {
    Files.writeString(folders.tmp().resolve("stream-1"), "x");
    Files.writeString(folders.tmp().resolve("0123456789abcdef-1.batch"), "x");
    collector();
    assertThat(names(folders.tmp())).containsExactly(".lock");
    assertThatThrownBy(this::collector).isInstanceOf(SpoolException.class);
  }

  @Test
  void rehearsalRunsAndLeavesNothing() throws Exception {
    Path place = Path.of(System.getProperty("java.io.tmpdir"));
    SpoolRehearsal.run();
    assertThat(new DiskFiles().list(place, 100_000))
        .noneMatch(name -> name.startsWith("sallyport-rehearsal"));
  }
}
