package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners and modes. Needs root, to give folders away. */
class FoldersTest {
  private static final int SMAP = 61001;
  private static final int SMAPD = 61002;

  @TempDir Path directory;
  private SpoolFolders folders;

  @BeforeEach
  void giveFoldersAway() throws IOException {
    boolean root = FolderFacts.ownUser() == 0;
    if ("true".equals(System.getenv("CI"))) {
      assertThat(root).as("this test needs root").isTrue();
    }
    Assumptions.assumeThat(root).isTrue();
    folders = new SpoolFolders(directory.resolve("spool"));
    make(folders.directory(), 0, 0, 0755);
    make(folders.tmp(), SMAP, SMAPD, 02700);
    make(folders.new_(), SMAP, SMAPD, 02770);
    make(folders.queue(), SMAPD, SMAPD, 0700);
    make(folders.bad(), SMAPD, SMAPD, 0700);
  }

  private static void make(Path folder, int user, int group, int mode) throws IOException {
    if (!Files.exists(folder)) {
      Files.createDirectory(folder);
    }
    Files.setAttribute(folder, "unix:uid", user);
    Files.setAttribute(folder, "unix:gid", group);
    Files.setAttribute(folder, "unix:mode", mode);
  }

  private void check() throws SpoolException {
    folders.checkConfined(SpoolFolders.Side.COLLECTOR, SMAP, SMAP);
    folders.checkConfined(SpoolFolders.Side.DELIVERY, SMAPD, SMAPD);
  }

  @Test
  void foldersAsTheyShouldBeAreAccepted() {
    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void eachWrongOwnerGroupOrModeIsNamedWithWhatWasExpected() throws Exception {
    make(folders.new_(), SMAP, SMAPD, 0770);
    assertThatThrownBy(this::check)
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(
            folders.new_() + " belongs to user 61001 group 61002, mode 0770; expected")
        .hasMessageContaining("user 61001 group 61002, mode 2770");
    make(folders.new_(), SMAP, SMAP, 02770);
    assertThatThrownBy(this::check).hasMessageContaining(folders.new_().toString());
    make(folders.new_(), SMAP, SMAPD, 02770);
    make(folders.directory(), SMAP, 0, 0755);
    assertThatThrownBy(this::check)
        .hasMessageContaining("expected root: user 0 group 0, mode 0755");
    make(folders.directory(), 0, 0, 0755);
    make(folders.queue(), SMAPD, SMAPD, 0755);
    assertThatThrownBy(this::check).hasMessageContaining(folders.queue().toString());
  }

  @Test
  void oneAccountForBothIsRefused() throws Exception {
    for (Path folder : List.of(folders.queue(), folders.bad())) {
      make(folder, SMAP, SMAPD, 0700);
    }
    assertThatThrownBy(() -> folders.checkConfined(SpoolFolders.Side.COLLECTOR, SMAP, SMAP))
        .hasMessageContaining("two accounts");
  }

  @Test
  void linkInPlaceOfAFolderIsRefused() throws Exception {
    Files.move(folders.bad(), directory.resolve("elsewhere"));
    Files.createSymbolicLink(folders.bad(), directory.resolve("elsewhere"));
    assertThatThrownBy(this::check).hasMessageContaining("no link");
  }

  @Test
  void folderOnAnotherFileSystemIsRefused() throws Exception {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "spool");
    try {
      String far = folders.directory().toRealPath().relativize(memory).toString();
      assertThatThrownBy(() -> new SpoolFolders(folders.directory(), far).requireOneDevice())
          .isInstanceOf(SpoolException.class)
          .hasMessageContaining("another file system");
    } finally {
      Files.delete(memory);
    }
  }

  @Test
  void fileOfAnotherAccountIsSetAside() throws Exception {
    Path source = directory.resolve("one");
    SpoolFolders other = new SpoolFolders(source);
    other.makeUnconfined();
    List<Throwable> fatal = new ArrayList<>();
    List<Envelope> sent = List.of(Mail.envelope("a@x.org"), Mail.envelope("b@x.org"));
    try (Collector collector =
        Collector.open(new DiskFiles(), other, Collector.Limits.defaults(), fatal::add)) {
      for (Envelope envelope : sent) {
        Mail.send(collector, envelope, Mail.octets(1, 100));
      }
    }
    for (int i = 0; i < 2; i++) {
      String name = sent.get(i).id() + ".batch";
      Path file = Files.move(other.new_().resolve(name), folders.new_().resolve(name));
      Files.setAttribute(file, "unix:uid", i == 0 ? SMAP : SMAPD);
    }
    List<QueueAlert> alerts = new ArrayList<>();
    try (Queue queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add)) {
      assertThat(queue.takeOver(10))
          .extracting(QueuedMessage::envelope)
          .containsExactly(sent.getFirst());
      queue.settle();
      String name = sent.getLast().id() + ".batch";
      assertThat(alerts).extracting(QueueAlert::name).containsExactly(name);
      assertThat(new DiskFiles().list(folders.bad(), 10))
          .containsExactlyInAnyOrder(name, name + ".reason");
    }
  }
}
