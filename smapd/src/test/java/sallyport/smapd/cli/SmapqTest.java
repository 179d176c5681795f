package sallyport.smapd.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.smapd.QueueSample.ONE;
import static sallyport.smapd.QueueSample.TEXT;
import static sallyport.smapd.QueueSample.THREE;
import static sallyport.smapd.QueueSample.TWO;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.smapd.QueueSample;
import sallyport.spool.DiskFiles;

/** The command in this process, at a queue that no smapd has. */
@Timeout(120)
class SmapqTest {
  @TempDir Path parent;

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(logged, false);
  private final List<String> asked = new ArrayList<>();
  private Optional<Deque<String>> answers = Optional.empty();
  private Desk.Account account = _ -> {};
  private String input = "";
  private Path directory;
  private Path table;
  private String out = "";
  private String err = "";

  @BeforeEach
  void spool() throws Exception {
    directory = Files.createDirectory(parent.resolve("spool"));
    QueueSample.spool(directory);
    table =
        Files.writeString(
            parent.resolve("table"),
            """
            *: hostname gate.example.com
            smapd: directory %s
            smapd: local-domains in.test
            smapd: relay 127.0.0.1:1
            smapd: relay-out 127.0.0.2:1
            """
                .formatted(directory));
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private int run(String... args) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintWriter(new OutputStreamWriter(octets, UTF_8)),
            octets,
            new PrintWriter(errors, true, UTF_8),
            answers.map(typed ->
                label -> {
                  asked.add(label);
                  return Optional.ofNullable(typed.poll());
                }),
            Clock.systemUTC());
    List<String> all = new ArrayList<>(List.of("--table", table.toString()));
    all.addAll(List.of(args));
    Desk desk = new Desk(streams, account, log, "root (john)", Duration.ofMillis(300));
    int code = Main.run(desk, all.toArray(String[]::new));
    out = octets.toString(ISO_8859_1);
    err = errors.toString(UTF_8);
    return code;
  }

  private void onTerminal(String... typed) {
    answers = Optional.of(new ArrayDeque<>(List.of(typed)));
  }

  private List<String> ids() {
    assertThat(run("list")).isZero();
    return out.lines().map(line -> line.split("\t", 2)[0]).toList();
  }

  @Test
  void aListToAPipeHasTabsAndNoHeads() {
    assertThat(run("list")).isZero();

    assertThat(out.lines().toList()).hasSize(3);
    assertThat(out.lines().toList().get(1).split("\t", -1))
        .hasSize(7)
        .contains(
            TWO, "deferred", "" + TEXT.length(), "mary@out.test", "b@Out.test", "451 4.2.1 busy");
    assertThat(out.lines().toList().get(2)).contains("\t<>\td@in.test\t-");
    assertThat(err).isEmpty();
  }

  @Test
  void aListOnATerminalHasHeadsAndColumns() {
    onTerminal();

    assertThat(run("list")).isZero();

    assertThat(out.lines().toList())
        .hasSize(4)
        .first()
        .asString()
        .matches("ID +STATE +AGE +SIZE +SENDER +RECIPIENT +REASON");
    assertThat(out).contains("3h").contains("2h").doesNotContain("\t");
    assertThat(err).isEqualTo("3 messages.\n");
  }

  @Test
  void aListAsJsonHasAnObjectALine() {
    assertThat(run("list", "--json", "--domain", "out.test")).isZero();

    assertThat(out.lines().toList())
        .singleElement()
        .asString()
        .startsWith("{\"id\": \"" + TWO + "\", \"state\": \"deferred\", \"arrived\": \"20")
        .contains("\"tries\": 1")
        .endsWith(
            "\"sender\": \"mary@out.test\", \"recipients\": [{\"address\": \"b@Out.test\", \"hub\":"
                + " \"127.0.0.2:1\"}], \"reason\": \"451 4.2.1 busy\"}");
  }

  @Test
  void filtersAreJoined() {
    assertThat(run("list", "--age", "90m", "--sender", "*@out.test", "--state", "ready,held"))
        .isZero();
    assertThat(out.lines().toList()).singleElement().asString().startsWith(ONE);

    assertThat(run("list", "--age", "0-90m")).isZero();
    assertThat(out.lines().toList()).singleElement().asString().startsWith(THREE);

    assertThat(run("list", "--hub", "127.0.0.9")).isZero();
    assertThat(out).isEmpty();
    assertThat(err).isEqualTo("No messages.\n");
  }

  @Test
  void aMessageIsShown() {
    assertThat(run("show", TWO)).isZero();

    assertThat(out)
        .containsPattern("(?m)^Id: +" + TWO + "$")
        .containsPattern("(?m)^State: +deferred, tried 1 times, next at 20")
        .containsPattern("(?m)^Sender: +mary@out.test$")
        .containsPattern("(?m)^Recipient: +b@Out.test by 127.0.0.2:1$")
        .containsPattern("(?m)^Client: +192.0.2.7$")
        .containsPattern("(?m)^History:\n  try 1 failed, next at .*451 4.2.1 busy$")
        .doesNotContain("Subject");
    assertThat(run("show", TWO, "--header")).isZero();
    assertThat(out).contains("Subject: J\u00e4nner\r\n").doesNotContain("body\r\n");
    assertThat(run("show", TWO, "--body")).isZero();
    assertThat(out).endsWith(TEXT);
    assertThat(run("show", TWO, "--json", "--header")).isZero();
    assertThat(out).contains("\"facts\": {\"file\": \"queue/", "\"header\": \"From: john@out.test");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThat(run("show", "0123456789abcdef-9")).isEqualTo(1);
    assertThat(err).isEqualTo("0123456789abcdef-9: no such message\n");
    assertThat(run("list", "0123456789abcdef-9")).isEqualTo(1);
    assertThat(run("hold", ONE, "0123456789abcdef-9")).isEqualTo(1);
    assertThat(out).isEqualTo(ONE + " held\n");
    assertThat(err).isEqualTo("0123456789abcdef-9: no such message\n");
    assertThat(run("export", "0123456789abcdef-9")).isEqualTo(1);
    assertThat(out).isEmpty();
  }

  @Test
  void whatIsDoneIsSaidByMessageOrCounted() {
    assertThat(run("hold", ONE, TWO)).isZero();
    assertThat(out).isEqualTo(ONE + " held\n" + TWO + " held\n");

    assertThat(run("hold", "all")).isZero();
    assertThat(out).isEqualTo("1 message held.\n");

    assertThat(run("release", "--sender", "*", "--verbose")).isZero();
    assertThat(out.lines().toList())
        .containsExactlyInAnyOrder(ONE + " released", TWO + " released", THREE + " released");

    assertThat(run("retry", "all", "--json")).isZero();
    assertThat(out)
        .contains(
            "{\"id\": \""
                + ONE
                + "\", \"action\": \"retry\", \"result\": \"done\", \"detail\": \"\"}\n");
  }

  @Test
  void idsComeFromStandardInputToo() {
    input = ONE + "\tready\twhatever\n\n" + THREE + "\n";

    assertThat(run("hold", "-")).isZero();

    assertThat(out).isEqualTo(ONE + " held\n" + THREE + " held\n");
  }

  @Test
  void nothingIsRemovedWithoutConsent() {
    assertThat(run("remove", "all")).isEqualTo(ExitCode.USAGE.number());
    assertThat(err).isEqualTo("smapq: no terminal to ask on; expected --yes\n");

    onTerminal("no");
    assertThat(run("remove", "all")).isEqualTo(1);
    assertThat(asked).containsExactly("Remove 3 messages (2 ready, 1 deferred)? [y/N] ");
    assertThat(err).isEqualTo("Nothing was done.\n");

    onTerminal();
    assertThat(run("bounce", ONE)).isEqualTo(1);
    answers = Optional.empty();
    assertThat(ids()).containsExactly(ONE, TWO, THREE);
  }

  @Test
  void whatIsRemovedWithConsentIsGone() {
    onTerminal("y");
    assertThat(run("remove", TWO)).isZero();
    assertThat(out).isEqualTo(TWO + " removed\n");

    answers = Optional.empty();
    assertThat(ids()).containsExactly(ONE, THREE);
    assertThat(run("remove", "all", "--yes")).isZero();
    assertThat(out).isEqualTo("2 messages removed.\n");
    assertThat(ids()).isEmpty();
    log.flush(Duration.ofSeconds(5));
    assertThat(logged.toString(UTF_8))
        .contains("by-hand action=remove id=" + TWO + " by=\"root (john)\"");
  }

  @Test
  void whatIsBouncedIsReturned() {
    assertThat(run("bounce", ONE, "--yes")).isZero();
    assertThat(out).isEqualTo(ONE + " bounced\n");

    assertThat(run("list", "--recipient", "john@out.test")).isZero();
    assertThat(out.lines().toList()).singleElement().asString().startsWith(ONE + "-b");
  }

  @Test
  void anExportedMessageHasItsOctets() throws IOException {
    assertThat(run("export", ONE)).isZero();
    assertThat(out).isEqualTo(TEXT);

    Path file = parent.resolve("one.eml");
    assertThat(run("export", ONE, "-o", file.toString())).isZero();
    assertThat(Files.readString(file, ISO_8859_1)).isEqualTo(TEXT);
    assertThat(run("export", ONE, "-o", file.toString()))
        .isEqualTo(ExitCode.CANNOT_CREATE.number());
    assertThat(err).contains("there is one already");
  }

  @Test
  void anExportThatFailsLeavesNoFile() {
    Path file = parent.resolve("nine.eml");

    assertThat(run("export", "0123456789abcdef-9", "-o", file.toString())).isEqualTo(1);

    assertThat(file).doesNotExist();
  }

  @Test
  void statsHaveADomainARow() {
    assertThat(run("stats")).isZero();
    assertThat(out)
        .isEqualTo(
            """
            TOTAL\t3\t0\t0\t0\t0\t1\t1\t1\t0\t0\t0
            in.test\t2\t0\t0\t0\t0\t1\t0\t1\t0\t0\t0
            out.test\t1\t0\t0\t0\t0\t0\t1\t0\t0\t0\t0
            """);

    onTerminal();
    assertThat(run("stats", "--by", "sender", "--state", "ready")).isZero();
    assertThat(out.lines().toList())
        .hasSize(4)
        .first()
        .asString()
        .matches("SENDER +T +5 +10 +20 +40 +80 +160 +320 +640 +1280 +1280\\+");

    answers = Optional.empty();
    assertThat(run("stats", "--json", "--by", "state")).isZero();
    assertThat(out).contains("{\"state\": \"deferred\", \"total\": 1, \"ages\": {\"5\": 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "explode",
        "hold",
        "hold john",
        "hold all --state held",
        "hold 0123456789abcdef-1 all",
        "list --state sleeping",
        "list --age 4",
        "list --age 4h-",
        "list --domain a/b",
        "list --colour red",
        "stats --by colour",
        "show",
        "show ../x",
        "show 0123456789abcdef-1 --json --body",
        "export 0123456789abcdef-1 0123456789abcdef-2",
        "remove all",
      })
  void wrongArgumentsGetOneLine(String args) {
    assertThat(run(args.isEmpty() ? new String[0] : args.split(" ", -1)))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(err.lines().toList()).singleElement().asString().startsWith("smapq: ");
    assertThat(out).isEmpty();
  }

  @Test
  void aTableThatIsNotThereOrWrongIsSaid() throws IOException {
    Files.writeString(table, "smapd: relay\n");
    assertThat(run("list")).isEqualTo(ExitCode.CONFIG.number());
    Files.delete(table);
    assertThat(run("list")).isEqualTo(ExitCode.NO_INPUT.number());
    assertThat(err.lines().toList()).hasSize(1);
  }

  @Test
  void anotherAccountIsRefused() {
    account =
        _ -> {
          throw new StartupException(ExitCode.NO_PERMISSION, "not smapd's account");
        };

    assertThat(run("list")).isEqualTo(ExitCode.NO_PERMISSION.number());
    assertThat(err).isEqualTo("smapq: not smapd's account\n");
  }

  @Test
  void whileAnotherHasTheQueueThatIsSaid() throws IOException {
    try (var _ = new DiskFiles().lock(directory.resolve("queue/.lock"))) {
      assertThat(run("list")).isEqualTo(ExitCode.UNAVAILABLE.number());
    }
    assertThat(err.lines().toList()).singleElement().asString().contains("starting or stopping");
    assertThat(run("list")).isZero();
  }

  @Test
  void helpAndCompletionArePrinted() {
    assertThat(run("--help")).isZero();
    assertThat(out).contains("list", "requeue", "Exit codes");
    assertThat(run("hold", "--help")).isZero();
    assertThat(out).contains("ID|all|-", "--domain");
    assertThat(run("completion")).isZero();
    assertThat(out).contains("complete -F").contains("requeue");
  }

  @Test
  void whoAskedIsOneHarmlessName() {
    assertThat(Main.who(Optional.of("john"), "root")).isEqualTo("root (john)");
    assertThat(Main.who(Optional.empty(), "smapd")).isEqualTo("smapd");
    assertThat(Main.who(Optional.of("j\nx"), "a b")).isEqualTo("?");
  }

  @Test
  void textOfStrangersCannotSteerATerminal() throws IOException {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    try (CleanText clean = new CleanText(shown)) {
      clean.write("a\u001b[2J\u009bb\r\nJ\u00e4nner \u20ac\t\u007f".getBytes(UTF_8));
      clean.write(0xC2);
    }

    assertThat(shown.toString(UTF_8)).isEqualTo("a?[2J?b\nJ\u00e4nner \u20ac\t??");
    assertThat(Shown.text("a\u001b[2J\n\u202eb")).isEqualTo("a?[2J; ?b");
  }
}
