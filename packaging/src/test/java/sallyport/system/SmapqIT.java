package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An administrator at the queue of a real smapd whose hub is down, then up. */
class SmapqIT {
  private static final Duration LOG_TIME = Duration.ofSeconds(30);
  private static final Duration COMMAND_TIME = Duration.ofSeconds(60);
  private static final String SENDER = "ann@outside.example";
  private static final String OTHER_ACCOUNT = "61001";

  @TempDir Path folder;
  private final List<RecordingHub.Taken> inside = new CopyOnWriteArrayList<>();
  private final List<RecordingHub.Taken> outside = new CopyOnWriteArrayList<>();

  private record Answer(int code, List<String> lines) {
    String text() {
      return String.join("\n", lines);
    }
  }

  @BeforeEach
  void needsRoot() throws Exception {
    Needs.root();
  }

  private static Answer smapq(Gateway gateway, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(Gateway.program("smapq")));
    command.addAll(List.of("--table", gateway.table().toString()));
    command.addAll(List.of(args));
    return run(command);
  }

  private static Answer run(List<String> command) throws Exception {
    try (Child child = Child.start(command)) {
      int code = child.awaitExit(COMMAND_TIME);
      System.out.println("$ " + String.join(" ", command.subList(3, command.size())));
      System.out.println(child.text());
      return new Answer(code, child.lines());
    }
  }

  private static String send(int port, String to, String token) throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      return Wire.queueId(
          wire.message(SENDER, to + "@" + Gateway.DOMAIN, Samples.header(token) + "Text."));
    }
  }

  private Gateway gateway(int hub, int out) throws Exception {
    return new Gateway(folder)
        .without("smapd: retry")
        .line("smapd: retry 600 4000")
        .line("smapd: relay-out 127.0.0.1:" + out)
        .relay(hub);
  }

  @Test
  void theQueueOfARunningSmapdIsSeenAndMoved() throws Exception {
    int port = Ports.free();
    try (RecordingHub out = new RecordingHub(0, outside::add);
        Gateway gateway = gateway(port, out.port())) {
      int smap = Gateway.port(gateway.smap());
      Child smapd = gateway.smapd();
      String john = send(smap, "john", "one");
      smapd.awaitEvent(LOG_TIME, "hub-down");
      String mary = send(smap, "mary", "two");
      String paul = send(smap, "paul", "three");
      String rita = send(smap, "rita", "four");
      smapd.awaitEvent(LOG_TIME, "taken", rita);

      isListed(gateway, john, mary, paul, rita);
      isShown(gateway, john);
      isExported(gateway, john);
      assertThat(smapq(gateway, "hold", mary, john)).extracting(Answer::code).isEqualTo(0);
      assertThat(gateway.in("bad")).contains(mary + ".msg", john + ".msg");
      assertThat(smapq(gateway, "list", "--state", "held").lines()).hasSize(2);
      assertThat(smapq(gateway, "release", john).lines()).containsExactly(john + " released");
      assertThat(smapq(gateway, "remove", "--recipient", "paul@*").code()).isEqualTo(64);
      assertThat(smapq(gateway, "remove", "--recipient", "paul@*", "--yes").lines())
          .containsExactly("1 message removed.");
      assertThat(smapq(gateway, "bounce", rita, "--yes").lines())
          .containsExactly(rita + " bounced");
      Awaitility.await().atMost(LOG_TIME).until(() -> outside.size() == 1);
      assertThat(outside.getFirst().text()).contains("rita@" + Gateway.DOMAIN, "administrator");

      try (RecordingHub hub = new RecordingHub(port, inside::add)) {
        assertThat(smapq(gateway, "retry", "all").lines())
            .containsExactly("1 message to be tried now.");
        smapd.awaitEvent(LOG_TIME, "delivered", john);
        assertThat(smapq(gateway, "requeue", mary).lines()).containsExactly(mary + " requeued");
        smapd.awaitEvent(LOG_TIME, "delivered", mary);
        assertThat(hub.port()).isEqualTo(port);
      }
      gateway.awaitEmpty("queue", "bad");
      assertThat(smapq(gateway, "list").lines()).containsExactly("No messages.");
      assertThat(inside).hasSize(2);
      assertThat(smapd.events("by-hand")).hasSize(7).allMatch(line -> line.contains("by=root"));
    }
  }

  private static void isListed(Gateway gateway, String... ids) throws Exception {
    assertThat(smapq(gateway, "list").lines()).hasSize(4);
    for (int i = 0; i < ids.length; i++) {
      assertThat(smapq(gateway, "list", ids[i], "--json").text())
          .contains("\"state\": \"hub-down\"");
    }
    assertThat(smapq(gateway, "list", "--hub", "127.0.0.1", "--recipient", "mary@*").lines())
        .singleElement()
        .asString()
        .startsWith(ids[1] + "\thub-down\t");
    assertThat(smapq(gateway, "list", "--domain", "example.net").lines())
        .containsExactly("No messages.");
    assertThat(smapq(gateway, "stats").lines())
        .containsExactly(
            "TOTAL\t4\t4\t0\t0\t0\t0\t0\t0\t0\t0\t0",
            Gateway.DOMAIN + "\t4\t4\t0\t0\t0\t0\t0\t0\t0\t0\t0");
    assertThat(smapq(gateway, "list", "0123456789abcdef-1").code()).isEqualTo(1);
  }

  private static void isShown(Gateway gateway, String id) throws Exception {
    assertThat(smapq(gateway, "show", id, "--body").text())
        .contains(id, "hub-down", "john@" + Gateway.DOMAIN, "X-Token: one", "Text.");
  }

  private void isExported(Gateway gateway, String id) throws Exception {
    Path file = folder.resolve("one.eml");
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "exec \"$0\" -t \"$1\" export \"$2\" > \"$3\"",
            Gateway.program("smapq"),
            gateway.table().toString(),
            id,
            file.toString());
    assertThat(run(command).code()).isZero();
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .startsWith("Received: ")
        .endsWith(Samples.header("one") + "Text.\r\n");
  }

  @Test
  void theQueueOfAStoppedSmapdIsSeenAndMovedOnItsFiles() throws Exception {
    int port = Ports.free();
    try (Gateway gateway = gateway(port, Ports.free())) {
      int smap = Gateway.port(gateway.smap());
      Child smapd = gateway.smapd();
      String john = send(smap, "john", "one");
      String mary = send(smap, "mary", "two");
      smapd.awaitEvent(LOG_TIME, "taken", mary);
      smapd.awaitEvent(LOG_TIME, "hub-down");
      smapd.terminate();
      assertThat(smapd.awaitExit(Gateway.STOP_TIME)).isZero();
      send(smap, "paul", "three");

      Answer list = smapq(gateway, "list");
      assertThat(list.text()).contains(john, mary, "1 files in new/ are not taken over yet.");
      Answer removed = smapq(gateway, "remove", john, "--yes");
      assertThat(removed.text()).contains(john + " removed", "by-hand action=remove id=" + john);
      assertThat(smapq(gateway, "hold", mary).code()).isZero();

      try (RecordingHub hub = new RecordingHub(port, inside::add)) {
        Child again = gateway.smapd();
        assertThat(smapq(gateway, "release", "all").lines()).containsExactly("1 message released.");
        again.awaitEvent(LOG_TIME, "delivered", mary);
        Awaitility.await().atMost(LOG_TIME).until(() -> inside.size() == 2);
        assertThat(hub.port()).isEqualTo(port);
      }
    }
  }

  @Test
  void whoIsNotSmapdsAccountIsRefused() throws Exception {
    try (Gateway gateway = gateway(9, 9)) {
      gateway.smapd();
      List<String> command = new ArrayList<>(List.of(Needs.program("setpriv")));
      command.addAll(List.of("--reuid", OTHER_ACCOUNT, "--regid", OTHER_ACCOUNT, "--clear-groups"));
      command.addAll(
          List.of(Gateway.program("smapq"), "--table", gateway.table().toString(), "list"));

      Answer answer = run(command);

      assertThat(answer.code()).isEqualTo(77);
      assertThat(answer.lines()).singleElement().asString().startsWith("smapq: ");
    }
  }

  @Test
  void aSecondSmapdEndsAtOnceAndSaysWhy() throws Exception {
    try (Gateway gateway = gateway(9, 9)) {
      gateway.smapd();
      Child second = gateway.launch("smapd");

      assertThat(second.awaitExit(Gateway.START_TIME)).isEqualTo(69);
      assertThat(second.events("not-started"))
          .singleElement()
          .asString()
          .contains("another process listens there");
      assertThat(smapq(gateway, "list").code()).isZero();
    }
  }
}
