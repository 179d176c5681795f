package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says about two daemons that were started as root. */
class ConfinedIT {
  private static final Set<String> FIELDS =
      Set.of("Uid:", "Gid:", "Groups:", "CapEff:", "CapPrm:", "NoNewPrivs:", "Seccomp:");
  private static final String NO_CAPABILITIES = "0000000000000000";

  @TempDir Path folder;

  @BeforeEach
  void needsRoot() throws IOException {
    Needs.root();
  }

  @Test
  void messageCrossesTwoJailsUnderTwoAccounts() throws Exception {
    Needs.programs("swaks");
    try (GreenMailHub hub = new GreenMailHub();
        Gateway gateway = new Gateway(folder).relay(hub.port())) {
      Child smap = gateway.smap();
      Path message = Files.write(folder.resolve("m"), Samples.octets(Samples.awkward("confined")));
      Peer.SWAKS.send(Gateway.port(smap), "ann@outside.example", "john@" + Gateway.DOMAIN, message);
      assertCommittedFileIs(gateway);
      Child smapd = gateway.smapd();
      assertThat(Hub.below(hub.await("confined")))
          .isEqualTo(hub.keeps(Samples.awkward("confined")));
      assertConfined(smap, gateway, Gateway.SMAP);
      assertConfined(smapd, gateway, Gateway.SMAPD);
    }
  }

  private static void assertCommittedFileIs(Gateway gateway) throws IOException {
    List<String> names = gateway.in("new");
    assertThat(names).hasSize(1).allMatch(name -> name.endsWith(".batch"));
    Map<String, Object> facts =
        Files.readAttributes(
            gateway.spool().resolve("new").resolve(names.getFirst()),
            "unix:uid,gid,permissions,nlink",
            LinkOption.NOFOLLOW_LINKS);
    assertThat(facts)
        .containsEntry("uid", Gateway.SMAP)
        .containsEntry("gid", Gateway.SMAPD)
        .containsEntry("permissions", PosixFilePermissions.fromString("rw-r-----"))
        .containsEntry("nlink", 1);
  }

  private static void assertConfined(Child daemon, Gateway gateway, int account)
      throws IOException {
    Path process = Path.of("/proc", String.valueOf(daemon.pid()));
    String root = Files.readSymbolicLink(process.resolve("root")).toString();
    assertThat(root).isEqualTo(gateway.spool().toRealPath().toString());
    assertThat(Files.readSymbolicLink(process.resolve("cwd")).toString()).isEqualTo(root);
    Set<String> said = new TreeSet<>();
    int threads = 0;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      for (Path task : tasks.toList()) {
        threads++;
        Map<String, String> status = status(task);
        assertThat(status.get("Uid:")).isEqualTo("%1$d %1$d %1$d %1$d".formatted(account));
        assertThat(status.get("Gid:")).isEqualTo("%1$d %1$d %1$d %1$d".formatted(account));
        assertThat(status.get("Groups:")).isEmpty();
        assertThat(status.get("CapEff:")).isEqualTo(NO_CAPABILITIES);
        assertThat(status.get("CapPrm:")).isEqualTo(NO_CAPABILITIES);
        if (account == Gateway.SMAP) {
          assertThat(status).containsEntry("NoNewPrivs:", "1").containsEntry("Seccomp:", "2");
        }
        assertThat(Files.readSymbolicLink(task.resolve("root")).toString()).isEqualTo(root);
        said.add(status.toString());
      }
    }
    assertThat(threads).isGreaterThan(5);
    System.out.println(process + "/root -> " + root);
    System.out.println("  " + threads + " threads, each " + String.join(" | ", said));
  }

  private static Map<String, String> status(Path task) throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(task.resolve("status"))) {
      String key = line.split("\\s", 2)[0];
      if (FIELDS.contains(key)) {
        found.put(key, line.substring(key.length()).strip().replaceAll("\\s+", " "));
      }
    }
    return found;
  }

  @Test
  void noOpenFolderLeadsOutOfTheJail() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      for (Child daemon : List.of(gateway.smap(), gateway.smapd())) {
        Path descriptors = Path.of("/proc", String.valueOf(daemon.pid()), "fd");
        try (Stream<Path> all = Files.list(descriptors)) {
          assertThat(all.toList())
              .filteredOn(Files::isDirectory)
              .allSatisfy(
                  open -> assertThat(Files.readSymbolicLink(open)).startsWith(gateway.spool()));
        }
      }
    }
  }

  @Test
  void rootWithoutUseridIsRefused() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      gateway.without("smap: userid").without("smap: groupid");
      assertRefused(gateway.launch("smap"), 78, "userid", "root never serves");
    }
  }

  @Test
  void spoolFolderOfAnotherAccountIsRefused() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Path queue = gateway.spool().resolve("queue");
      Files.setAttribute(queue, "unix:uid", Gateway.SMAP);
      assertRefused(
          gateway.launch("smapd"),
          77,
          queue.toString(),
          String.valueOf(Gateway.SMAP),
          "expected",
          String.valueOf(Gateway.SMAPD));
    }
  }

  @Test
  void spoolFolderOpenToAllIsRefused() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Path arrivals = gateway.spool().resolve("new");
      Files.setAttribute(arrivals, "unix:mode", 02777);
      assertRefused(gateway.launch("smap"), 77, arrivals.toString(), "2777", "expected", "2770");
    }
  }

  @Test
  void transferDirectoryOfSmapIsRefused() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Files.setAttribute(gateway.spool(), "unix:uid", Gateway.SMAP);
      assertRefused(gateway.launch("smap"), 77, gateway.spool().toString(), "expected", "0");
    }
  }

  private static void assertRefused(Child daemon, int code, String... texts) throws Exception {
    assertThat(daemon.awaitExit(Duration.ofSeconds(30))).as(daemon.text()).isEqualTo(code);
    List<String> refusals = daemon.events("not-started");
    assertThat(refusals).as(daemon.text()).hasSize(1);
    assertThat(refusals.getFirst()).contains("exit=" + code).contains(texts);
    assertThat(daemon.text()).doesNotContain("\tat ").doesNotContain("ready");
  }
}
