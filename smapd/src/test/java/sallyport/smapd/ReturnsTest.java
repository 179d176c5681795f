package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.spool.BodyType;
import sallyport.spool.Collector;
import sallyport.spool.CommitResult;
import sallyport.spool.DiskFiles;
import sallyport.spool.Envelope;
import sallyport.spool.Incoming;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueueAlert;
import sallyport.spool.QueueIds;
import sallyport.spool.QueueLimits;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SpoolFolders;

/** Who is told of what, on a real spool. */
@Timeout(60)
class ReturnsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T05:05:07Z");
  private static final Instant LATER = Instant.parse("2026-11-27T05:00:00Z");
  private static final String HEADER = "Message-ID: <1@example.org>\r\nSubject: hello\r\n";

  @TempDir Path directory;

  private final QueueIds ids = new QueueIds(new SecureRandom());
  private final List<QueueAlert> alerts = new ArrayList<>();
  private SpoolFolders folders;
  private Collector collector;
  private Queue queue;
  private Returns returns;

  @BeforeEach
  void start() throws Exception {
    folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    collector = Collector.open(new DiskFiles(), folders, Collector.Limits.defaults(), _ -> {});
    open();
  }

  private void open() throws Exception {
    queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alerts::add);
    returns = returns(Optional.of("postmaster@in.test"));
  }

  private Returns returns(Optional<String> postmaster) {
    return new Returns(queue::add, "gate.test", postmaster, InstantSource.fixed(NOW));
  }

  @AfterEach
  void stop() throws Exception {
    queue.close();
    collector.close();
  }

  @Test
  void theSenderGetsOneReportOnAllFailedRecipients() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test", "b@in.test");
    QueuedMessage report = told(returns.failed(message, failures("a@in.test", "b@in.test")));
    assertThat(report.envelope().sender()).isEmpty();
    assertThat(report.envelope().recipients()).containsExactly("john@example.org");
    assertThat(report.envelope().body()).isEqualTo(BodyType.SEVEN_BIT);
    assertThat(report.id().isOwn()).isTrue();
    assertThat(text(report))
        .contains("Final-Recipient: rfc822; a@in.test", "Final-Recipient: rfc822; b@in.test")
        .contains("In-Reply-To: <1@example.org>\r\n", "Message-ID: <" + report.id() + "@gate.test>")
        .contains("Content-Type: message/rfc822")
        .doesNotContain("c@in.test");
  }

  @Test
  void theSameFailureIsToldOnceAlsoAfterACrash() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test", "b@in.test");
    told(returns.failed(message, failures("a@in.test", "b@in.test")));
    assertThat(returns.failed(message, failures("b@in.test", "a@in.test")))
        .isEqualTo(new Returns.Result.Returned(List.of()));
    queue.close();
    open();
    QueuedMessage again =
        queue.recovered().stream().filter(m -> !m.id().isOwn()).findFirst().orElseThrow();
    assertThat(returns.failed(again, failures("a@in.test", "b@in.test")))
        .isEqualTo(new Returns.Result.Returned(List.of()));
    told(returns.failed(again, failures("a@in.test")));
  }

  @Test
  void aLaterFailureIsToldThoughTheFirstReportStillWaits() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test", "b@in.test");
    told(returns.failed(message, failures("a@in.test")));
    queue.record(message, Map.of("a@in.test", new Outcome.Failed("550 no")));
    // The first of those that are left now.
    told(returns.failed(message, failures("b@in.test")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MAILER-DAEMON@far.test", "-oops@far.test", "|sh@far.test"})
  void whatCannotBeReturnedGoesToThePostmaster(String sender) throws Exception {
    QueuedMessage message = message(sender, HEADER, "a@in.test");
    QueuedMessage report = told(returns.failed(message, failures("a@in.test")));
    assertThat(report.envelope().recipients()).containsExactly("postmaster@in.test");
    assertThat(text(report)).contains("Subject: Postmaster: ");
  }

  @Test
  void aReportFromElsewhereIsNotAnsweredThoughItHasASender() throws Exception {
    String type = "Content-Type: Multipart/Report; report-type=\"delivery-status\"\r\n";
    QueuedMessage message = message("daemon@far.test", HEADER + type, "a@in.test");
    QueuedMessage report = told(returns.failed(message, failures("a@in.test")));
    assertThat(report.envelope().recipients()).containsExactly("postmaster@in.test");
  }

  @Test
  void ourOwnReportGoesToThePostmasterAndThatOneToNobody() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test");
    QueuedMessage first = told(returns.failed(message, failures("a@in.test")));
    QueuedMessage second = told(returns.failed(first, failures("john@example.org")));
    assertThat(second.envelope().recipients()).containsExactly("postmaster@in.test");
    assertThat(returns.failed(second, failures("postmaster@in.test")))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  @Test
  void twoReportsOfOneMessageThatFailAreTwoForThePostmaster() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test", "b@in.test");
    QueuedMessage first = told(returns.failed(message, failures("a@in.test")));
    QueuedMessage second = told(returns.failed(message, failures("b@in.test")));
    told(returns.failed(first, failures("john@example.org")));
    told(returns.failed(second, failures("john@example.org")));
  }

  @Test
  void withoutAPostmasterNobodyIsTold() throws Exception {
    QueuedMessage message = message("", HEADER, "a@in.test");
    assertThat(returns(Optional.empty()).failed(message, failures("a@in.test")))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  @Test
  void theSenderIsWarnedOfADelayOnce() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test");
    List<Failure> waiting = List.of(Failure.waiting("a@in.test", "", "Connection refused"));
    QueuedMessage warning = told(returns.delayed(message, waiting, LATER));
    assertThat(text(warning)).contains("Action: delayed", "Status: 4.4.1", "27 Nov 2026");
    assertThat(returns.delayed(message, waiting, LATER))
        .isEqualTo(new Returns.Result.Returned(List.of()));
    assertThat(returns.failed(warning, failures("john@example.org")))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Precedence: bulk\r\n",
        "precedence:\r\n LIST (x)\r\n",
        "Auto-Submitted: auto-generated; owner=x\r\n",
        "List-Id: <a.example.org>\r\n"
      })
  void noProgramAndNoListIsWarned(String field) throws Exception {
    QueuedMessage message = message("john@example.org", HEADER + field, "a@in.test");
    assertThat(returns.delayed(message, failures("a@in.test"), LATER))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  @Test
  void nobodyIsWarnedOfMailWithoutASender() throws Exception {
    QueuedMessage message = message("", HEADER, "a@in.test");
    assertThat(returns.delayed(message, failures("a@in.test"), LATER))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  @Test
  void aLongMessageGoesBackByItsHeader() throws Exception {
    String body = "\r\n" + "Text of a line\r\n".repeat(4_000);
    QueuedMessage message = message("john@example.org", HEADER + body, "a@in.test");
    String report = text(told(returns.failed(message, failures("a@in.test"))));
    assertThat(report).contains("Content-Type: text/rfc822-headers", "Subject: hello");
    assertThat(report).doesNotContain("Text of a line");
  }

  @Test
  void aDamagedMessageIsReportedAllTheSame() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER + "\r\nText\r\n", "a@in.test");
    // From now on it is in its file only.
    queue.defer(message, NOW, 1, "later");
    Path file = folders.queue().resolve(message.batch());
    String spoilt = Files.readString(file, StandardCharsets.ISO_8859_1).replace("Text", "T3xt");
    Files.writeString(file, spoilt, StandardCharsets.ISO_8859_1);
    String report = text(told(returns.failed(message, failures("a@in.test"))));
    assertThat(report).contains("Final-Recipient: rfc822; a@in.test", "cannot be read any more");
    assertThat(report).doesNotContain("T3xt", "rfc822-headers");
  }

  @Test
  void aReportThatCannotBeWrittenIsAnErrorThatMayBeTriedAgain() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test");
    Returns onFullDisk =
        new Returns(
            (_, _) -> {
              throw new IOException("disk full");
            },
            "gate.test",
            Optional.empty(),
            InstantSource.fixed(NOW));
    assertThatThrownBy(() -> onFullDisk.failed(message, failures("a@in.test")))
        .isInstanceOf(IOException.class);
    told(returns.failed(message, failures("a@in.test")));
  }

  @Test
  void theNoticeHasAnIdOfItsOwn() throws Exception {
    QueuedMessage message = message("john@example.org", HEADER, "a@in.test");
    QueuedMessage report = told(returns.failed(message, failures("a@in.test")));
    SetAsideNotice notice =
        new SetAsideNotice(
            List.of(new SetAsideNotice.Entry(report.id(), "", "hub said no")), 1, NOW);
    Optional<QueuedMessage> queued = returns.notice("admin@in.test", notice);
    assertThat(queued.orElseThrow().id().text()).isEqualTo(message.id() + "-n");
    assertThat(text(queued.orElseThrow())).contains("1 message was set aside on gate.test");
    assertThat(returns.notice("admin@in.test", notice)).isEmpty();
    SetAsideNotice.Entry other = new SetAsideNotice.Entry(ids.next(), "", "hub said no");
    SetAsideNotice next = new SetAsideNotice(List.of(notice.entries().getFirst(), other), 2, NOW);
    assertThat(returns.notice("admin@in.test", next).orElseThrow().id().text())
        .isEqualTo(other.id() + "-n");
    assertThat(returns.failed(queued.orElseThrow(), failures("admin@in.test")))
        .isInstanceOf(Returns.Result.NobodyToTell.class);
  }

  private static List<Failure> failures(String... recipients) {
    return List.of(recipients).stream()
        .map(to -> Failure.refused(to, "mail.in.test", "550 5.1.1 User unknown"))
        .toList();
  }

  private static QueuedMessage told(Returns.Result result) {
    assertThat(result).isInstanceOf(Returns.Result.Returned.class);
    List<QueuedMessage> messages = ((Returns.Result.Returned) result).toDispatch();
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static String text(QueuedMessage message) throws Exception {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    message.streamBody(octets);
    DeliveryReportTest.assertClean(octets.toByteArray());
    return octets.toString(StandardCharsets.US_ASCII);
  }

  private QueuedMessage message(String sender, String octets, String... to) throws Exception {
    Incoming incoming = collector.begin();
    String whole = octets.contains("\r\n\r\n") ? octets : octets + "\r\n";
    incoming.write(whole.getBytes(StandardCharsets.ISO_8859_1), 0, whole.length());
    Envelope envelope =
        new Envelope(
            ids.next(),
            sender,
            List.of(to),
            "127.0.0.1",
            "",
            "client.test",
            "",
            "",
            NOW,
            BodyType.SEVEN_BIT);
    assertThat(collector.commit(envelope, incoming)).isInstanceOf(CommitResult.Committed.class);
    QueuedMessage message = queue.takeOver(1).getFirst();
    queue.begin(message);
    return message;
  }
}
