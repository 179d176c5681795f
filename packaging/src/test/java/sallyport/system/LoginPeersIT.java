package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Five mail programs of travelling users, two Dovecots inside, APOP on both legs: what a user types
 * behind the {@code %} says which mailbox is read, and nothing else can be reached.
 */
class LoginPeersIT {
  private static final String SECRET = "5f1d0c7a93b84e26a0c4d91be7f30852";
  private static final Duration LOG_TIME = Duration.ofSeconds(10);

  @TempDir static Path folder;
  private static Dovecot mail;
  private static Dovecot archive;
  private static LoginGateway gateway;
  private static Child pop3Gw;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    Needs.root();
    Needs.programs(Arrays.stream(Pop3Peer.values()).map(Pop3Peer::program).toArray(String[]::new));
    gateway = new LoginGateway(folder);
    mail = new Dovecot(folder, "mail");
    archive = new Dovecot(folder, "archive");
    for (Dovecot inside : List.of(mail, archive)) {
      inside.addUser("john", SECRET);
    }
    gateway.server("mail", mail.port()).server("archive", archive.port());
    gateway.addUser("john", SECRET);
    gateway.authsrv();
    pop3Gw = gateway.pop3Gw();
    port = Gateway.port(pop3Gw);
  }

  @AfterAll
  static void stop() {
    Stream.of(gateway, mail, archive)
        .filter(started -> started != null)
        .forEach(LoginPeersIT::close);
  }

  private static void close(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void mailboxesAreEmpty() throws Exception {
    mail.clear("john");
    archive.clear("john");
  }

  static Stream<Arguments> everyPeerAndName() {
    return Stream.of(Pop3Peer.values())
        .flatMap(peer ->
            Stream.of("john", "john%mail", "john%archive", "john%archive@gateway.example")
                .map(login -> Arguments.of(peer, login)));
  }

  @ParameterizedTest
  @MethodSource("everyPeerAndName")
  void peerListsFetchesAndDeletesWhereTheNameSays(Pop3Peer peer, String login) throws Exception {
    Dovecot named = login.contains("archive") ? archive : mail;
    Dovecot other = named == mail ? archive : mail;
    String token = peer.program() + "-" + login.replaceAll("\\W", "-");
    other.deliver("john", Samples.header("stays") + "Nobody reads this.\r\n");
    named.deliver("john", Samples.header(token + "-1") + "Read by " + peer.program() + ".\r\n");
    named.deliver("john", Samples.header(token + "-2") + ".A dot ahead.\r\n.\r\nThe end.\r\n");
    Path own = Files.createDirectories(folder.resolve(token));
    Pop3Peer.Account account = new Pop3Peer.Account(port, login, SECRET, own);

    assertThat(peer.count(account)).isEqualTo(2);
    assertThat(peer.fetch(account).lines())
        .contains("X-Token: " + token + "-1", "X-Token: " + token + "-2")
        .contains("Read by " + peer.program() + ".")
        .containsSequence(".A dot ahead.", ".", "The end.");
    assertThat(named.count("john")).isEqualTo(2);
    peer.delete(account);
    Awaitility.await().atMost(LOG_TIME).until(() -> named.count("john") == 0);
    assertThat(other.count("john")).isEqualTo(1);
  }

  @Test
  void insideServerIsAskedByApopAlone() throws Exception {
    Pop3Wire.loggedIn(port, "john", SECRET).close();
    assertThat(mail.log().lines().filter(line -> line.contains("Login: user=<john>")))
        .isNotEmpty()
        .allMatch(line -> line.contains("method=APOP"));
  }

  @Test
  void serverThatIsNotListedIsRefusedLikeAWrongSecret() throws Exception {
    String wrong = refusal("127.0.2.1", "john", SECRET + "x");
    assertThat(wrong).startsWith("-ERR [AUTH]");
    assertThat(refusal("127.0.3.1", "john%elsewhere", SECRET)).isEqualTo(wrong);
    assertThat(refusal("127.0.4.1", "john%127.0.0.1", SECRET)).isEqualTo(wrong);
    assertThat(refusal("127.0.5.1", "john%mail@elsewhere.example", SECRET)).isEqualTo(wrong);
    assertThat(refusal("127.0.6.1", "nobody", SECRET)).isEqualTo(wrong);
    for (int i = 2; i <= 6; i++) {
      pop3Gw.awaitEvent(LOG_TIME, "disconnect", "host=127.0." + i + ".1", "how=no-login");
    }
  }

  /** All that a client is told who answers the challenge so. */
  private static String refusal(String source, String login, String secret) throws Exception {
    try (Pop3Wire wire = Pop3Wire.silent(source, port)) {
      return wire.apop(login, secret) + "\n" + wire.rest();
    }
  }

  @Test
  void whatIsSentBehindTheLoginReachesTheInsideServer() throws Exception {
    archive.deliver("john", Samples.header("same-packet") + "Sent ahead.\r\n");
    try (Pop3Wire wire = Pop3Wire.silent(port)) {
      assertThat(
              wire.apop(
                  wire.line(), "john%archive", SECRET, "STAT\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n"))
          .startsWith("+OK");
      assertThat(wire.line()).startsWith("+OK 1 ");
      assertThat(wire.line()).startsWith("+OK ");
      assertThat(wire.lines()).contains("X-Token: same-packet\r\n", "Sent ahead.\r\n");
      assertThat(wire.line()).startsWith("+OK");
      assertThat(wire.rest()).startsWith("+OK");
    }
    Awaitility.await().atMost(LOG_TIME).until(() -> archive.count("john") == 0);
  }
}
