package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A confined smapd that speaks TLS with three real Postfix: one whose certificate is good (of RSA,
 * of which nothing was rehearsed before the jail), one whose has expired, and one without TLS. Each
 * way of the table is the way of one domain.
 */
class TlsHubIT {
  private static final Duration LOG_TIME = Duration.ofSeconds(60);
  private static final Duration COMMAND_TIME = Duration.ofSeconds(60);
  private static final String ALL = "good may older wrong-name expired expired-may plain plain-may";

  @TempDir static Path folder;
  private static PostfixHub good;
  private static PostfixHub older;
  private static PostfixHub expired;
  private static PostfixHub plain;
  private static Gateway gateway;
  private static Child smapd;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    Needs.programs("postfix");
    Needs.root();
    gateway = new Gateway(folder);
    Certificates certificates =
        Certificates.in(folder.resolve("certificates"))
            .add("gateway", "EC", "DNS:gateway.example")
            .add("hub", "RSA", "DNS:hub.example")
            .addExpired("expired", "DNS:hub.example");
    String authority = certificates.file("ca.pem");
    good =
        hub(
            "good-hub",
            tls(certificates, "hub")
                + "smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = "
                + authority
                + "\n");
    older = hub("older-hub", tls(certificates, "hub") + "smtpd_tls_protocols = TLSv1.2\n");
    expired = hub("expired-hub", tls(certificates, "expired"));
    plain = hub("plain-hub", "");
    String verify = " tls=verify ca=" + authority + " name=";
    String shown =
        " client-cert="
            + certificates.file("gateway.pem")
            + " client-key="
            + certificates.file("gateway.key");
    route("good", good, verify + "hub.example" + shown);
    route("may", good, "");
    route("older", older, verify + "hub.example");
    route("wrong-name", good, verify + "other.example");
    route("expired", expired, verify + "hub.example");
    route("expired-may", expired, " tls=may");
    route("plain", plain, verify + "hub.example");
    route("plain-may", plain, "");
    port = Gateway.port(gateway.smap());
    smapd = gateway.smapd();
  }

  private static PostfixHub hub(String name, String settings) throws Exception {
    String domains = ALL.replace(" ", "." + Gateway.DOMAIN + " ") + "." + Gateway.DOMAIN;
    return new PostfixHub(Files.createDirectory(folder.resolve(name)), domains, settings);
  }

  private static String tls(Certificates certificates, String name) {
    return """
    smtpd_tls_security_level = may
    smtpd_tls_received_header = yes
    smtpd_tls_cert_file = %s
    smtpd_tls_key_file = %s
    """
        .formatted(certificates.file(name + ".pem"), certificates.file(name + ".key"));
  }

  private static void route(String domain, PostfixHub hub, String options) {
    gateway.line(
        "smapd: route " + domain + "." + Gateway.DOMAIN + " 127.0.0.1:" + hub.port() + options);
  }

  @AfterAll
  static void stop() throws Exception {
    if (gateway != null) {
      gateway.close();
    }
    for (PostfixHub hub : new PostfixHub[] {good, older, expired, plain}) {
      if (hub != null) {
        hub.close();
      }
    }
  }

  /** Sends one message there; its queue id. */
  private static String send(String way) throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      return Wire.queueId(
          wire.message(
              "ann@outside.example",
              "box@" + way + "." + Gateway.DOMAIN,
              Samples.header("to-" + way) + "Text."));
    }
  }

  private static String delivered(String way) throws Exception {
    return smapd.awaitEvent(LOG_TIME, "delivered", send(way));
  }

  /** What the administrator is told of a message that waits. */
  private static String waits(String way) throws Exception {
    String id = send(way);
    String line = smapd.awaitEvent(LOG_TIME, "deferred", id);
    List<String> command =
        List.of(Gateway.program("smapq"), "--table", gateway.table().toString(), "show", id);
    try (Child smapq = Child.start(command)) {
      assertThat(smapq.awaitExit(COMMAND_TIME)).as(smapq.text()).isZero();
      return line + "\n" + smapq.text();
    }
  }

  private static String received(PostfixHub hub, String way) throws Exception {
    String message = new String(hub.await("to-" + way), StandardCharsets.ISO_8859_1);
    return message.substring(0, message.indexOf("\n\n"));
  }

  @Test
  void aVerifiedHubSeesTlsAndOurCertificate() throws Exception {
    assertThat(delivered("good"))
        .contains(" tls=TLSv1.3 ")
        .contains(" sni=hub.example ")
        .contains(" verified=yes");
    assertThat(received(good, "good"))
        .contains("using TLSv1.3 with cipher")
        .contains("Client CN \"gateway\"");
  }

  @Test
  void byDefaultTlsIsUsedAndNothingIsCalledVerified() throws Exception {
    assertThat(delivered("may")).contains(" tls=TLSv1.3 ").contains(" verified=no");
    assertThat(received(good, "may")).contains("using TLSv1.3 with cipher");
  }

  /** smapd has rehearsed the newer protocol only. */
  @Test
  void aHubThatSpeaksTheOlderProtocolIsVerifiedFromTheJail() throws Exception {
    assertThat(delivered("older")).contains(" tls=TLSv1.2 ").contains(" verified=yes");
    assertThat(received(older, "older")).contains("using TLSv1.2 with cipher");
  }

  @Test
  void aHubOfAnotherNameGetsNothing() throws Exception {
    assertThat(waits("wrong-name")).contains("the TLS handshake failed").contains("other.example");
  }

  @Test
  void aHubWhoseCertificateHasExpiredGetsNothingWhereItIsVerified() throws Exception {
    assertThat(waits("expired")).contains("the TLS handshake failed");
    assertThat(delivered("expired-may")).contains(" verified=no");
  }

  @Test
  void aHubWithoutTlsGetsNothingWhereItIsVerified() throws Exception {
    assertThat(waits("plain")).contains("tls=verify, and the hub does not offer STARTTLS");
    assertThat(delivered("plain-may")).doesNotContain(" tls=");
    assertThat(received(plain, "plain-may")).doesNotContain("using TLS");
  }

  @Test
  void aTableWhoseFilesAreNoneIsRefused() throws Exception {
    Path table =
        Files.writeString(
            folder.resolve("wrong-table"),
            Files.readString(gateway.table())
                + "smapd: relay-out hub.example tls=verify ca="
                + folder.resolve("none.pem")
                + "\n"
                + "smapd: route x.example hub.example tls=required client-cert="
                + gateway.table()
                + " client-key="
                + gateway.table()
                + "\n");
    List<String> command =
        List.of(Gateway.program("smapd"), "--table", table.toString(), "--check");
    try (Child check = Child.start(command)) {
      assertThat(check.awaitExit(COMMAND_TIME)).isEqualTo(78);
      assertThat(check.text()).contains("relay-out: ").contains("none.pem").contains("route: ");
    }
  }
}
