package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.EventLog;
import sallyport.daemon.tls.HubCertificates;
import sallyport.daemon.tls.TlsFacts;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Unreachable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;

/** TLS with hubs (RFC 3207), and what a hub or somebody in between can do against it. */
@Timeout(120)
class HubTlsTest {

  private static final byte[] MESSAGE =
      "Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final Duration VALID = Duration.ofDays(30);
  private static final Duration EXPIRED = Duration.ofDays(-1);

  @TempDir static Path folder;
  private static HubCertificates certificates;
  private static Path authority;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(said, false);
  private TestHub server;
  private Hub hub;

  @BeforeAll
  static void makeCertificates() throws IOException, GeneralSecurityException {
    certificates = new HubCertificates();
    authority = certificates.writeAuthority(folder);
  }

  @BeforeEach
  void start() throws IOException {
    server = new TestHub();
  }

  @AfterEach
  void stop() {
    if (hub != null) {
      hub.cut();
    }
    server.close();
    log.close();
  }

  private Handover.Result deliver(String options) {
    String table = "smapd: relay-out hub.test:" + server.port() + " " + options + "\n";
    Destination.Hubs name = SmapdConfigs.read(table).relayOut().orElseThrow();
    hub =
        new Hub(
            name,
            "gateway.test",
            server.addresses(),
            HubTransport.session("gateway.test", HubTimes.DEFAULT),
            HubTimes.DEFAULT,
            TestHub.DEADLINES,
            log);
    return hub.deliver(
        new Handover(
            "s@x", List.of("a@x"), BodyType.SEVEN_BIT, MESSAGE.length, out -> out.write(MESSAGE)));
  }

  private static Answered delivered(Handover.Result result) {
    assertThat(result).isInstanceOf(Answered.class);
    Answered answered = (Answered) result;
    assertThat(answered.outcomes().get("a@x")).isInstanceOf(Outcome.Delivered.class);
    return answered;
  }

  private static String reason(Handover.Result result) {
    assertThat(result).isInstanceOf(Unreachable.class);
    return ((Unreachable) result).reason();
  }

  private String log() {
    assertThat(log.flush(Duration.ofSeconds(30))).isTrue();
    return said.toString(StandardCharsets.US_ASCII);
  }

  private void nothingWasHandedOver() {
    assertThat(server.messages).isEmpty();
    assertThat(server.commands).noneMatch(command -> command.contains("MAIL FROM"));
  }

  private String verify() {
    return "tls=verify ca=" + authority;
  }

  @Test
  void byDefaultTlsIsUsedWhereItIsOfferedAndVerifiesNothing() throws Exception {
    server.startTls(certificates.hub("somebody.else", EXPIRED));
    TlsFacts facts = delivered(deliver("")).by().tls().orElseThrow();
    assertThat(facts.protocol()).isEqualTo("TLSv1.3");
    assertThat(facts.verified()).isFalse();
    assertThat(server.messages).singleElement().isEqualTo(MESSAGE);
    assertThat(server.commands)
        .startsWith("EHLO gateway.test", "STARTTLS", "TLS EHLO gateway.test")
        .filteredOn(command -> command.contains("MAIL"))
        .containsExactly("TLS MAIL FROM:<s@x>");
  }

  @Test
  void aVerifiedHubIsSaidToBeOne() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID));
    TlsFacts facts = delivered(deliver(verify())).by().tls().orElseThrow();
    assertThat(facts.verified()).isTrue();
    assertThat(facts.sni()).isEqualTo("hub.test");
  }

  @Test
  void theNameOfTheTableIsTheOneThatCounts() throws Exception {
    server.startTls(certificates.hub("mail.example", VALID));
    delivered(deliver(verify() + " name=mail.example"));
  }

  @Test
  void tlsCanBeginWithTheFirstOctet() throws Exception {
    server.implicitTls(certificates.hub("hub.test", VALID));
    delivered(deliver(verify() + " start=tls"));
    assertThat(server.commands).doesNotContain("STARTTLS").allMatch(c -> c.startsWith("TLS "));
  }

  @Test
  void aKeptConnectionStaysEncryptedAndIsEndedInGoodOrder() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID));
    delivered(deliver(verify()));
    Handover again =
        new Handover(
            "s@x", List.of("a@x"), BodyType.SEVEN_BIT, MESSAGE.length, out -> out.write(MESSAGE));
    delivered(hub.deliver(again));
    assertThat(server.connections).hasValue(1);
    hub.close();
    Awaitility.await().untilAsserted(() -> assertThat(server.commands).contains("TLS QUIT"));
  }

  @Test
  void aLargeMessageGoesThrough() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID));
    server.answer("TLS EHLO", "250-hub.test\r\n250 PIPELINING");
    byte[] line = ("x".repeat(998) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    delivered(deliver(verify()));
    Handover large =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            5_000_000,
            out -> {
              for (int i = 0; i < 5_000; i++) {
                out.write(line);
              }
            });
    delivered(hub.deliver(large));
    assertThat(server.messages.getLast()).hasSize(5_000_000);
  }

  @Test
  void anotherNameDoesNotVerify() throws Exception {
    server.startTls(certificates.hub("somebody.else", VALID));
    assertThat(reason(deliver(verify()))).contains("TLS handshake failed").contains("hub.test");
    nothingWasHandedOver();
  }

  @Test
  void anExpiredCertificateDoesNotVerify() throws Exception {
    server.startTls(certificates.hub("hub.test", EXPIRED));
    assertThat(reason(deliver(verify()))).contains("TLS handshake failed");
    nothingWasHandedOver();
  }

  @Test
  void anAuthorityThatNobodyNamedDoesNotVerify() throws Exception {
    server.startTls(new HubCertificates().hub("hub.test", VALID));
    assertThat(reason(deliver(verify()))).contains("TLS handshake failed");
    nothingWasHandedOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"required", "verify"})
  void cve2021_22946AHubThatOffersNoTlsGetsNothingWhereItIsAMust(String mode) {
    assertThat(reason(deliver("tls=" + mode)))
        .isEqualTo("127.0.0.1: tls=" + mode + ", and the hub does not offer STARTTLS");
    nothingWasHandedOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"454 4.7.0 not now", "502 5.5.1 what?", "250 yes"})
  void aRefusedStartTlsIsNoReasonToGoOnWithoutWhereItIsAMust(String answer) throws Exception {
    server.startTls(certificates.hub("hub.test", VALID)).answer("STARTTLS", answer);
    assertThat(reason(deliver("tls=required"))).endsWith("answers STARTTLS with " + answer);
    nothingWasHandedOver();
  }

  @Test
  void aRefusedStartTlsIsGoneOnWithoutWhereTlsMayBe() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID)).answer("STARTTLS", "454 4.7.0 not now");
    assertThat(delivered(deliver("")).by().tls()).isEmpty();
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void aFailedHandshakeIsTriedAgainWithoutTlsOnANewConnectionAndSaid() throws Exception {
    server.answer("EHLO", "250-hub.test\r\n250 STARTTLS").answer("STARTTLS", "220 go on");
    assertThat(delivered(deliver("")).by().tls()).isEmpty();
    assertThat(server.connections).hasValue(2);
    assertThat(log()).contains("hub-without-tls hub=hub.test[127.0.0.1]:" + server.port());
  }

  @Test
  void aFailedHandshakeIsNotTriedWithoutTlsWhereItIsAMust() {
    server.answer("EHLO", "250-hub.test\r\n250 STARTTLS").answer("STARTTLS", "220 go on");
    assertThat(reason(deliver("tls=required"))).startsWith("127.0.0.1: ");
    assertThat(server.connections).hasValue(1);
    nothingWasHandedOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tls=required"})
  void cve2020_15953AndCve2021_22947RepliesBehindStartTlsAreNoRepliesWithinTls(String options)
      throws Exception {
    server.startTls(certificates.hub("hub.test", VALID));
    server.answer("STARTTLS", "220 go on\r\n250-hub.test\r\n250 SIZE 1");
    assertThat(reason(deliver(options))).contains("octets behind the answer to STARTTLS");
    assertThat(server.connections).as("no second try without TLS").hasValue(1);
    nothingWasHandedOver();
    assertThat(log()).contains("hub-suspect securityalert=yes hub=hub.test[127.0.0.1]");
  }

  @Test
  void nothingThatWasSaidBeforeTlsCounts() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID));
    server.answer("EHLO", "250-hub.test\r\n250-SIZE 1\r\n250 STARTTLS");
    delivered(deliver("tls=required"));
  }

  @Test
  void aHubWithoutEhloWithinTlsGetsNothing() throws Exception {
    server.startTls(certificates.hub("hub.test", VALID)).answer("TLS EHLO", "502 what?");
    assertThat(reason(deliver("tls=required"))).contains("refuses EHLO within TLS");
    nothingWasHandedOver();
  }
}
