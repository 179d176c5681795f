package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Empty, cut, corrupt and foreign files in each folder: none stops the start, the listing or the
 * taking back, none costs a message, and each is kept or told of.
 */
@Timeout(60)
class ForeignFilesTest {
  private static final String FIRST = "0123456789abcdef-";

  @TempDir Path directory;
  private SpoolFolders folders;
  private QueuedMessage good;
  private final List<QueueAlert> alerts = new CopyOnWriteArrayList<>();

  @BeforeEach
  void putOneGoodMessageIntoTheQueue() throws Exception {
    folders = new SpoolFolders(directory.resolve("spool"));
    folders.makeUnconfined();
    try (Collector collector =
            Collector.open(
                new DiskFiles(), folders, Collector.Limits.defaults(), Throwable::printStackTrace);
        Queue queue = queue()) {
      Mail.send(collector, Mail.envelope("a@x.org", "b@x.org"), Mail.octets(1, 5000));
      good = queue.takeOver(1).getFirst();
      queue.begin(good);
    }
  }

  private Queue queue() throws IOException {
    return Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
  }

  private byte[] whole() throws IOException {
    return Files.readAllBytes(folders.queue().resolve(good.batch()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"new", "queue", "bad"})
  void filesOfEverySortCostNothingButAnAlert(String name) throws Exception {
    Path folder = folders.directory().resolve(name);
    for (String ending : List.of(".batch", ".msg", "-w.msg", "-b0.batch", ".log", ".msg.part")) {
      plant(folder, ending);
    }
    plant(folder, ".reason");
    plant(folder, ".msg.log");
    int planted = new DiskFiles().list(folder, 1000).size();
    assertThat(planted).isGreaterThan(40);
    for (int start = 1; start <= 2; start++) {
      try (Queue queue = queue()) {
        List<QueuedMessage> messages = new ArrayList<>(queue.recovered());
        while (messages.addAll(queue.takeOver(10))) {}
        assertThat(Mail.idsOf(messages)).containsExactly(good.id());
        assertThat(Mail.read(messages.getFirst())).isEqualTo(Mail.octets(1, 5000));
        takeAllBack(queue);
        queue.settle();
        assertThat(queue.size()).isEqualTo(1);
      }
    }
    assertThat(alerts)
        .extracting(QueueAlert::kind)
        .doesNotContain(QueueAlert.Kind.BROKEN, QueueAlert.Kind.NOT_FINISHED);
  }

  private static void takeAllBack(Queue queue) throws IOException {
    List<SetAside> all = new ArrayList<>();
    queue.eachSetAside(all::add);
    for (SetAside one : all) {
      QueueId id = one.id();
      if (id != null) {
        assertThat(queue.readSetAside(id)).isEmpty();
        assertThat(queue.takeBack(id)).isEmpty();
      }
    }
  }

  private void plant(Path folder, String ending) throws Exception {
    byte[] batch = whole();
    int number = Math.abs(ending.hashCode() % 1000) * 16 + 1;
    Files.write(path(folder, number++, ending), new byte[0]);
    Files.write(path(folder, number++, ending), new byte[] {0, 1, 2, 3});
    Files.write(path(folder, number++, ending), Arrays.copyOf(batch, batch.length / 2));
    Files.write(path(folder, number++, ending), Arrays.copyOf(batch, 60));
    Files.createDirectory(path(folder, number++, ending));
    Files.createSymbolicLink(path(folder, number++, ending), directory.resolve("nothing"));
    new ProcessBuilder("mkfifo", path(folder, number, ending).toString()).start().waitFor();
  }

  private static Path path(Path folder, int number, String ending) {
    return folder.resolve(FIRST + Integer.toHexString(number) + ending);
  }

  @Test
  void damagedFileOfItsNameInBadDoesNotCostTheQueuedMessage() throws Exception {
    Files.write(folders.bad().resolve(good.id() + ".msg"), Arrays.copyOf(whole(), 300));
    try (Queue queue = queue()) {
      assertThat(queue.recovered()).hasSize(1);
      assertThat(queue.takeBack(good.id())).isEmpty();
    }
    assertThat(folders.bad().resolve(good.id() + ".msg")).exists();
  }

  @Test
  void damagedCopyIsKeptAndTheMessageStaysInItsBatch() throws Exception {
    Files.write(folders.queue().resolve(good.id() + ".msg"), Arrays.copyOf(whole(), 300));
    for (int start = 1; start <= 2; start++) {
      try (Queue queue = queue()) {
        assertThat(queue.recovered().getFirst().batch()).endsWith(".batch");
        queue.settle();
      }
    }
    assertThat(new DiskFiles().list(folders.bad(), 10))
        .containsExactlyInAnyOrder(good.id() + ".msg.damaged", good.id() + ".msg.damaged.reason");
  }

  @Test
  void fileWhoseLogIsNoFileStaysAndIsToldOf() throws Exception {
    Path log = folders.queue().resolve(good.batch() + ".log");
    Files.delete(log);
    Files.createDirectory(log);
    try (Queue queue = queue()) {
      assertThat(queue.recovered()).isEmpty();
    }
    assertThat(alerts).extracting(QueueAlert::kind).containsExactly(QueueAlert.Kind.UNREADABLE);
    assertThat(folders.queue().resolve(good.batch())).exists();
  }

  @Test
  void whatLiesInNewIsReadOnFromWhereItWasLeft() throws Exception {
    QueueLimits few = new QueueLimits(1000, 1 << 30, 7, 1, Duration.ZERO);
    try (Collector collector =
        Collector.open(
            new DiskFiles(), folders, Collector.Limits.defaults(), Throwable::printStackTrace)) {
      for (int i = 0; i < 40; i++) {
        Mail.send(collector, Mail.envelope("a@x.org"), Mail.octets(i, 50));
      }
    }
    try (Queue queue = Queue.open(new DiskFiles(), folders, few, alerts::add)) {
      List<QueuedMessage> taken = new ArrayList<>();
      while (taken.addAll(queue.takeOver(3))) {}
      assertThat(taken).hasSize(40).doesNotHaveDuplicates();
    }
    assertThat(new DiskFiles().list(folders.new_(), 10)).isEmpty();
  }
}
