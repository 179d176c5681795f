package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.spool.BodyType;
import sallyport.spool.Collector;
import sallyport.spool.CommitResult;
import sallyport.spool.DiskFiles;
import sallyport.spool.Envelope;
import sallyport.spool.Incoming;
import sallyport.spool.Queue;
import sallyport.spool.QueueIds;
import sallyport.spool.QueueLimits;
import sallyport.spool.SpoolFolders;

/** The way from smap's side of a spool to hubs on loopback. */
@Timeout(120)
class DeliveriesTest {

  private static final String HEADER = "Received: from x by y; now\r\nSubject: test\r\n\r\n";

  @TempDir Path directory;

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(logged, false);
  private final QueueIds ids = new QueueIds(new SecureRandom());
  private final List<Throwable> fatal = new ArrayList<>();
  private final FullDisk disk = new FullDisk();
  private TestHub inside;
  private TestHub outside;
  private SpoolFolders folders;
  private Collector collector;
  private Queue queue;
  private Deliveries deliveries;

  @BeforeEach
  void start() throws IOException {
    inside = new TestHub();
    outside = new TestHub();
    folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    collector = Collector.open(new DiskFiles(), folders, Collector.Limits.defaults(), fatal::add);
  }

  @AfterEach
  void stop() throws IOException {
    disk.forceAgain();
    stopSmapd();
    collector.close();
    inside.close();
    outside.close();
    assertThat(fatal).isEmpty();
  }

  private void startSmapd(String... more) throws IOException {
    startSmapd(HubTimes.DEFAULT, more);
  }

  private void startSmapd(HubTimes times, String... more) throws IOException {
    String table =
        """
        smapd: local-domains in.test
        smapd: relay 127.0.0.1:%d
        smapd: relay-out 127.0.0.1:%d
        """
            .formatted(inside.port(), outside.port());
    Settings settings =
        Settings.of(Table.parse("t", table + String.join("\n", more) + "\n"), "smapd");
    SmapdConfig config = SmapdConfig.of(settings, directory);
    assertThat(settings.problems()).isEmpty();
    queue =
        Queue.open(
            disk.files(),
            folders,
            QueueLimits.defaults(),
            alert ->
                log.write(
                    Event.STRANGE_FILE,
                    Field.of("file", alert.name()),
                    Field.of("reason", alert.detail())));
    Map<Destination, Agent> hubs = new LinkedHashMap<>();
    for (Destination destination : config.routing().destinations()) {
      hubs.put(
          destination,
          new Hub(
              (Destination.Hubs) destination,
              "gateway.test",
              inside.addresses(),
              HubTransport.session("gateway.test", times),
              times,
              TestHub.DEADLINES,
              TestHub.LOG));
    }
    deliveries =
        new Deliveries(
            queue,
            new Returns(
                queue::add, "gateway.test", Optional.of("postmaster"), InstantSource.system()),
            Arrivals.in(folders.new_(), config.wakeupOnArrival()),
            config,
            hubs,
            log,
            InstantSource.system(),
            fatal::add);
    deliveries.start();
  }

  private void stopSmapd() throws IOException {
    if (deliveries != null) {
      deliveries.drain(Duration.ofSeconds(10));
      queue.close();
      deliveries = null;
    }
  }

  private String commitFrom(String from, String message, String... to) {
    return commit(from, message.getBytes(StandardCharsets.ISO_8859_1), to);
  }

  private String commit(byte[] message, String... to) {
    return commit("john@out.test", message, to);
  }

  private String commit(String from, byte[] message, String... to) {
    try {
      Incoming incoming = collector.begin();
      incoming.write(message, 0, message.length);
      Envelope envelope =
          new Envelope(
              ids.next(),
              from,
              List.of(to),
              "192.0.2.7",
              "client.test",
              "client.test",
              "",
              "",
              Instant.now(),
              BodyType.EIGHT_BIT);
      assertThat(collector.commit(envelope, incoming)).isInstanceOf(CommitResult.Committed.class);
      return envelope.id().text();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String commit(String text, String... to) {
    return commit(text.getBytes(StandardCharsets.ISO_8859_1), to);
  }

  private String log() {
    log.flush(Duration.ofSeconds(5));
    return logged.toString(StandardCharsets.UTF_8);
  }

  private void awaitLog(String... pieces) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(log()).contains(pieces));
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).toList();
    }
  }

  private void awaitEmptyQueue() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(names(folders.new_())).isEmpty();
          assertThat(names(folders.queue())).isEmpty();
        });
  }

  @Test
  void aMessageGoesOutTheMomentItArrives() throws IOException {
    startSmapd();
    String id = commit(HEADER + "body\r\n", "a@in.test");
    await().atMost(Duration.ofSeconds(5)).until(() -> inside.messages.size() == 1);
    assertThat(new String(inside.messages.getFirst(), StandardCharsets.ISO_8859_1))
        .isEqualTo(HEADER + "body\r\n");
    awaitEmptyQueue();
    awaitLog("taken id=" + id, "delivered id=" + id, "to=a@in.test");
    assertThat(outside.connections).hasValue(0);
  }

  @Test
  void withoutWakeupOnArrivalItGoesOutAtTheNextScan() throws IOException {
    startSmapd("smapd: wakeup-on-arrival no", "smapd: wakeup 1");
    commit(HEADER, "a@in.test");
    await().atMost(Duration.ofSeconds(5)).until(() -> inside.messages.size() == 1);
  }

  @Test
  void largeMessagesWithLongLinesDotsAndEightBitsArriveOctetForOctet() throws IOException {
    startSmapd();
    Random random = new Random(7);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(HEADER.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(".\r\n..\r\n...\r\n".getBytes(StandardCharsets.US_ASCII));
    while (body.size() < 20 << 20) {
      byte[] line = new byte[1_500 + random.nextInt(2_000)];
      for (int i = 0; i < line.length; i++) {
        line[i] = (byte) (random.nextInt(6) == 0 ? 0xff : 14 + random.nextInt(242));
      }
      line[0] = '.';
      body.writeBytes(line);
      body.writeBytes(new byte[] {'\r', '\n'});
    }
    commit(body.toByteArray(), "a@in.test");
    await().atMost(Duration.ofSeconds(60)).until(() -> inside.messages.size() == 1);
    assertThat(Arrays.mismatch(inside.messages.getFirst(), body.toByteArray())).isEqualTo(-1);
    awaitEmptyQueue();
  }

  @Test
  void aMixedMessageGoesBothWays() throws IOException {
    startSmapd();
    commit(HEADER, "a@in.test", "b@out.test", "c@in.test");
    await().until(() -> inside.messages.size() == 1 && outside.messages.size() == 1);
    assertThat(inside.commands).contains("RCPT TO:<a@in.test>", "RCPT TO:<c@in.test>");
    assertThat(outside.commands).contains("RCPT TO:<b@out.test>").hasSize(4);
    awaitEmptyQueue();
  }

  @Test
  void fwtkFault7ARetryGoesOnlyToThoseNotServed() throws IOException {
    inside.answer("RCPT TO:<slow@in.test>", "451 4.3.0 later");
    startSmapd("smapd: retry 1 1");
    commit(HEADER, "a@in.test", "slow@in.test");
    awaitLog("delivered", "deferred");
    inside.answer("RCPT TO:<slow@in.test>", "250 ok");
    await().atMost(Duration.ofSeconds(20)).until(() -> inside.messages.size() == 2);
    assertThat(inside.commands.stream().filter(c -> c.equals("RCPT TO:<a@in.test>"))).hasSize(1);
    awaitEmptyQueue();
  }

  @Test
  void fwtkFault7ARestartGoesOnlyToThoseNotServed() throws IOException {
    inside.answer("RCPT TO:<slow@in.test>", "451 4.3.0 later");
    startSmapd("smapd: retry 1 1");
    commit(HEADER, "a@in.test", "slow@in.test");
    awaitLog("delivered", "deferred");
    stopSmapd();
    inside.answer("RCPT TO:<slow@in.test>", "250 ok");
    startSmapd("smapd: retry 1 1");
    await().atMost(Duration.ofSeconds(20)).until(() -> inside.messages.size() == 2);
    assertThat(inside.commands.stream().filter(c -> c.equals("RCPT TO:<a@in.test>"))).hasSize(1);
    awaitEmptyQueue();
  }

  private String reportAt(TestHub hub, int index) {
    await().atMost(Duration.ofSeconds(20)).until(() -> hub.messages.size() > index);
    return new String(hub.messages.get(index), StandardCharsets.ISO_8859_1);
  }

  @Test
  void fwtkFault8ARecipientRefusedForGoodIsReturnedToTheSender() throws IOException {
    inside.answer("RCPT TO:<gone@in.test>", "550 5.1.1 no such user");
    startSmapd();
    String id = commit(HEADER + "keep me\r\n", "a@in.test", "gone@in.test");
    String report = reportAt(outside, 0);
    assertThat(report)
        .contains("Final-Recipient: rfc822; gone@in.test", "Status: 5.1.1", "keep me")
        .doesNotContain("rfc822; a@in.test");
    assertThat(outside.commands).contains("RCPT TO:<john@out.test>");
    assertThat(outside.commands.stream().filter(c -> c.startsWith("MAIL FROM:<> "))).hasSize(1);
    awaitEmptyQueue();
    awaitLog("failed id=" + id, "reported id=" + id);
    assertThat(names(folders.bad())).isEmpty();
  }

  @Test
  void fwtkFault9AMessageWithAllRecipientsRefusedIsNeverLoggedDelivered() throws IOException {
    inside.answer("RCPT", "550 5.1.1 no such user");
    startSmapd();
    String id = commit(HEADER, "a@in.test", "b@in.test");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test", "rfc822; b@in.test");
    awaitEmptyQueue();
    assertThat(log()).doesNotContain("delivered id=" + id + " ");
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void oneReportNamesWhatFailedAtTwoHubs() throws IOException {
    inside.answer("RCPT", "550 5.1.1 not here");
    outside.answer("RCPT TO:<b@out.test>", "550 5.1.1 nor here");
    startSmapd();
    commit(HEADER, "a@in.test", "b@out.test");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test", "rfc822; b@out.test");
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void whatFailedIsReturnedWhileTheRestWaits() throws IOException {
    inside.answer("RCPT TO:<gone@in.test>", "550 5.1.1 no such user");
    inside.answer("RCPT TO:<slow@in.test>", "451 4.3.0 later");
    startSmapd();
    commit(HEADER, "gone@in.test", "slow@in.test");
    assertThat(reportAt(outside, 0))
        .contains("rfc822; gone@in.test")
        .doesNotContain("rfc822; slow@in.test");
    stopSmapd();
    inside.answer("RCPT TO:<slow@in.test>", "250 ok");
    startSmapd("smapd: retry 1 1");
    await().atMost(Duration.ofSeconds(20)).until(() -> inside.messages.size() == 1);
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void mailWithoutASenderThatCannotBeDeliveredGoesToPostmaster() throws IOException {
    inside.answer("RCPT TO:<gone@in.test>", "550 5.1.1 no such user");
    startSmapd();
    commitFrom("", HEADER, "gone@in.test");
    assertThat(reportAt(inside, 0)).contains("rfc822; gone@in.test");
    assertThat(inside.commands).contains("RCPT TO:<postmaster>");
    awaitEmptyQueue();
  }

  @Test
  void aReportThatNobodyTakesIsSetAsideInTheEnd() throws IOException {
    inside.answer("RCPT", "550 5.1.1 no such user");
    outside.answer("RCPT", "550 5.1.1 no such sender");
    startSmapd();
    String id = commit(HEADER, "a@in.test");
    awaitLog("set-aside id=" + id + "-d");
    awaitEmptyQueue();
    assertThat(names(folders.bad())).hasSize(2).allMatch(name -> name.startsWith(id + "-d"));
  }

  @Test
  void badadminIsToldWhenSmapdStopsOfWhatWasSetAside() throws IOException {
    startSmapd("smapd: badadmin admin@in.test");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(commit("Received: x\r\nTo: |/bin/sh@x\r\n\r\n", "a@in.test"));
    }
    awaitLog("set-aside id=" + ids.get(0), "set-aside id=" + ids.get(1));
    awaitLog("set-aside id=" + ids.get(2));
    assertThat(inside.messages).isEmpty();
    stopSmapd();
    startSmapd();
    assertThat(reportAt(inside, 0)).contains(ids);
    assertThat(inside.commands).contains("RCPT TO:<admin@in.test>");
    awaitEmptyQueue();
    assertThat(inside.messages).hasSize(1);
  }

  @Test
  void mailThatIsTooOldIsReturnedOnceAnAttemptHasFailed() throws IOException {
    inside.answer("RCPT", "451 4.3.0 later");
    startSmapd("smapd: retry 1 1", "smapd: max-age 2");
    String id = commit(HEADER, "a@in.test");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test", "Action: failed");
    awaitEmptyQueue();
    awaitLog("deferred id=" + id, "failed id=" + id);
  }

  @Test
  void mailThatWaitsForAHubIsReturnedAfterItsProbe() throws IOException {
    inside.answer("GREETING", "421 not now");
    startSmapd("smapd: retry 1 1", "smapd: max-age 2", "smapd: warn-after 0");
    for (int i = 0; i < 20; i++) {
      commit(HEADER, "a@in.test");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> outside.messages.size() == 20);
    awaitEmptyQueue();
    assertThat(inside.connections.get()).isLessThan(8);
  }

  @Test
  void aSenderIsToldOnceThatMailWaits() throws IOException {
    inside.answer("GREETING", "421 not now");
    startSmapd("smapd: retry 1 1", "smapd: warn-after 2");
    String id = commit(HEADER, "a@in.test");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test", "Action: delayed");
    stopSmapd();
    startSmapd("smapd: retry 1 1", "smapd: warn-after 2");
    int before = inside.connections.get();
    await().until(() -> inside.connections.get() > before + 2);
    assertThat(outside.messages).hasSize(1);
    inside.answer("GREETING", "220 hub.test");
    awaitLog("delivered id=" + id);
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void fwtkFault10WaitingMessagesCostNothingButOneProbe() throws IOException {
    inside.answer("GREETING", "421 not now");
    startSmapd("smapd: retry 2 2", "smapd: maxchildren 1");
    for (int i = 0; i < 50; i++) {
      commit(HEADER, "a@in.test");
    }
    commit(HEADER, "b@out.test");
    await().until(() -> outside.messages.size() == 1);
    awaitLog("hub-down");
    await().until(() -> inside.connections.get() == 2);
    assertThat(inside.messages).isEmpty();
    inside.answer("GREETING", "220 hub.test");
    await().atMost(Duration.ofSeconds(20)).until(() -> inside.messages.size() == 50);
    awaitEmptyQueue();
    awaitLog("hub-up");
    assertThat(log().split("hub-down", -1)).hasSize(2);
    assertThat(log().split("hub-up", -1)).hasSize(2);
    assertThat(inside.connections.get()).isLessThan(8);
  }

  @Test
  void fwtkFault11NothingIsDeliveredTwiceByManyWorkers() throws IOException {
    startSmapd("smapd: maxchildren 12");
    List<Thread> senders = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int sender = t;
      senders.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 50; i++) {
                  commit(HEADER + sender + "/" + i + "\r\n", "a@in.test");
                }
              }));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> inside.messages.size() >= 400);
    awaitEmptyQueue();
    assertThat(inside.messages).hasSize(400);
    assertThat(inside.messages.stream().map(m -> new String(m, StandardCharsets.US_ASCII)))
        .doesNotHaveDuplicates();
    assertThat(inside.connections.get()).isLessThanOrEqualTo(20);
    for (Thread sender : senders) {
      assertThat(sender.isAlive()).isFalse();
    }
  }

  @Test
  void whatIsTakenAlongIsJudgedAndDeliveredAsAnyOther() throws IOException {
    inside.answer("EHLO", "250-hub.test\r\n250 PIPELINING");
    inside.answer("RCPT TO:<gone@in.test>", "550 5.1.1 no such user");
    inside.answer("RCPT TO:<slow@in.test>", "450 4.2.1 later");
    for (int i = 0; i < 200; i++) {
      String to =
          switch (i % 10) {
            case 3 -> "gone@in.test";
            case 6 -> "slow@in.test";
            default -> "a@in.test";
          };
      String header = i % 10 == 8 ? "To: |/bin/sh\r\n" + HEADER : HEADER;
      commitFrom(i % 10 == 3 ? "" : "john@out.test", header + i + "\r\n", to);
    }
    startSmapd("smapd: maxchildren 3", "smapd: retry 1 1");
    await().atMost(Duration.ofSeconds(60)).until(() -> inside.messages.size() >= 140);
    inside.answer("RCPT TO:<slow@in.test>", "250 ok");
    await().atMost(Duration.ofSeconds(60)).until(() -> inside.messages.size() >= 160);
    awaitEmptyQueue();
    assertThat(inside.messages.stream().map(m -> new String(m, StandardCharsets.US_ASCII)))
        .filteredOn(m -> m.startsWith(HEADER))
        .doesNotHaveDuplicates()
        .hasSize(160);
    assertThat(inside.messages)
        .noneMatch(m -> new String(m, StandardCharsets.US_ASCII).contains("|/bin"));
    assertThat(
            log()
                .lines()
                .filter(line -> line.contains(" delivered ") && line.contains("a@in.test")))
        .hasSize(140);
    assertThat(names(folders.bad()).stream().filter(name -> name.endsWith(".msg")))
        .hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void theSecondHubTakesOverWhileTheFirstIsDownAndTheLogNamesIt() throws IOException {
    inside.answer("GREETING", "421 too many");
    startSmapd("smapd: route two.test 127.0.0.1:" + inside.port() + " 127.0.0.1:" + outside.port());
    String id = commit(HEADER, "a@two.test");
    awaitLog("delivered id=" + id + " to=a@two.test hub=127.0.0.1:" + outside.port() + " ");
    assertThat(log()).doesNotContain("hub-down");
  }

  @Test
  void whatAHubSaysItCannotTakeIsReturnedWithoutBeingSentThere() throws IOException {
    inside.answer("EHLO", "250-hub.test\r\n250 SIZE 60");
    startSmapd();
    commit(HEADER + "longer than the hub takes\r\n", "a@in.test");
    assertThat(reportAt(outside, 0)).contains("Status: 5.3.4", "the hub takes 60");
    commit("\u00e4\r\n\r\n", "b@in.test");
    assertThat(reportAt(outside, 1)).contains("Status: 5.6.3", "8BITMIME");
    assertThat(inside.commands).doesNotContain("DATA");
  }

  @Test
  void aSlowHubDoesNotStopTheOther() throws IOException {
    startSmapd("smapd: maxchildren 3");
    commit(HEADER, "a@in.test");
    awaitEmptyQueue();
    inside.answer("DATA", "SILENT");
    inside.commands.clear();
    for (int i = 0; i < 10; i++) {
      commit(HEADER, "a@in.test");
    }
    await().until(() -> inside.commands.stream().filter("DATA"::equals).count() == 2);
    for (int i = 0; i < 10; i++) {
      commit(HEADER, "b@out.test");
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> outside.messages.size() == 10);
    deliveries.drain(Duration.ofMillis(1));
  }

  @Test
  void aHubThatTakesFewConnectionsIsFullAndNotDown() throws IOException {
    startSmapd("smapd: retry 1 1", "smapd: maxchildren 6");
    inside.limitConnections(2);
    for (int i = 0; i < 60; i++) {
      commit(HEADER, "a@in.test");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> inside.messages.size() == 60);
    awaitEmptyQueue();
  }

  @Test
  void aHubWithOurOwnNameIsALoopAndItsMailWaits() throws IOException {
    inside.answer("GREETING", "220 gateway.test ESMTP");
    startSmapd();
    commit(HEADER, "a@in.test");
    awaitLog("loop", "securityalert", "hub-down", "deferred");
    assertThat(inside.messages).isEmpty();
  }

  @Test
  void fwtkFault17AHeaderThatNamesAProgramIsSetAside() throws IOException {
    startSmapd();
    String id = commit("Received: x\r\nTo: |/bin/sh@x\r\n\r\n", "a@in.test");
    awaitLog("set-aside id=" + id, "names a program or a file");
    assertThat(inside.connections).hasValue(0);
    awaitEmptyQueue();
  }

  @Test
  void aRecipientThatLooksLikeAnOptionIsSetAsideAndTheOthersAreServed() throws IOException {
    startSmapd();
    String id = commit(HEADER, "-froot@in.test", "a@in.test");
    awaitLog(
        "delivered id=" + id, "set-aside id=" + id + " reason=\"-froot@in.test: envelope-hyphen: ");
    assertThat(inside.commands).doesNotContain("RCPT TO:<-froot@in.test>");
    awaitEmptyQueue();
    assertThat(names(folders.bad())).containsExactlyInAnyOrder(id + ".msg", id + ".reason");
    assertThat(outside.messages).isEmpty();
  }

  @Test
  void eachActionIsCarriedOutForOneRecipientAlone() throws IOException {
    startSmapd(
        "smapd: local-nets 192.0.2.0/24",
        "smapd: header-check envelope-hyphen discard",
        "smapd: header-check envelope-program bounce");
    String id = commit(HEADER, "-froot@in.test", "a@in.test", "|prog@in.test");
    awaitLog(
        "delivered id=" + id,
        "discarded id=" + id + " to=-froot@in.test reason=\"envelope-hyphen: ",
        "failed id=" + id + " to=|prog@in.test reply=\"envelope-program: ",
        "reported id=" + id);
    awaitEmptyQueue();
    assertThat(names(folders.bad())).isEmpty();
    assertThat(inside.commands).filteredOn(c -> c.startsWith("RCPT")).hasSize(1);
    assertThat(text(outside.messages.getFirst()))
        .contains("Final-Recipient: rfc822; |prog@in.test", "Status: 5.7.1")
        .doesNotContain("-froot");
  }

  @Test
  void headerMatchDiscardsForEachRecipientWithALineInTheLog() throws IOException {
    startSmapd("smapd: header-match ^Subject:.*lottery discard 'no lotteries'");
    String id = commit("Received: x\r\nSubject: the Lottery\r\n\r\n", "a@in.test", "b@out.test");
    for (String to : List.of("a@in.test", "b@out.test")) {
      awaitLog("discarded id=" + id + " to=" + to + " reason=\"header-match:4: no lotteries\"");
    }
    awaitEmptyQueue();
    assertThat(names(folders.bad())).isEmpty();
    assertThat(inside.connections.get() + outside.connections.get()).isZero();
  }

  @Test
  void headerMatchBouncesMailOfALocalClientAndSetsThatOfAStrangerAside() throws IOException {
    String bounce = "smapd: header-match '^X-Bulk: yes' bounce 'no bulk mail here'";
    startSmapd(bounce, "smapd: local-nets 10.0.0.0/8");
    String strange = commit("Received: x\r\nX-Bulk: yes\r\n\r\n", "a@in.test");
    awaitLog("set-aside id=" + strange + " reason=\"header-match:4: no bulk mail here\"");
    awaitEmptyQueue();
    stopSmapd();
    assertThat(outside.messages).isEmpty();

    startSmapd(bounce, "smapd: local-nets 192.0.2.0/24");
    String local = commit("Received: x\r\nX-Bulk: yes\r\n\r\n", "a@in.test", "b@in.test");
    awaitLog("failed id=" + local + " to=b@in.test", "reported id=" + local);
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
    assertThat(text(outside.messages.getFirst()))
        .contains("Final-Recipient: rfc822; a@in.test", "Final-Recipient: rfc822; b@in.test")
        .contains("Status: 5.7.1", "no bulk mail here", "X-Bulk: yes");
    assertThat(outside.commands)
        .contains("RCPT TO:<john@out.test>")
        .anyMatch(c -> c.startsWith("MAIL FROM:<>"));
    assertThat(inside.connections).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received: x\r\n\r\na\nb\r\n",
        "Received: x\r\n\r\na\0b\r\n",
        "a: b\nc: d\r\n\r\n"
      })
  void whatMayNotPassCanBeBouncedAndTheBounceIsClean(String message) throws IOException {
    startSmapd(
        "smapd: local-nets 192.0.2.0/24",
        "smapd: header-check line-end bounce",
        "smapd: header-check zero-octet bounce");
    String id = commit(message, "a@in.test");
    awaitLog("failed id=" + id, "reported id=" + id, "delivered id=" + id + "-b");
    awaitEmptyQueue();
    assertThat(inside.messages).isEmpty();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void shortenedSendersGoOutAndFullOnesComeIn() throws IOException {
    startSmapd("smapd: shorten-sender out.test");
    String header =
        "Received: x\r\nDKIM-Signature: d=host.out.test\r\nFrom: J\u00f6 (a\r\n b)"
            + " <john@%sout.test>,\r\n \"x@host.out.test\" <jane@%sout.test>\r\n"
            + "To: <x@host.out.test>\r\n\r\n";
    String body = "From: john@host.out.test\r\n" + "x".repeat(200_000) + "\r\n.\r\n";
    String sent = header.formatted("host.", "a.b.") + body;
    String id = commitFrom("john@host.out.test", sent, "a@in.test", "b@elsewhere.test");
    awaitLog("id=" + id + " to=a@in.test", "id=" + id + " to=b@elsewhere.test");
    awaitEmptyQueue();
    assertThat(text(inside.messages.getFirst())).isEqualTo(sent);
    String cut = header.formatted("", "") + body;
    assertThat(text(outside.messages.getFirst())).isEqualTo(cut);
    assertThat(inside.commands).anyMatch(c -> c.startsWith("MAIL FROM:<john@host.out.test>"));
    assertThat(outside.commands)
        .anyMatch(c -> c.startsWith("MAIL FROM:<john@out.test> SIZE=" + cut.length()));
  }

  @Test
  void aBounceOfAShortenedMessageGoesToTheFullSender() throws IOException {
    outside.answer("RCPT TO:<gone@elsewhere.test>", "550 5.1.1 no such user");
    startSmapd("smapd: local-domains host.in.test", "smapd: shorten-sender in.test");
    String id =
        commitFrom(
            "john@host.in.test",
            "Received: x\r\nFrom: john@host.in.test\r\n\r\n",
            "gone@elsewhere.test");
    awaitLog("reported id=" + id);
    awaitEmptyQueue();
    assertThat(outside.commands).anyMatch(c -> c.startsWith("MAIL FROM:<john@in.test>"));
    assertThat(inside.commands).contains("RCPT TO:<john@host.in.test>");
    assertThat(text(inside.messages.getFirst())).contains("From: john@host.in.test");
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aBodyThatChangedInTheSpoolIsNotDelivered() throws IOException {
    inside.answer("GREETING", "421 not now");
    startSmapd("smapd: retry 1 1");
    byte[] body = (HEADER + "x".repeat(300_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    String id = commit(body, "a@in.test");
    awaitLog("deferred id=" + id);
    Path batch = folders.queue().resolve(id + ".batch");
    try (FileChannel file = FileChannel.open(batch, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'y'}), 200_000);
    }
    inside.answer("GREETING", "220 hub.test");
    awaitLog("damaged");
    assertThat(inside.messages).isEmpty();
  }

  @Test
  void aResultThatCannotBeRecordedCountsInThisRunAndIsRecordedLater() throws IOException {
    inside.answer("RCPT TO:<slow@in.test>", "451 4.3.0 later");
    inside.answer(".", "PAUSE");
    startSmapd("smapd: retry 1 1");
    String id = commit(HEADER, "a@in.test", "slow@in.test");
    await().until(() -> inside.dataUnderWay);
    disk.fullFor(".log");
    awaitLog("delivered id=" + id, "what=recording");
    inside.answer(".", "250 ok");
    disk.roomAgain();
    awaitLog("tries=2");
    stopSmapd();
    inside.answer("RCPT TO:<slow@in.test>", "250 ok");
    startSmapd("smapd: retry 1 1");
    awaitLog("delivered id=" + id + " to=slow@in.test");
    assertThat(inside.commands.stream().filter(c -> c.equals("RCPT TO:<a@in.test>"))).hasSize(1);
    awaitEmptyQueue();
  }

  @Test
  void noMoreMessagesAreHandedOnThanMayBeDoubledWhileNothingIsRecorded() throws Exception {
    int share = Dispatch.workersFor(4, 2);
    startSmapd("smapd: maxchildren 4");
    disk.holdForces();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.add(commit(HEADER, "a@in.test"));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> inside.messages.size() == share);
    // Workers are free and mail is ready: one more would go out at once.
    Thread.sleep(300);
    assertThat(inside.messages).hasSize(share);
    disk.forceAgain();
    awaitEmptyQueue();
    assertThat(inside.messages).hasSameSizeAs(sent);
  }

  @Test
  void aLogThatCannotBeBegunKeepsItsMessagesFromBeingHandedOn() throws IOException {
    disk.fullFor(".log");
    startSmapd("smapd: retry 1 1");
    String id = commit(HEADER, "a@in.test", "b@in.test");
    awaitLog("trouble", "what=recording id=" + id, "No space left");
    assertThat(inside.messages).isEmpty();
    disk.roomAgain();
    awaitLog("delivered id=" + id);
    awaitEmptyQueue();
    assertThat(inside.messages).hasSize(1);
  }

  @Test
  void aReportForWhichThereIsNoRoomIsQueuedWhenThereIs() throws IOException {
    inside.answer("RCPT", "550 5.1.1 no such user");
    disk.fullFor("-b");
    startSmapd("smapd: retry 1 1");
    String id = commit(HEADER, "a@in.test");
    awaitLog("failed id=" + id, "what=returning");
    assertThat(outside.messages).isEmpty();
    disk.roomAgain();
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test");
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void aReportOutlivesARestart() throws IOException {
    inside.answer("RCPT", "550 5.1.1 no such user");
    outside.answer("RCPT", "451 4.3.0 later");
    startSmapd("smapd: retry 1 1");
    String id = commit(HEADER, "a@in.test");
    awaitLog("reported id=" + id);
    stopSmapd();
    outside.answer("RCPT", "250 ok");
    startSmapd("smapd: retry 1 1");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test");
    awaitEmptyQueue();
    assertThat(outside.messages).hasSize(1);
  }

  @Test
  void whatCannotBeSetAsideForWantOfRoomStaysUntilItCan() throws IOException {
    disk.fullFor("/bad/");
    startSmapd("smapd: retry 1 1");
    String id = commit("Received: x\r\nTo: |/bin/sh@x\r\n\r\n", "a@in.test");
    awaitLog("trouble", "No space left", "id=" + id);
    assertThat(names(folders.queue())).isNotEmpty();
    disk.roomAgain();
    awaitLog("set-aside id=" + id);
    awaitEmptyQueue();
    assertThat(names(folders.bad())).contains(id + ".msg", id + ".reason");
  }

  @Test
  void theTableDecidesWhatBecomesOfABadHeader() throws IOException {
    startSmapd(
        "smapd: header-check header-program discard",
        "smapd: header-check from-missing bounce",
        "smapd: local-nets 192.0.2.0/24");
    String dropped = commit("Received: x\r\nFrom: a@b\r\nTo: |/bin/sh@x\r\n\r\n", "a@in.test");
    awaitLog("discarded id=" + dropped);
    String returned = commit("Received: x\r\nTo: a@in.test\r\n\r\n", "a@in.test");
    assertThat(reportAt(outside, 0)).contains("rfc822; a@in.test");
    awaitLog("reported id=" + returned);
    awaitEmptyQueue();
    assertThat(inside.connections).hasValue(0);
    assertThat(names(folders.bad())).isEmpty();
  }

  @Test
  void strangeFilesStopNothing() throws IOException {
    startSmapd();
    Files.writeString(folders.new_().resolve("hello"), "x");
    Files.writeString(folders.new_().resolve("0123456789abcdef-1.batch"), "garbage");
    Files.createDirectory(folders.new_().resolve("0123456789abcdef-2.batch"));
    commit(HEADER, "a@in.test");
    await().until(() -> inside.messages.size() == 1);
    awaitLog("strange-file");
  }

  @Test
  void drainingFinishesWhatIsUnderWay() throws IOException {
    startSmapd();
    inside.answer(".", "PAUSE");
    String id = commit(HEADER, "a@in.test");
    await().until(() -> inside.dataUnderWay);
    stopSmapd();
    assertThat(log()).contains("delivered id=" + id);
    assertThat(names(folders.queue())).isEmpty();
  }

  @Test
  void drainingCutsAtItsBoundAndTheMessageIsStillThere() throws IOException {
    startSmapd();
    inside.answer(".", "SILENT");
    commit(HEADER, "a@in.test");
    await().until(() -> inside.dataUnderWay);
    long start = System.nanoTime();
    deliveries.drain(Duration.ofMillis(300));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    stopSmapd();
    assertThat(names(folders.queue())).isNotEmpty();
    inside.answer(".", "250 ok");
    startSmapd("smapd: retry 1 1");
    awaitLog("delivered");
  }
}
