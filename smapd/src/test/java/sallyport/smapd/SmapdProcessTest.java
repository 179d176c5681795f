package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sallyport.spool.BodyType;
import sallyport.spool.Collector;
import sallyport.spool.CommitResult;
import sallyport.spool.DiskFiles;
import sallyport.spool.Envelope;
import sallyport.spool.Incoming;
import sallyport.spool.QueueIds;
import sallyport.spool.SpoolFolders;

/** The program as it is installed: its exit codes, its confinement, its death. */
@Timeout(180)
class SmapdProcessTest {

  private static final int SMAP = 64_001;
  private static final int SMAPD = 64_002;
  private static final QueueIds IDS = new QueueIds(new SecureRandom());

  @TempDir static Path jars;
  @TempDir Path folder;

  @BeforeAll
  static void pack() throws IOException {
    // GreenMail's session threads die when a client is killed; that is no failure of a wait.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
    SmapdProcess.packJars(jars);
  }

  private Path table(String text) throws IOException {
    return Files.writeString(folder.resolve("table"), text);
  }

  private static String commit(Collector collector, String text) throws Exception {
    byte[] message =
        ("Received: x\r\nSubject: y\r\n\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    Incoming incoming = collector.begin();
    incoming.write(message, 0, message.length);
    Envelope envelope =
        new Envelope(
            IDS.next(),
            "john@out.test",
            List.of("a@in.test"),
            "192.0.2.7",
            "",
            "",
            "",
            "",
            Instant.now(),
            BodyType.SEVEN_BIT);
    assertThat(collector.commit(envelope, incoming)).isInstanceOf(CommitResult.Committed.class);
    return envelope.id().text();
  }

  private static Collector collector(Path directory) throws IOException {
    SpoolFolders folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    return Collector.open(new DiskFiles(), folders, Collector.Limits.defaults(), e -> {});
  }

  private static boolean isRoot() throws IOException {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(root).as("this test needs root").isTrue();
    }
    return root;
  }

  /** Without userid root is refused, so these tests run as whoever owns the build. */
  private static String account() throws IOException {
    return isRoot() ? "smapd: userid " + SMAPD + "\nsmapd: groupid " + SMAPD + "\n" : "";
  }

  @Test
  void aWrongTableEndsWith78AndOneLineForEachError() throws Exception {
    Path table = table("smapd: relay-out :25\nsmapd: retry x\nsmapd: nonsense 1\n");
    try (SmapdProcess smapd = SmapdProcess.start(jars, table)) {
      assertThat(smapd.exitCode()).isEqualTo(78);
      assertThat(smapd.lines().stream().filter(line -> line.contains(": error: ")))
          .hasSizeGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void aMissingSpoolEndsWith77AndOneLine() throws Exception {
    Path table =
        table(
            "*: hostname gate.test\nsmapd: relay-out hub\nsmapd: directory /nonexistent/spool\n"
                + account());
    try (SmapdProcess smapd = SmapdProcess.start(jars, table)) {
      assertThat(smapd.exitCode()).isEqualTo(77);
      assertThat(smapd.lines().getLast()).contains("not-started").contains("/nonexistent");
    }
  }

  @Test
  void aSecondSmapdOnTheSameSpoolSaysSoAndEndsWith69() throws Exception {
    assumeThat(isRoot()).as("this test needs root").isTrue();
    Path table =
        table(
            "*: hostname gate.test\nsmapd: relay-out hub\nsmapd: directory "
                + confinedSpool()
                + "\n"
                + account());
    try (SmapdProcess first = SmapdProcess.start(jars, table)) {
      first.awaitLine(" ready");
      try (SmapdProcess second = SmapdProcess.start(jars, table)) {
        assertThat(second.exitCode()).isEqualTo(69);
        assertThat(second.lines().getLast()).contains("not-started exit=69");
        assertThat(second.lines()).noneMatch(line -> line.contains(" fatal "));
      }
      assertThat(first.terminate()).isZero();
    }
  }

  @Test
  void confinedItDeliversWhatItTakesOverAndIsNobodyElse() throws Exception {
    assumeThat(isRoot()).as("this test needs root").isTrue();
    Path spool = confinedSpool();
    try (TestHub hub = new TestHub();
        Collector collector = collector(folder.resolve("build"))) {
      String first = commit(collector, "before the start");
      moveIn(spool);
      Path table =
          table(
              """
              *: hostname gate.test
              smap, smapd: directory %s
              smapd: userid %d
              smapd: groupid %d
              smapd: wakeup 3600
              smapd: local-domains in.test
              smapd: relay localhost:%d
              """
                  .formatted(spool, SMAPD, SMAPD, hub.port()));
      try (SmapdProcess smapd = SmapdProcess.start(jars, table)) {
        smapd.awaitLine("delivered id=" + first);
        String second = commit(collector, "inotify inside the jail");
        moveIn(spool);
        smapd.awaitLine("delivered id=" + second);
        assertThat(Path.of("/proc/" + smapd.pid() + "/root").toRealPath())
            .isEqualTo(spool.toRealPath());
        assertThat(new HashSet<>(smapd.statusOfThreads("Uid", "Gid", "Groups", "CapEff")))
            .isEqualTo(
                Set.of(
                    "Uid: 64002 64002 64002 64002",
                    "Gid: 64002 64002 64002 64002",
                    "Groups:  ",
                    "CapEff: 0000000000000000"));
        assertThat(smapd.lines()).anyMatch(line -> line.contains("confined"));
        assertThat(smapd.terminate()).isZero();
      }
      assertThat(hub.messages).hasSize(2);
    }
  }

  /** What smap would have written, under smap's account. */
  private void moveIn(Path spool) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("build/new"))) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", SMAP);
        Files.setAttribute(file, "unix:gid", SMAPD);
        Files.move(file, spool.resolve("new").resolve(file.getFileName()));
      }
    }
  }

  private Path confinedSpool() throws IOException {
    Path spool = Files.createDirectory(folder.resolve("spool"));
    for (Path path = spool; path.startsWith(folder); path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    own(spool.resolve("tmp"), SMAP, 02700);
    own(spool.resolve("new"), SMAP, 02770);
    own(spool.resolve("queue"), SMAPD, 0700);
    own(spool.resolve("bad"), SMAPD, 0700);
    return spool;
  }

  private static void own(Path path, int user, int mode) throws IOException {
    Files.createDirectory(path);
    Files.setAttribute(path, "unix:uid", user);
    Files.setAttribute(path, "unix:gid", SMAPD);
    Files.setAttribute(path, "unix:mode", mode);
  }

  @Test
  void killedAtAnyMomentItLosesNothing() throws Exception {
    assumeThat(isRoot()).as("this test needs root").isTrue();
    Path spool = confinedSpool();
    int messages = 300;
    int workers = 6;
    GreenMail hub = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    hub.setUser("a@in.test", "a", "a");
    hub.start();
    try (Collector collector = collector(folder.resolve("build"))) {
      Path table =
          table(
              """
              *: hostname gate.test
              smap, smapd: directory %s
              smapd: userid %d
              smapd: groupid %d
              smapd: wakeup 1
              smapd: local-domains in.test
              smapd: relay 127.0.0.1:%d
              smapd: maxchildren %d
              """
                  .formatted(spool, SMAPD, SMAPD, hub.getSmtp().getPort(), workers));
      for (int i = 0; i < messages; i++) {
        commit(collector, "number " + i + ".");
      }
      moveIn(spool);
      int deaths = 0;
      while (deaths < 5 && hub.getReceivedMessages().length < messages) {
        int before = hub.getReceivedMessages().length;
        try (SmapdProcess smapd = SmapdProcess.start(jars, table)) {
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(() ->
                  assertThat(hub.getReceivedMessages().length)
                      .as(() -> String.join("\n", smapd.lines()))
                      .isGreaterThanOrEqualTo(Math.min(messages, before + 20)));
          smapd.kill();
          deaths++;
        }
      }
      assertThat(deaths).isGreaterThan(1);
      try (SmapdProcess smapd = SmapdProcess.start(jars, table)) {
        smapd.awaitLine(" ready"); // All may have arrived: a signal before that ends it with 143.
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(distinct(hub)).hasSize(messages));
        assertThat(smapd.terminate()).isZero();
      }
      // Twice only what a worker had under way when it died.
      assertThat(hub.getReceivedMessages().length).isLessThanOrEqualTo(messages + deaths * workers);
    } finally {
      hub.stop();
    }
  }

  private static Set<String> distinct(GreenMail hub) throws Exception {
    Set<String> bodies = new HashSet<>();
    for (var message : hub.getReceivedMessages()) {
      bodies.add(String.valueOf(message.getContent()).strip());
    }
    return bodies;
  }
}
