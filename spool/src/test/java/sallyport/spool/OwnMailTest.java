package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that smapd writes itself, and what an administrator does to messages. */
class OwnMailTest {
  @TempDir Path directory;
  private SpoolFolders folders;
  private Collector collector;
  private Queue queue;
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws Exception {
    folders = new SpoolFolders(directory.resolve("spool"));
    folders.makeUnconfined();
    collector =
        Collector.open(
            new DiskFiles(), folders, Collector.Limits.defaults(), Throwable::printStackTrace);
    queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
    queue.close();
  }

  private List<QueuedMessage> reopened() throws Exception {
    queue.close();
    queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
    return queue.recovered();
  }

  private QueuedMessage taken(String... recipients) throws Exception {
    Mail.send(collector, Mail.envelope(recipients), Mail.octets(1, 5000));
    return queue.takeOver(1).getFirst();
  }

  private List<SetAside> setAside() throws IOException {
    List<SetAside> all = new ArrayList<>();
    queue.eachSetAside(all::add);
    return all;
  }

  private List<String> inQueue() throws IOException {
    queue.settle();
    List<String> names = new ArrayList<>(new DiskFiles().list(folders.queue(), 1000));
    names.removeAll(List.of(Queue.LOCK, SpoolVersion.NAME));
    return names;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef-1-b0",
        "0123456789abcdef-0-bfff",
        "ffffffffffffffff-ffffffffffffffff-d7c",
        "0123456789abcdef-1f-w",
        "0123456789abcdef-a-n"
      })
  void idsOfOwnMailAreReadAsTheyAreWritten(String text) {
    assertThat(new QueueId(text).text()).isEqualTo(text);
    assertThat(new QueueId(text).isOwn()).isTrue();
    assertThat(new QueueId(text)).isEqualTo(new QueueId(text)).hasSameHashCodeAs(new QueueId(text));
    assertThat(Arrivals.isLegal(text + ".batch")).isFalse();
    assertThat(Recovery.isCopy(text + ".msg")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef-01",
        "0123456789abcdef-",
        "0123456789abcdef",
        "0123456789abcdef-1-b",
        "0123456789abcdef-1-b00",
        "0123456789abcdef-1-w0",
        "0123456789abcdef-1-x",
        "0123456789abcdef-1-b1000000",
        "0123456789abcdef-1-b0-w",
        "0123456789ABCDEF-1",
        ""
      })
  void otherIdsAreNone(String text) {
    assertThat(QueueId.isLegal(text)).isFalse();
    assertThatThrownBy(() -> new QueueId(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsOfOwnMailAreMadeFromThatOfTheMessageOnly() {
    QueueId id = new QueueId("0123456789abcdef-1f");
    assertThat(QueueId.own(id, 'b', 31)).hasToString("0123456789abcdef-1f-b1f");
    assertThat(QueueId.own(id, 'w', 0)).hasToString("0123456789abcdef-1f-w");
    assertThatThrownBy(() -> QueueId.own(QueueId.own(id, 'w', 0), 'b', 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> QueueId.own(id, 'w', 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> QueueId.own(id, 'b', 0x1000000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void addedMessageIsThereOnceAlsoAfterARestart() throws Exception {
    QueueId id = QueueId.own(Mail.IDS.next(), 'b', 0);
    Envelope envelope = Mail.envelope(id, "john@example.org");
    byte[] octets = Mail.octets(7, 3000);
    QueuedMessage added = queue.add(envelope, octets).orElseThrow();
    assertThat(queue.add(envelope, octets)).isEmpty();
    assertThat(added.envelope()).isEqualTo(envelope);
    assertThat(Mail.read(added)).isEqualTo(octets);
    QueuedMessage again = reopened().getFirst();
    assertThat(queue.add(envelope, octets)).isEmpty();
    assertThat(Mail.read(again)).isEqualTo(octets);
    queue.begin(again);
    queue.setAside(again, "held");
    assertThat(queue.add(envelope, octets)).isEmpty();
    QueuedMessage back = queue.takeBack(id).orElseThrow();
    queue.record(back, Mail.delivered(back));
    assertThat(inQueue()).isEmpty();
    assertThat(alerts).isEmpty();
    assertThatThrownBy(() -> queue.add(Mail.envelope("a@x.org"), octets))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ownIdIsNotBelievedInABatch() throws Exception {
    QueueId id = QueueId.own(Mail.IDS.next(), 'n', 0);
    QueueId name = Mail.IDS.next();
    queue.add(Mail.envelope(id, "john@example.org"), Mail.octets(7, 3000)).orElseThrow();
    queue.settle();
    Files.move(folders.queue().resolve(id + ".msg"), folders.new_().resolve(name + ".batch"));
    queue.close();
    queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
    assertThat(queue.takeOver(1)).isEmpty();
    queue.settle();
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.DAMAGED);
    queue.settle();
    assertThat(setAside()).extracting(SetAside::isMessage).containsExactly(false);
  }

  @Test
  void warningIsRememberedOverLeavingTheBatchAndARestart() throws Exception {
    QueuedMessage message = taken("a@x.org", "b@x.org");
    queue.record(message, Map.of("a@x.org", new Outcome.Delivered("250")));
    assertThat(message.isWarned()).isFalse();
    queue.warned(message);
    assertThat(message.isWarned()).isTrue();
    assertThat(reopened().getFirst().isWarned()).isTrue();
  }

  @Test
  void removedMessageIsGoneAlsoAfterARestart() throws Exception {
    QueuedMessage message = taken("a@x.org", "b@x.org");
    queue.defer(message, Instant.EPOCH, 1, "later");
    queue.remove(message, "root, by smapq");
    assertThat(queue.size()).isZero();
    assertThat(inQueue()).isEmpty();
    assertThat(reopened()).isEmpty();
  }

  @Test
  void setAsideMessageIsShownReadAndTakenBackForThoseWhoWerePending() throws Exception {
    QueuedMessage message = taken("a@x.org", "b@x.org", "c@x.org");
    queue.record(message, Map.of("b@x.org", new Outcome.Delivered("250")));
    queue.setAside(message, "held: by root\nsecond line");
    SetAside shown = setAside().getFirst();
    assertThat(shown.id()).isEqualTo(message.id());
    assertThat(shown.reason()).isEqualTo("held: by root\nsecond line");
    assertThat(shown.size()).isGreaterThan(5000);
    assertThat(shown.since()).isAfter(Instant.now().minusSeconds(60));
    QueuedMessage read = queue.readSetAside(message.id()).orElseThrow();
    assertThat(Mail.read(read)).isEqualTo(Mail.octets(1, 5000));
    assertThatThrownBy(() -> queue.begin(read)).isInstanceOf(IllegalStateException.class);
    QueuedMessage back = queue.takeBack(message.id()).orElseThrow();
    assertThat(setAside()).isEmpty();
    assertThat(new DiskFiles().list(folders.bad(), 10)).isEmpty();
    assertThat(back.pending()).containsExactly("a@x.org", "c@x.org");
    assertThat(back.envelope().recipients()).containsExactly("a@x.org", "b@x.org", "c@x.org");
    assertThat(queue.takeBack(message.id())).isEmpty();
    QueuedMessage again = reopened().getFirst();
    assertThat(again.pending()).containsExactly("a@x.org", "c@x.org");
    queue.record(again, Mail.delivered(again));
    assertThat(inQueue()).isEmpty();
  }

  @Test
  void droppedFileIsGoneAndNothingOutsideTheFolderIsTouched() throws Exception {
    QueuedMessage message = taken("a@x.org");
    queue.setAside(message, "held");
    Path outside = Files.writeString(directory.resolve("outside"), "secret");
    assertThat(queue.dropSetAside("../../outside")).isFalse();
    assertThat(queue.dropSetAside("nothing")).isFalse();
    assertThat(queue.dropSetAside(message.id() + ".msg")).isTrue();
    assertThat(new DiskFiles().list(folders.bad(), 10)).isEmpty();
    assertThat(outside).exists();
  }

  @Test
  void foreignFilesInBadAreShownAndNotTakenBack() throws Exception {
    Files.writeString(folders.bad().resolve("README"), "x");
    Files.writeString(folders.bad().resolve("0123456789abcdef-1.msg"), "x");
    Files.writeString(folders.bad().resolve("0123456789abcdef-2.msg"), "");
    Files.createDirectory(folders.bad().resolve("0123456789abcdef-3.msg"));
    Files.createSymbolicLink(folders.bad().resolve("0123456789abcdef-4.msg"), directory);
    assertThat(setAside()).hasSize(5);
    for (int i = 1; i <= 5; i++) {
      assertThat(queue.takeBack(new QueueId("0123456789abcdef-" + i))).isEmpty();
    }
    assertThat(new DiskFiles().list(folders.bad(), 10)).hasSize(5);
  }

  @Test
  void otherHeaderIsSentAndTheRestIsCheckedAllTheSame() throws Exception {
    byte[] octets = Mail.octets(1, 300_000);
    Mail.send(collector, Mail.envelope("a@x.org"), octets);
    QueuedMessage message = queue.takeOver(1).getFirst();
    byte[] header = message.header(100_000);
    byte[] other = "From: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    message.streamBody(sent, other);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.write(other);
    expected.write(octets, header.length, octets.length - header.length);
    assertThat(sent.toByteArray()).isEqualTo(expected.toByteArray());
    Path file = folders.queue().resolve(message.batch());
    byte[] changed = Files.readAllBytes(file);
    changed[changed.length / 2] ^= 1;
    Files.write(file, changed);
    assertThatThrownBy(() -> message.streamBody(OutputStream.nullOutputStream(), other))
        .isInstanceOf(DamagedException.class);
  }
}
