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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says about two daemons that were started as root. */
class ConfinedIT {
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
      Path message =
          Files.write(folder.resolve("m"), Samples.octets(Samples.awkwardInAscii("confined")));
      Peer.SWAKS.send(Gateway.port(smap), "ann@outside.example", "john@" + Gateway.DOMAIN, message);
      assertCommittedFileIs(gateway);
      Child smapd = gateway.smapd();
      assertThat(Hub.below(hub.await("confined")))
          .isEqualTo(hub.keeps(Samples.awkwardInAscii("confined")));
      Confined.assertConfined(smap, gateway.spool(), Gateway.SMAP);
      Confined.assertConfined(smapd, gateway.spool(), Gateway.SMAPD);
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

  @Test
  void noOpenFolderLeadsOutOfTheJail() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      for (Child daemon : List.of(gateway.smap(), gateway.smapd())) {
        Confined.assertNoOpenFolderOutside(daemon, gateway.spool());
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
