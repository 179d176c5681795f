package sallyport.smapd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.daemon.UnixListener;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.ControlClient;
import sallyport.smapd.control.ControlDoor;
import sallyport.smapd.control.Details;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.Filter;
import sallyport.smapd.control.Part;
import sallyport.smapd.control.Result;
import sallyport.smapd.control.Selection;
import sallyport.smapd.control.State;
import sallyport.spool.QueueId;

/** The same queue, the same questions, the same answers: through the socket and on the files. */
@Timeout(120)
class AdministrationTest {
  private static final Selection ALL = new Selection.Matching(Filter.ALL);
  private static final String ONE = QueueSample.ONE;
  private static final String TWO = QueueSample.TWO;
  private static final String THREE = QueueSample.THREE;
  private static final String TEXT = QueueSample.TEXT;

  /** How the administrator comes to the queue. */
  enum Through {
    FILES,
    SOCKET
  }

  @TempDir Path directory;

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(logged, false);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Administration administration;

  private void open(Through through) throws Exception {
    QueueSample.spool(directory);
    Table table =
        Table.parse(
            "t",
            """
            smapd: hostname gateway.test
            smapd: directory %s
            smapd: local-domains in.test
            smapd: relay 127.0.0.1:1
            smapd: relay-out 127.0.0.2:1
            """
                .formatted(directory));
    Settings settings = Settings.of(table, "smapd");
    DaemonConfig daemon = DaemonConfig.of(settings);
    SmapdConfig config = SmapdConfig.of(settings, directory);
    assertThat(settings.problems()).isEmpty();
    Administration files = OfflineQueue.open(config, daemon, log);
    opened.add(files);
    administration = files;
    if (through == Through.SOCKET) {
      Path socket = directory.resolve("queue").resolve(ControlDoor.SOCKET);
      UnixListener listener = UnixListener.bindForOwner(socket, Optional.empty());
      ControlDoor.rehearse(listener);
      ControlDoor door = new ControlDoor(listener, listener.owner(), files, log);
      door.open();
      opened.addFirst(door);
      administration = ControlClient.connect(socket, Duration.ofSeconds(20));
      opened.addFirst(administration);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    log.close();
  }

  private List<Entry> list(Selection which) throws IOException {
    List<Entry> entries = new ArrayList<>();
    administration.list(which, entries::add);
    return entries;
  }

  private List<String> states() throws IOException {
    return list(ALL).stream().map(entry -> entry.id() + " " + entry.state()).toList();
  }

  private static Selection ids(String... ids) {
    return new Selection.Ids(Stream.of(ids).map(QueueId::parse).toList());
  }

  private static Selection matching(String... criteria) {
    return Selection.parse(List.of(criteria)).orElseThrow();
  }

  private List<String> act(Action action, Selection which) throws IOException {
    List<String> results = new ArrayList<>();
    administration.act(
        action,
        which,
        "root (john)",
        result ->
            results.add(
                (result.id() + " " + result.kind().word() + " " + result.detail()).strip()));
    return results;
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitsIsListedOldestFirst(Through through) throws Exception {
    open(through);

    List<Entry> entries = list(ALL);

    assertThat(entries).extracting(Entry::id).containsExactly(ONE, TWO, THREE);
    assertThat(entries)
        .extracting(Entry::state)
        .containsExactly(State.READY, State.DEFERRED, State.READY);
    assertThat(entries)
        .extracting(Entry::sender)
        .containsExactly("john@out.test", "mary@out.test", "");
    assertThat(entries).extracting(Entry::size).containsOnly((long) TEXT.length());
    assertThat(entries.get(1).reason()).isEqualTo("451 4.2.1 busy");
    assertThat(entries.get(1).tries()).isEqualTo(1);
    assertThat(entries.get(1).next().orElseThrow())
        .isBetween(Instant.now().plusSeconds(400), Instant.now().plusSeconds(601));
    assertThat(entries.get(1).recipients())
        .containsExactly(new Entry.Recipient("b@Out.test", "127.0.0.2:1"));
    assertThat(entries.get(2).recipients())
        .as("who has it does not wait")
        .containsExactly(new Entry.Recipient("d@in.test", "127.0.0.1:1"));
  }

  @ParameterizedTest
  @EnumSource
  void filtersChoose(Through through) throws Exception {
    open(through);

    assertThat(list(matching("domain=out.test"))).extracting(Entry::id).containsExactly(TWO);
    assertThat(list(matching("sender=<>"))).extracting(Entry::id).containsExactly(THREE);
    assertThat(list(matching("least=7000"))).extracting(Entry::id).containsExactly(ONE, TWO);
    assertThat(list(matching("most=7000"))).extracting(Entry::id).containsExactly(THREE);
    assertThat(list(matching("state=deferred"))).extracting(Entry::id).containsExactly(TWO);
    assertThat(list(matching("state=held"))).isEmpty();
    assertThat(list(matching("hub=127.0.0.1"))).extracting(Entry::id).containsExactly(ONE, THREE);
    assertThat(list(ids(THREE, "0123456789abcdef-9", ONE)))
        .extracting(Entry::id)
        .containsExactly(THREE, ONE);
  }

  @ParameterizedTest
  @EnumSource
  void aMessageIsShownWithEnvelopeAndHistory(Through through) throws Exception {
    open(through);

    Details details = administration.show(QueueId.parse(TWO)).orElseThrow();

    assertThat(details.entry().id()).isEqualTo(TWO);
    assertThat(details.facts())
        .contains(
            new Details.Fact("client", "192.0.2.7"),
            new Details.Fact("name", "client.test"),
            new Details.Fact("helo", "helo.test"));
    assertThat(details.history()).singleElement().asString().contains("try 1", "451 4.2.1 busy");
    assertThat(administration.show(QueueId.parse(THREE)).orElseThrow().history())
        .singleElement()
        .isEqualTo("c@in.test delivered: 250 ok");
    assertThat(administration.show(QueueId.parse("0123456789abcdef-9"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theOctetsAreThoseThatCame(Through through) throws Exception {
    open(through);
    act(Action.HOLD, ids(THREE));

    for (String id : List.of(ONE, THREE)) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      assertThat(administration.write(QueueId.parse(id), Part.MESSAGE, whole)).isEmpty();
      assertThat(administration.write(QueueId.parse(id), Part.HEADER, header)).isEmpty();

      assertThat(whole.toString(ISO_8859_1)).isEqualTo(TEXT);
      assertThat(header.toString(ISO_8859_1)).isEqualTo(TEXT.substring(0, TEXT.indexOf(".dot")));
    }
    assertThat(
            administration
                .write(
                    QueueId.parse("0123456789abcdef-9"), Part.MESSAGE, new ByteArrayOutputStream())
                .map(Result::kind))
        .contains(Result.Kind.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsHeldLiesAsideUntilItIsReleased(Through through) throws Exception {
    open(through);

    assertThat(act(Action.HOLD, ids(TWO, THREE, "0123456789abcdef-9")))
        .containsExactly(
            TWO + " done", THREE + " done", "0123456789abcdef-9 unknown no such message");
    assertThat(states()).containsExactlyInAnyOrder(ONE + " ready", TWO + " held", THREE + " held");
    assertThat(list(ids(THREE)).getFirst().recipients())
        .as("only for those who have not got it")
        .containsExactly(new Entry.Recipient("d@in.test", "127.0.0.1:1"));
    assertThat(list(ids(TWO)).getFirst().reason()).contains("held: by root (john)");
    assertThat(act(Action.HOLD, ids(TWO))).containsExactly(TWO + " unfit it is set aside");
    assertThat(act(Action.RETRY, ids(TWO))).containsExactly(TWO + " unfit it is set aside");

    assertThat(act(Action.RELEASE, ALL)).containsExactlyInAnyOrder(TWO + " done", THREE + " done");
    assertThat(states())
        .containsExactlyInAnyOrder(ONE + " ready", TWO + " ready", THREE + " ready");
    assertThat(act(Action.RELEASE, ids(ONE)))
        .containsExactly(ONE + " unfit it is in the queue already");
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSetAsideForAReasonIsRequeuedNotReleased(Through through) throws Exception {
    open(through);
    act(Action.HOLD, ids(ONE));
    Path reason = directory.resolve("bad").resolve(ONE + ".reason");
    Files.writeString(reason, "bad-from: missing\n", US_ASCII);

    assertThat(states()).contains(ONE + " set-aside");
    assertThat(act(Action.RELEASE, ids(ONE)))
        .singleElement()
        .asString()
        .contains("unfit", "requeue");
    assertThat(act(Action.RELEASE, ALL)).isEmpty();
    assertThat(act(Action.REQUEUE, ids(ONE))).containsExactly(ONE + " done");
    assertThat(states()).contains(ONE + " ready");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsToBeRetriedIsDueAtOnce(Through through) throws Exception {
    open(through);

    assertThat(act(Action.RETRY, matching("state=deferred"))).containsExactly(TWO + " done");
    assertThat(states()).containsExactly(ONE + " ready", TWO + " ready", THREE + " ready");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsRemovedIsGone(Through through) throws Exception {
    open(through);
    act(Action.HOLD, ids(ONE));

    assertThat(act(Action.REMOVE, ALL))
        .containsExactlyInAnyOrder(ONE + " done", TWO + " done", THREE + " done");
    assertThat(states()).isEmpty();
    close();
    opened.clear();
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .allMatch(name -> name.startsWith("."));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsBouncedIsReplacedByItsReport(Through through) throws Exception {
    open(through);
    act(Action.HOLD, ids(ONE));

    assertThat(act(Action.BOUNCE, ids(ONE, TWO))).containsExactly(ONE + " done", TWO + " done");

    List<Entry> left = list(ALL);
    assertThat(left).extracting(Entry::id).contains(THREE).hasSize(3);
    List<Entry> reports = left.stream().filter(entry -> !entry.id().equals(THREE)).toList();
    assertThat(reports).extracting(Entry::sender).containsOnly("");
    assertThat(reports)
        .extracting(entry -> entry.recipients().getFirst().address())
        .containsExactlyInAnyOrder("john@out.test", "mary@out.test");
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    administration.write(QueueId.parse(reports.getFirst().id()), Part.MESSAGE, report);
    assertThat(report.toString(ISO_8859_1)).contains("by the administrator");
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedFileIsListedAndCanBeRemovedOnly(Through through) throws Exception {
    open(through);
    act(Action.HOLD, ids(ONE));
    Path file = directory.resolve("bad").resolve(ONE + ".msg");
    byte[] octets = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(octets, octets.length / 2));
    Files.writeString(directory.resolve("bad").resolve("note to self"), "x");

    assertThat(states()).contains(ONE + " damaged", "note to self damaged");
    assertThat(act(Action.RELEASE, ids(ONE))).singleElement().asString().contains("unfit");
    assertThat(act(Action.BOUNCE, ids(ONE))).singleElement().asString().contains("unfit");
    assertThat(act(Action.REMOVE, matching("state=damaged")))
        .containsExactlyInAnyOrder(ONE + " done", "note to self done");
    assertThat(states()).containsExactly(TWO + " deferred", THREE + " ready");
  }

  @ParameterizedTest
  @EnumSource
  void whoDidItIsLogged(Through through) throws Exception {
    open(through);

    act(Action.HOLD, ids(ONE));
    act(Action.REMOVE, ids(ONE));

    log.flush(Duration.ofSeconds(5));
    assertThat(logged.toString(US_ASCII))
        .contains("by-hand action=hold id=" + ONE + " by=\"root (john)\"")
        .contains("by-hand action=remove id=" + ONE + " by=\"root (john)\"");
  }
}
