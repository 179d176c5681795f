package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A spool that another version has left. The files in {@code spool-1} are those of version 1, from
 * before there was a mark: every later version must read them. They are not to be written anew;
 * {@link #write} shows how they were made.
 */
class VersionTest {
  /** Large enough for a file of its own. */
  private static final int STREAMED = 30;

  private static final Instant NEXT_TRY = Instant.parse("2026-11-22T06:00:00Z");

  @TempDir Path directory;
  private SpoolFolders folders;
  private Path mark;
  private final List<QueueAlert> alerts = new ArrayList<>();

  @BeforeEach
  void makeFolders() throws Exception {
    folders = new SpoolFolders(directory.resolve("spool"));
    folders.makeUnconfined();
    mark = folders.queue().resolve(SpoolVersion.NAME);
  }

  private Queue open() throws IOException {
    return Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
  }

  private static QueueId id(int number) {
    return new QueueId("9d41f0c1b2a37e55-" + number);
  }

  private static byte[] text(int number) {
    return ("Subject: " + number + "\r\n\r\n" + "A line of text.\r\n".repeat(20 * number))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** What the files of version 1 were made by. */
  static void write(SpoolFolders folders) throws Exception {
    Collector.Limits limits = new Collector.Limits(8 << 10, 64 << 10, 4, 10, 64 << 10);
    List<QueueAlert> alerts = new ArrayList<>();
    try (Collector collector =
            Collector.prepare(new DiskFiles(), folders, limits, Throwable::printStackTrace);
        Queue queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add)) {
      commit(collector, 1, 2, 3, 4);
      List<QueuedMessage> taken = queue.takeOver(4);
      QueuedMessage half = taken.get(1);
      queue.begin(half);
      queue.record(half, Map.of("a@x.org", new Outcome.Delivered("250 taken")));
      queue.begin(taken.get(2));
      queue.defer(taken.get(2), NEXT_TRY, 1, "451 later");
      queue.setAside(taken.get(3), "a reason");
      queue.settle();
      commit(collector, 5);
      commit(collector, STREAMED);
    }
  }

  private static void commit(Collector collector, int... numbers) throws Exception {
    List<Waiting> together = new ArrayList<>();
    for (int number : numbers) {
      Incoming message = collector.begin();
      message.write(text(number));
      together.add(collector.ready(Mail.envelope(id(number), "a@x.org", "b@x.org"), message));
    }
    collector.committer().commit(together);
  }

  private void takeFilesOfVersion1() throws IOException, URISyntaxException {
    Path from = Path.of(VersionTest.class.getResource("/spool-1").toURI());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folders.directory().resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void spoolOfVersion1IsReadWithAllThatWaitsInIt() throws Exception {
    takeFilesOfVersion1();
    assertThat(mark).doesNotExist();
    try (Queue queue = open()) {
      List<QueuedMessage> all = new ArrayList<>(queue.recovered());
      assertThat(Mail.idsOf(all)).containsExactlyInAnyOrder(id(1), id(2), id(3));
      all.addAll(queue.takeOver(10));
      Map<String, List<String>> pending = new TreeMap<>();
      for (QueuedMessage message : all) {
        QueueId id = message.envelope().id();
        pending.put(id.text(), List.copyOf(message.pending()));
        int number = Integer.parseInt(id.text().substring(id.text().indexOf('-') + 1));
        assertThat(Mail.read(message)).as(id.text()).isEqualTo(text(number));
      }
      assertThat(pending)
          .isEqualTo(
              Map.of(
                  id(1).text(), List.of("a@x.org", "b@x.org"),
                  id(2).text(), List.of("b@x.org"),
                  id(3).text(), List.of("a@x.org", "b@x.org"),
                  id(5).text(), List.of("a@x.org", "b@x.org"),
                  id(STREAMED).text(), List.of("a@x.org", "b@x.org")));
      assertThat(all).filteredOn(message -> message.tries() == 1).hasSize(1);
      Optional<SetAside> aside = queue.findSetAside(id(4));
      assertThat(aside.map(SetAside::reason)).contains("a reason");
      assertThat(Mail.read(queue.readSetAside(id(4)).orElseThrow())).isEqualTo(text(4));
    }
    assertThat(alerts).isEmpty();
    assertThat(mark).hasContent("Sallyport-Spool 1");
  }

  @Test
  void newSpoolIsMarkedAndTheMarkIsAccepted() throws Exception {
    Files.createFile(mark);
    open().close();
    assertThat(mark).hasContent("Sallyport-Spool 1");
    open().close();
    assertThat(alerts).isEmpty();
  }

  @Test
  void spoolOfALaterVersionIsRefusedAndUntouched() throws Exception {
    takeFilesOfVersion1();
    Files.writeString(mark, "Sallyport-Spool 2\n");
    List<String> before = names();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::open)
          .isInstanceOf(SpoolNewerException.class)
          .hasMessage(
              mark
                  + " is of version 2, written by a newer Sallyport; expected at most 1: install"
                  + " that one again, and empty the queue before an older is used");
    }
    before.add("queue/.lock");
    assertThat(names()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(mark).hasContent("Sallyport-Spool 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sallyport-Spool 0\n", "Sallyport-Spool x\n", "something else\n"})
  void markThatIsNoneIsRefused(String text) throws Exception {
    Files.writeString(mark, text);
    assertThatThrownBy(this::open)
        .isInstanceOf(SpoolException.class)
        .isNotInstanceOf(SpoolNewerException.class)
        .hasMessage(
            mark + " is no mark of a version; expected 'Sallyport-Spool 1', or no such file");
  }

  @Test
  void singleFileOfALaterVersionStaysWhereItIs() throws Exception {
    String arrived = id(7) + ".batch";
    String waiting = id(8) + ".msg";
    String aside = id(9) + ".msg";
    String text = "Sallyport-Spool 2 5f0c66a1d2e94b7a\nnobody knows yet\n";
    Files.writeString(folders.new_().resolve(arrived), text);
    Files.writeString(folders.queue().resolve(waiting), text);
    Files.writeString(folders.bad().resolve(aside), text);
    for (int i = 0; i < 2; i++) {
      alerts.clear();
      try (Queue queue = open()) {
        assertThat(queue.recovered()).isEmpty();
        assertThat(queue.takeOver(10)).isEmpty();
        assertThat(queue.readSetAside(id(9))).isEmpty();
        queue.settle();
      }
      assertThat(alerts)
          .extracting(QueueAlert::kind, QueueAlert::name)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple(QueueAlert.Kind.UNREADABLE, arrived),
              org.assertj.core.groups.Tuple.tuple(QueueAlert.Kind.UNREADABLE, waiting));
      assertThat(alerts).allMatch(alert -> alert.detail().contains("is of version 2"));
    }
    assertThat(folders.queue().resolve(arrived)).hasContent(text);
    assertThat(folders.queue().resolve(waiting)).hasContent(text);
    assertThat(folders.bad().resolve(aside)).hasContent(text);
  }

  @Test
  void diskWithoutRoomForTheMarkKeepsNobodyFromTheMail() throws Exception {
    takeFilesOfVersion1();
    FailingFiles full = new FailingFiles(new DiskFiles());
    full.fail(
        new FailingFiles.Failure(
            "create", SpoolVersion.NAME, new IOException("No space left on device"), true));
    try (Queue queue = Queue.open(full, folders, QueueLimits.defaults(), alerts::add)) {
      assertThat(queue.recovered()).hasSize(3);
    }
    assertThat(full.calls()).isEqualTo(1);
    assertThat(mark).doesNotExist();
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folders.directory())) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> names.add(folders.directory().relativize(file).toString()));
    }
    return names;
  }
}
