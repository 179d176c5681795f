package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.tls.TestCertificates;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** A running smap whose listeners speak TLS, and clients that do and do not. */
@Timeout(300)
class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir private Path folder;

  private RunningSmap smap(String listen, String... more) throws Exception {
    List<String> lines = new ArrayList<>(List.of("smap: listen 127.0.0.1:0 " + listen));
    lines.addAll(TestCertificates.write(folder, "mail.example", Duration.ofDays(100)));
    lines.addAll(List.of(more));
    Path spool = Files.createDirectories(folder.resolve("spool"));
    return new RunningSmap(spool, lines.toArray(String[]::new));
  }

  private static Client secured(Client plain) throws IOException, GeneralSecurityException {
    Socket socket = plain.socket();
    SSLSocket tls =
        (SSLSocket)
            TestCertificates.trusting()
                .getSocketFactory()
                .createSocket(socket, "mail.example", socket.getPort(), true);
    tls.startHandshake();
    return new Client(tls);
  }

  private static Client afterStartTls(RunningSmap smap) throws Exception {
    Client client = smap.connect();
    client.reply();
    client.ask("EHLO client.example");
    assertThat(client.ask("STARTTLS")).startsWith("220 ");
    return secured(client);
  }

  private static void sendOne(Client client) throws IOException {
    client.ask("EHLO client.example");
    client.ask("MAIL FROM:<a@client.example>");
    client.ask("RCPT TO:<b@inside.example>");
    assertThat(client.ask("DATA")).startsWith("354");
    assertThat(client.ask("Subject: x\r\n\r\nhello\r\n.")).startsWith("250");
    assertThat(client.ask("QUIT")).startsWith("221");
    assertThat(client.hear()).isNull();
  }

  private static void awaitLog(RunningSmap smap, String line) {
    await().atMost(PATIENCE).until(() -> smap.logged().contains(line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"starttls", "starttls-required"})
  void messageComesInByStartTls(String kind) throws Exception {
    try (RunningSmap smap = smap(kind);
        Client client = afterStartTls(smap)) {
      sendOne(client);
      assertThat(smap.accepted()).hasSize(1);
      assertThat(smap.logged())
          .contains(
              "tls host=127.0.0.1 tls=TLSv1.3 suite=TLS_AES_256_GCM_SHA384 group=x25519"
                  + " sni=mail.example verified=no")
          .contains("tls=" + kind);
    }
  }

  @Test
  void messageComesInByImplicitTls() throws Exception {
    try (RunningSmap smap = smap("tls");
        Client client = secured(smap.connect())) {
      assertThat(client.reply()).startsWith("220 ");
      sendOne(client);
      String batch = onlyBatch(smap);
      assertThat(batch)
          .contains("\nTLS TLSv1.3 TLS_AES_256_GCM_SHA384 x25519\n")
          .containsPattern("with ESMTPS\\s+\\(TLSv1.3 TLS_AES_256_GCM_SHA384 x25519\\)");
    }
  }

  private static String onlyBatch(RunningSmap smap) throws IOException {
    try (var files = Files.list(smap.spool().resolve("new"))) {
      return Files.readString(files.findFirst().orElseThrow(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void requiredTlsIsAskedFor() throws Exception {
    try (RunningSmap smap = smap("starttls-required");
        Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("MAIL FROM:<a@client.example>")).startsWith("530 5.7.0");
    }
  }

  /** CVE-2011-0411 and its kin, on the wire: in one packet, and in two. */
  @Test
  void commandsBehindStartTlsNeverRun() throws Exception {
    try (RunningSmap smap = smap("starttls")) {
      try (Client client = smap.connect()) {
        client.reply();
        client.ask("EHLO client.example");
        assertThat(client.ask("STARTTLS\r\nRSET")).startsWith("554 5.5.1");
        assertThat(client.hear()).isNull();
      }
      try (Client client = smap.connect()) {
        client.reply();
        client.ask("EHLO client.example");
        assertThat(client.ask("STARTTLS")).startsWith("220 ");
        client.say("RSET\r\n");
        assertThat(client.hear()).isNull();
      }
      awaitLog(smap, "spoke-first host=127.0.0.1 what=\"sent ahead\" detail=STARTTLS");
      awaitLog(smap, "reason=\"the client does not speak TLS\"");
    }
  }

  @Test
  void plainClientOnATlsPortIsOneLine() throws Exception {
    try (RunningSmap smap = smap("tls");
        Client client = smap.connect()) {
      client.say("EHLO client.example\r\n");
      assertThat(client.hear()).isNull();
      awaitLog(smap, "tls-failed host=127.0.0.1 reason=\"the client does not speak TLS\"");
    }
  }

  @Test
  void tlsClientOnAPlainPortIsOneLine() throws Exception {
    try (RunningSmap smap = smap("starttls");
        Client client = smap.connect()) {
      try (Client refused = secured(client)) {
        throw new AssertionError("TLS at once on a port that greets: " + refused);
      } catch (SSLException e) {
        awaitLog(smap, "not-smtp host=127.0.0.1 what=\"not smtp\" detail=TLS");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls", "starttls"})
  void halfHandshakeIsGivenUp(String kind) throws Exception {
    try (RunningSmap smap = smap(kind, "smap: timeout 1");
        Client client = smap.connect()) {
      if (kind.equals("starttls")) {
        client.reply();
        client.ask("EHLO client.example");
        client.ask("STARTTLS");
      }
      client.say("\u0016\u0003\u0001\u0001\u0000\u0001");
      assertThat(client.hear()).isNull();
      awaitLog(smap, "reason=\"no handshake in time\"");
    }
  }

  @Test
  void connectionCutInDataIsNoMessage() throws Exception {
    try (RunningSmap smap = smap("starttls")) {
      Client plain = smap.connect();
      Socket below = plain.socket();
      plain.reply();
      plain.ask("EHLO client.example");
      plain.ask("STARTTLS");
      Client client = secured(plain);
      client.ask("EHLO client.example");
      client.ask("MAIL FROM:<a@client.example>");
      client.ask("RCPT TO:<b@inside.example>");
      client.ask("DATA");
      client.say("Subject: half\r\n\r\nnot yet all\r\n");
      below.shutdownOutput();
      awaitLog(smap, "tls-fault=\"the connection ended without a close_notify\"");
      assertThat(smap.logged()).contains("what=\"lost in body\"");
      assertThat(smap.accepted()).isEmpty();
      client.close();
    }
  }

  @Test
  void daemonThatStopsStillSaysSoUnderTls() throws Exception {
    try (RunningSmap smap = smap("tls");
        Client client = secured(smap.connect())) {
      client.reply();
      client.ask("EHLO client.example");
      smap.service().drain(Duration.ofMillis(1));
      assertThat(client.reply()).startsWith("421 4.3.2");
      assertThat(client.hear()).isNull();
    }
  }

  @Test
  void silentClientIsToldUnderTls() throws Exception {
    try (RunningSmap smap = smap("tls", "smap: timeout 1");
        Client client = secured(smap.connect())) {
      client.reply();
      client.socket().setSoTimeout((int) PATIENCE.toMillis());
      assertThat(client.reply()).startsWith("421 4.4.2");
    }
  }

  @Test
  void whatIsWrongWithTheFilesIsSaidWithTheLine() throws Exception {
    List<String> soon = TestCertificates.write(folder, "soon.example", Duration.ofDays(20));
    List<String> fine = TestCertificates.write(folder, "fine.example", Duration.ofDays(100));
    assertThat(problems("smap: listen 25 starttls"))
        .containsExactly("table:1: error: listen … starttls: expected tls-cert and tls-key");
    assertThat(problems("smap: listen 25 tls", soon.get(0), soon.get(1)))
        .singleElement()
        .asString()
        .startsWith("table:2: warning: ")
        .contains("soon.example.crt: expires in 19 days, on ");
    assertThat(problems("smap: listen 25 tls", fine.get(0), soon.get(1)))
        .singleElement()
        .asString()
        .contains("table:3: error: tls-key ")
        .contains("this is not the key of the certificate in");
    assertThat(problems("smap: listen 25 tls", fine.get(0)))
        .containsExactly("table:2: error: tls-cert has no tls-key; expected one for each");
    assertThat(problems("smap: listen 25", fine.get(0), fine.get(1)))
        .singleElement()
        .asString()
        .contains("warning: tls-cert is of no use");
    assertThat(problems("smap: listen tls"))
        .contains("table:1: error: listen: expected PORT or ADDRESS:PORT before tls");
  }

  private static List<String> problems(String... lines) {
    Table table = Table.parse("table", String.join("\n", lines) + "\n");
    Settings settings = Settings.of(table, "smap");
    SmapConfig.of(settings, "mail.example");
    return settings.problems().stream().map(Object::toString).toList();
  }
}
