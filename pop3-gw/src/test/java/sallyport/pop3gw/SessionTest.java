package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.authdb.authsrv.RunningAuthsrv;
import sallyport.authdb.authsrv.RunningAuthsrv.Account;

/** Whole sessions over sockets, with the real authsrv and an inside server that checks APOP. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionTest {
  private static final String SECRET = "correct horse";
  private static final long MESSAGE = 50L << 20;
  private static final String REFUSED = "-ERR [AUTH] authentication failed";

  @TempDir Path folder;
  private InsidePeer mail;
  private InsidePeer archive;
  private RunningAuthsrv authsrv;
  private RunningGateway gateway;

  @BeforeEach
  void start() throws Exception {
    mail = InsidePeer.honest(SECRET, MESSAGE);
    archive = InsidePeer.honest("another one", 0);
    RunningAuthsrv.createUsers(
        folder,
        List.of(
            new Account("john", SECRET, false),
            new Account("jane", "hers", false),
            new Account("off", SECRET, true)));
    RunningAuthsrv.map(folder, "john", "archive", "j.smith", "another one");
    serve("");
  }

  private void serve(String lines) throws Exception {
    String table =
        lines
            + """
            pop3-gw: server mail 127.0.0.1:%d
            pop3-gw: server archive 127.0.0.1:%d
            pop3-gw: server gone 127.0.0.1:1
            pop3-gw: default-server mail
            """
                .formatted(mail.port(), archive.port());
    authsrv = new RunningAuthsrv(folder, table);
    gateway = new RunningGateway(folder, table);
  }

  private void serveAnew(String lines) throws Exception {
    gateway.close();
    authsrv.close();
    serve(lines);
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
    authsrv.close();
    mail.close();
    archive.close();
    assertThat(gateway.fatal).hasNullValue();
  }

  @ParameterizedTest
  @CsvSource({
    "john, john",
    "JOHN, john",
    "john%mail, john",
    "john%Archive, j.smith",
    "john%archive@gateway.example, j.smith",
    "john%archive@GATEWAY.example, j.smith"
  })
  void userReachesTheServerThatTheNameSays(String typed, String inside) throws Exception {
    try (Client client = gateway.login(typed, SECRET)) {
      assertThat(client.say("WHO")).isEqualTo("+OK " + inside);
      assertThat(client.say("QUIT")).isEqualTo("+OK bye");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(gateway.awaitLog("disconnect"))
        .contains("host=127.0.0.1 user=john server=", "in=11 ", "how=server");
    assertThat(gateway.awaitLog(" login ")).contains("host=127.0.0.1 user=john server=");
    assertThat(gateway.isEmptySoon()).isTrue();
  }

  @Test
  void refusalsHaveOneTextWhateverTheCause() throws Exception {
    List<String> wrong =
        List.of("john%nowhere", "off", "nobody", "john%mail@other.example", "a%b%c@d", "..", "%");
    for (int i = 0; i < wrong.size(); i++) {
      try (Client client = gateway.connectFrom("127.0.0.1")) {
        client.greeting();
        String digest = InsidePeer.digest(client.challenge(), SECRET);
        client.send("APOP " + wrong.get(i) + " " + digest + "\r\n");
        // The refusals of one network come ever later; only the first are waited for.
        if (i < 2) {
          assertThat(client.line()).isEqualToIgnoringCase(REFUSED);
          assertThat(client.rest()).isEmpty();
        }
      }
    }
    assertThat(mail.connections()).isZero();
  }

  @Test
  void loginIsRefusedByARuleLikeAWrongPassword() throws Exception {
    serveAnew("pop3-gw: deny-hosts * -user j* -dest archive\n");
    try (Client client = gateway.connect()) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), SECRET);
      assertThat(client.say("APOP john%archive " + digest)).isEqualToIgnoringCase(REFUSED);
    }
    assertThat(gateway.awaitLog("refused"))
        .contains("user=john server=archive reason=\"not permitted\" rule=table:1");
    assertThat(authsrv.logged()).contains("reason=denied-by-rule");
    assertThat(archive.connections()).isZero();
    try (Client client = gateway.login("john", SECRET)) {
      assertThat(client.say("WHO")).isEqualTo("+OK john");
    }
  }

  @Test
  void hostThatNoUserMayComeFromIsRefusedAtTheDoor() throws Exception {
    serveAnew("pop3-gw: deny-hosts 127.0.0.1\npop3-gw: denial-msg \"Not you\"\n");
    try (Client client = gateway.connect()) {
      assertThat(client.greeting()).isEqualTo("-ERR Not you");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(gateway.awaitLog("refused")).contains("rule=table:1");
  }

  @Test
  void commandsSentWithTheLoginReachTheInsideServer() throws Exception {
    try (Client client = gateway.connect()) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), SECRET);
      client.send("APOP john " + digest + "\r\nSTAT\r\nWHO\r\nQUIT\r\n");
      assertThat(client.line()).startsWith("+OK");
      assertThat(client.rest()).isEqualTo("+OK 1 " + MESSAGE + "\r\n+OK john\r\n+OK bye\r\n");
    }
  }

  @Test
  void clientThatClosesItsSideStillGetsItsAnswers() throws Exception {
    try (Client client = gateway.login("john", SECRET)) {
      client.send("STAT\r\nWHO\r\n").socket().shutdownOutput();
      assertThat(client.rest()).isEqualTo("+OK 1 " + MESSAGE + "\r\n+OK john\r\n");
    }
    gateway.awaitLog("disconnect", "how=client");
  }

  @Test
  void fiftyMebiBytesComeThroughAndAreCounted() throws Exception {
    long octets = MESSAGE + "+OK\r\n.\r\n+OK bye\r\n".length();
    try (Client client = gateway.login("john", SECRET)) {
      client.send("RETR 1\r\nQUIT\r\n");
      assertThat(client.input().transferTo(OutputStream.nullOutputStream())).isEqualTo(octets);
    }
    assertThat(gateway.awaitLog("disconnect")).contains("in=14 out=" + octets + " ");
  }

  @Test
  void userWithoutAnotherSecretFailsInsideWithoutALeak() throws Exception {
    try (Client client = gateway.connect()) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), "hers");
      String answer = client.say("APOP jane " + digest);
      assertThat(answer).startsWith("-ERR [SYS/").doesNotContainIgnoringCase("inside", "127.");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(gateway.awaitLog("inside-refused"))
        .contains("user=jane server=mail reason=\"login refused\"");
  }

  @Test
  void insideServerThatIsDownIsATemporaryError() throws Exception {
    try (Client client = gateway.connect()) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), SECRET);
      assertThat(client.say("APOP john%gone " + digest)).startsWith("-ERR [SYS/TEMP]");
      assertThat(client.rest()).isEmpty();
    }
    assertThat(gateway.awaitLog("inside-down")).contains("server=gone reason=\"unreachable: ");
  }

  @Test
  void passwordIsTakenWhereTheTableSaysSo() throws Exception {
    serveAnew("pop3-gw: auth apop pass\npop3-gw: plaintext-pass yes\n");
    try (Client client = gateway.connect()) {
      client.greeting();
      assertThat(client.say("USER john")).startsWith("+OK");
      assertThat(client.say("PASS " + SECRET)).startsWith("+OK");
      assertThat(client.say("WHO")).isEqualTo("+OK john");
    }
    gateway.awaitLog("disconnect");
    assertThat(gateway.logged()).doesNotContain(SECRET).doesNotContain("horse");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"USER john\r\nPASS x\r\n", "STLS\r\n", "CAPA\r\nNOOP\r\nQUIT\r\nNOOP\r\n"})
  void sessionWithoutALoginEndsCleanly(String said) throws Exception {
    try (Client client = gateway.connect()) {
      client.greeting();
      client.send(said).socket().shutdownOutput();
      client.rest();
    }
    gateway.awaitLog("disconnect", "how=no-login");
    assertThat(gateway.isEmptySoon()).isTrue();
    assertThat(mail.connections()).isZero();
  }

  @Test
  void drainEndsStrangersAtOnceAndUsersAtTheBound() throws Exception {
    try (Client stranger = gateway.connect();
        Client user = gateway.login("john", SECRET)) {
      stranger.greeting();
      Thread drain =
          Thread.ofVirtual().start(() -> gateway.service().drain(Duration.ofSeconds(60)));
      assertThat(stranger.line()).startsWith("-ERR [SYS/TEMP]");
      assertThat(stranger.rest()).isEmpty();
      assertThat(user.say("WHO")).isEqualTo("+OK john");
      assertThat(drain.isAlive()).isTrue();
      gateway.service().close();
      assertThat(user.rest()).isEmpty();
      drain.join();
    }
    gateway.awaitLog("disconnect", "how=stopped");
  }

  @Test
  void everySessionHasLoggedItsEndWhenTheGatewayIsClosed() throws Exception {
    serveAnew("pop3-gw: max-sessions-per-host 200\n");
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(gateway.login("john", SECRET));
      Client stranger = gateway.connect();
      stranger.greeting();
      clients.add(stranger);
    }
    gateway.service().close();
    assertThat(gateway.logged().lines().filter(line -> line.contains(" disconnect "))).hasSize(200);
    for (Client client : clients) {
      client.close();
    }
  }
}
