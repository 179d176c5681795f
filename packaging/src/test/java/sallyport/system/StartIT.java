package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that cannot start says why in one line, and its exit code is the documented one. */
class StartIT {
  private static final Duration END_TIME = Duration.ofSeconds(40);

  @TempDir Path folder;

  @Test
  void tableWithThreeErrorsShowsThreeLines() throws Exception {
    Path table = folder.resolve("netperm-table");
    Files.writeString(
        table,
        """
        *:           hostname gateway.example
        smap:        timeout soon
        smap, smapd: directory spool
        smap:        permit-host 127.0.0.1
        smap:        listen 127.0.0.1:0
        """,
        StandardCharsets.US_ASCII);
    try (Child smap = run("smap", table)) {
      assertThat(smap.awaitExit(END_TIME)).isEqualTo(78);
      assertThat(smap.lines()).as(smap.text()).hasSize(3);
      assertThat(smap.lines().get(0)).startsWith(table + ":2: error: ").contains("timeout");
      assertThat(smap.lines().get(1)).startsWith(table + ":3: error: ").contains("directory");
      assertThat(smap.lines().get(2))
          .startsWith(table + ":4: error: ")
          .contains("permit-host")
          .contains("permit-hosts");
    }
  }

  @Test
  void missingTableIsOneLine() throws Exception {
    Path table = folder.resolve("no-such-table");
    for (String program : List.of("smap", "smapd")) {
      try (Child daemon = run(program, table)) {
        assertThat(daemon.awaitExit(END_TIME)).isEqualTo(66);
        assertThat(daemon.lines()).hasSize(1);
        assertThat(daemon.text()).contains(table.toString(), "no such file");
      }
    }
  }

  @Test
  void unknownArgumentIsOneLine() throws Exception {
    try (Child smap = Child.start(List.of(Gateway.program("smap"), "--fast"))) {
      assertThat(smap.awaitExit(END_TIME)).isEqualTo(64);
      assertThat(smap.lines()).hasSize(1);
      assertThat(smap.text()).contains("--fast");
    }
  }

  @Test
  void takenPortNamesTheLineOfTheTable() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Gateway gateway = new Gateway(folder).relay(9)) {
      gateway.without("smap: listen");
      String listen = "127.0.0.1:" + taken.getLocalPort();
      gateway.line("smap: listen " + listen);
      Child smap = gateway.launch("smap");
      String line = Integer.toString(Files.readAllLines(gateway.table()).size());
      assertOneRefusal(
          smap, 69, gateway.table() + ":" + line, "listen " + listen, "address already in use");
    }
  }

  @Test
  void spoolThatCannotBeWrittenIsOneLine() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (String program : List.of("smap", "smapd")) {
      try (Gateway gateway = new Gateway(folder).relay(9)) {
        gateway.without("smap, smapd: directory");
        gateway.line("smap, smapd: directory " + file);
        assertOneRefusal(gateway.launch(program), 77, file.toString());
      }
    }
  }

  @Test
  void missingSpoolFolderIsOneLine() throws Exception {
    Needs.root();
    for (String program : List.of("smap", "smapd")) {
      try (Gateway gateway = new Gateway(folder).relay(9)) {
        Path missing = gateway.spool().resolve(program.equals("smap") ? "tmp" : "bad");
        Files.delete(missing);
        assertOneRefusal(gateway.launch(program), 77, missing.toString(), "expected");
      }
    }
  }

  @Test
  void checkOfGoodTableExitsWithZero() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      gateway.launch("smap").close();
      for (String program : List.of("smap", "smapd")) {
        List<String> lines =
            Child.run(
                END_TIME,
                new byte[0],
                Gateway.program(program),
                "--check",
                "--table",
                gateway.table().toString());
        assertThat(lines).last().asString().isEqualTo(gateway.table() + ": ok");
      }
    }
  }

  private static Child run(String program, Path table) throws Exception {
    return Child.start(List.of(Gateway.program(program), "--table", table.toString()));
  }

  private static void assertOneRefusal(Child daemon, int code, String... texts) throws Exception {
    assertThat(daemon.awaitExit(END_TIME)).as(daemon.text()).isEqualTo(code);
    List<String> refusals = daemon.events("not-started");
    assertThat(refusals).as(daemon.text()).hasSize(1);
    assertThat(refusals.getFirst()).contains("exit=" + code).contains(texts);
    assertThat(daemon.text()).doesNotContain("\tat ").doesNotContain("Exception");
  }
}
