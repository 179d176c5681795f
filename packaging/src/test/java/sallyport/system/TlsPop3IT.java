package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.system.TlsPop3Peer.Way;

/**
 * Mail programs that send a password under TLS, through every kind of listener, and Dovecot inside,
 * by STLS and from the first octet; all from the jail. Who is not what the table wants gets no
 * login.
 */
class TlsPop3IT {
  private static final String SECRET = "c2b7f0e45d1a4f6c9e80a3d7516b2f94";
  private static final Duration LOG_TIME = Duration.ofSeconds(10);
  private static final Pattern PORT = Pattern.compile(" address=\\S*:(\\d+)");
  private static final int STARTTLS = 1;
  private static final int REQUIRED = 2;
  private static final int TLS = 3;
  private static final int MAX_SESSIONS = 200;
  private static final int HALF_HANDSHAKES = 1000;
  private static final int OF_ONE_HOST = 50;

  @TempDir static Path folder;
  private static Certificates certificates;
  private static Path authority;
  private static Dovecot mail;
  private static Dovecot old;
  private static LoginGateway gateway;
  private static Child pop3Gw;
  private static List<Integer> ports;

  @BeforeAll
  static void start() throws Exception {
    Needs.root();
    Needs.programs(
        Arrays.stream(TlsPop3Peer.values()).map(TlsPop3Peer::program).toArray(String[]::new));
    gateway = new LoginGateway(folder);
    certificates =
        Certificates.in(folder.resolve("certificates"))
            .add("own", "EC", "DNS:" + TlsPop3Peer.NAME)
            .add("mail", "EC", "DNS:inside.example")
            .addExpired("old", "DNS:inside.example");
    authority = Path.of(certificates.file("ca.pem"));
    mail = new Dovecot(folder, "mail", certificates);
    old = new Dovecot(folder, "old", certificates);
    for (Dovecot inside : List.of(mail, old)) {
      inside.addUser("john", SECRET);
      inside.deliver("john", Samples.header("tls") + "Under TLS.\r\n.\r\nThe end.\r\n");
    }
    gateway.addUser("john", SECRET);
    writeTable();
    gateway.authsrv();
    pop3Gw = gateway.pop3Gw();
    ports =
        pop3Gw.events("listening").stream()
            .map(PORT::matcher)
            .filter(Matcher::find)
            .map(matcher -> Integer.valueOf(matcher.group(1)))
            .toList();
  }

  private static void writeTable() throws Exception {
    String verified = "apop tls=verify ca=" + authority + " name=";
    gateway
        .line("pop3-gw: listen 127.0.0.1:0 starttls")
        .line("pop3-gw: listen 127.0.0.1:0 starttls-required")
        .line("pop3-gw: listen 127.0.0.1:0 tls")
        .line("pop3-gw: tls-cert " + certificates.file("own.pem"))
        .line("pop3-gw: tls-key " + certificates.file("own.key"))
        .line("pop3-gw: max-sessions " + MAX_SESSIONS)
        .line("pop3-gw: default-server mail")
        .line(server("mail", mail.port(), verified + "inside.example"))
        .line(server("secure", mail.tlsPort(), verified + "inside.example start=tls"))
        .line(server("other", mail.port(), verified + "other.example"))
        .line(server("old", old.port(), verified + "inside.example"))
        .line(server("unknown", mail.port(), "apop tls=verify name=inside.example"))
        .line(server("required", old.port(), "apop tls=required"))
        .line(server("may", mail.port(), "apop tls=may"));
  }

  private static String server(String name, int port, String how) {
    return "pop3-gw: server " + name + " 127.0.0.1:" + port + " " + how;
  }

  @AfterAll
  static void stop() {
    Stream.of(gateway, mail, old).filter(started -> started != null).forEach(TlsPop3IT::close);
  }

  private static void close(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Pop3Peer.Account account(int listener, String login) throws IOException {
    return new Pop3Peer.Account(
        ports.get(listener), login, SECRET, Files.createTempDirectory(folder, "peer"));
  }

  private static Way way(int listener) {
    return listener == TLS ? Way.TLS : Way.STLS;
  }

  static Stream<Arguments> everyPeerAndListener() {
    return Stream.of(TlsPop3Peer.values())
        .flatMap(peer ->
            Stream.of(STARTTLS, REQUIRED, TLS).map(listener -> Arguments.of(peer, listener)));
  }

  @ParameterizedTest
  @MethodSource("everyPeerAndListener")
  void peerReadsMailWithAPassword(TlsPop3Peer peer, int listener) throws Exception {
    assertThat(peer.fetch(way(listener), account(listener, "john"), authority).lines())
        .contains("X-Token: tls", "Under TLS.", "The end.");
  }

  @ParameterizedTest
  @CsvSource({"john%secure, yes", "john%mail, yes", "john%required, no", "john%may, no"})
  void insideServerIsReadUnderTlsAndVerifiedOrNot(String login, String verified) throws Exception {
    assertThat(TlsPop3Peer.OPENSSL.fetch(Way.TLS, account(TLS, login), authority))
        .contains("Under TLS.");
    pop3Gw.awaitEvent(
        LOG_TIME,
        "login",
        "server=" + login.substring(5),
        " tls=TLSv1.3 ",
        " sni=gateway.example ",
        " inside-tls=TLSv1.3 ",
        " inside-verified=" + verified);
    assertThat(mail.log().lines().filter(line -> line.contains("Login: user=<john>")))
        .allMatch(line -> line.contains("method=APOP") && line.contains("TLS"));
  }

  @ParameterizedTest
  @CsvSource({"other", "old", "unknown"})
  void insideServerThatIsNotVerifiedGetsNoLogin(String server) throws Exception {
    String answers = TlsPop3Peer.OPENSSL.fetch(Way.TLS, account(TLS, "john%" + server), authority);
    assertThat(answers).contains("-ERR [SYS/TEMP]").doesNotContain("inside", "other.example");
    pop3Gw.awaitEvent(LOG_TIME, "inside-down", "server=" + server, "tls failed: ");
    assertThat(old.log().lines().filter(line -> line.contains("Login: user=<john>")))
        .as("logins at the server with the expired certificate, which only 'required' may use")
        .allMatch(line -> line.contains("TLS"));
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
  void eachProtocolThatIsOfferedWorks(String option, String protocol) throws Exception {
    for (int listener : List.of(STARTTLS, TLS)) {
      assertThat(
              TlsPop3Peer.sClient(
                  way(listener),
                  account(listener, "john"),
                  authority,
                  "USER john\r\nPASS " + SECRET + "\r\nSTAT\r\nQUIT\r\n",
                  option))
          .contains("+OK 1 ");
    }
    pop3Gw.awaitEvent(LOG_TIME, "login", " tls=" + protocol + " ", "_GCM_");
  }

  @Test
  void olderProtocolsAreRefused() throws Exception {
    assertThatThrownBy(() ->
            TlsPop3Peer.sClient(
                Way.TLS,
                account(TLS, "john"),
                authority,
                "QUIT\r\n",
                "-tls1_1",
                "-cipher",
                "ALL:@SECLEVEL=0"))
        .isInstanceOf(IOException.class);
    pop3Gw.awaitEvent(LOG_TIME, "tls-failed", "host=127.0.0.1");
  }

  @Test
  void plainClientOnTheTlsPortHearsNothingReadable() throws Exception {
    try (Pop3Wire wire = Pop3Wire.silent("127.0.31.1", ports.get(TLS))) {
      wire.send("USER john\r\n");
      assertThat(wire.rest()).doesNotContain("+OK", "-ERR");
    }
    pop3Gw.awaitEvent(LOG_TIME, "tls-failed", "host=127.0.31.1");
  }

  @Test
  void halfHandshakesKeepNobodyOut() throws Exception {
    List<Pop3Wire> halves = new ArrayList<>();
    try {
      for (int i = 0; i < HALF_HANDSHAKES; i++) {
        Pop3Wire half = Pop3Wire.silent("127.2." + i / OF_ONE_HOST + ".1", ports.get(TLS));
        half.send("\u0016\u0003\u0001\u0002");
        halves.add(half);
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              pop3Gw.events("evicted").size() + pop3Gw.events("refused").size()
                  >= HALF_HANDSHAKES - MAX_SESSIONS);
      assertThat(TlsPop3Peer.OPENSSL.fetch(Way.TLS, account(TLS, "john"), authority))
          .contains("Under TLS.");
    } finally {
      for (Pop3Wire half : halves) {
        half.close();
      }
    }
  }

  @Test
  void allThisComesFromAJailAndWithoutTrouble() throws Exception {
    peerReadsMailWithAPassword(TlsPop3Peer.OPENSSL, STARTTLS);
    Confined.assertConfined(pop3Gw, gateway.jail(), LoginGateway.POP3_GW);
    Confined.assertNoOpenFolderOutside(pop3Gw, gateway.jail());
    assertThat(pop3Gw.events("trouble")).isEmpty();
    assertThat(pop3Gw.events("library")).isEmpty();
  }
}
