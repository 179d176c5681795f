package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.HOME;
import static sallyport.authdb.authsrv.TestBroker.digest;
import static sallyport.authdb.authsrv.TestBroker.fields;
import static sallyport.authdb.authsrv.TestBroker.isOk;
import static sallyport.authdb.authsrv.TestBroker.isRefused;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.protocol.Reply;
import sallyport.authdb.protocol.Timestamp;

/** What an honest gateway asks, and gets. */
class BrokerTest {
  private static final String INSIDE = "<1896.697170952@mail.example.com>";

  private TestBroker it;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    it = TestBroker.in(folder);
  }

  @AfterEach
  void stop() throws Exception {
    it.close();
  }

  @Test
  void aChallengeIsATimestampThatBearsOurMark() {
    String challenge = it.challenge();
    assertThat(challenge).matches("<sp\\.[A-Za-z0-9_-]{24}\\.[A-Za-z0-9_-]{22}@gate.example.com>");
    assertThat(Timestamp.parse(challenge)).get().matches(Timestamp::ownMark);
    assertThat(it.challenge()).isNotEqualTo(challenge);
  }

  @Test
  void aRightLoginIsGrantedAtOnceForTheDefaultServer() {
    Broker.Ruling ruling = it.login("john", "tanstaaf", HOME);
    assertThat(fields(ruling.reply())).hasSize(3).endsWith("mail", "john");
    assertThat(it.held(ruling)).isZero();
    assertThat(it.logged()).contains("login host=192.0.2.7 user=john server=mail");
  }

  @Test
  void theNameMayHoldAServerAndOurOwnNameInAnyCase() {
    for (String login :
        List.of(
            "john%mail", "JOHN%Mail", "john%mail@gate.example.com", "John%mail@Gate.Example.COM")) {
      assertThat(fields(it.login(login, "tanstaaf", HOME).reply())).endsWith("mail", "john");
    }
    assertThat(fields(it.login("john%archive", "tanstaaf", HOME).reply()))
        .endsWith("archive", "john");
  }

  @Test
  void anotherNameInsideIsTheOneThatTheGatewayGets() {
    assertThat(fields(it.login("jane%archive", "opensesame", HOME).reply()))
        .endsWith("archive", "jd");
    assertThat(fields(it.login("jane", "opensesame", HOME).reply())).endsWith("mail", "jane");
  }

  @Test
  void theInsideDigestIsMadeWithTheFrontSecretUnlessThereIsAnOwnOne() {
    assertThat(fields(it.respond(it.grant("john", "tanstaaf"), INSIDE)))
        .containsExactly(digest(INSIDE, "tanstaaf"));
    assertThat(fields(it.respond(it.grant("jane%archive", "opensesame"), INSIDE)))
        .containsExactly(digest(INSIDE, "own secret"));
    assertThat(fields(it.respond(it.grant("jane", "opensesame"), INSIDE)))
        .containsExactly(digest(INSIDE, "opensesame"));
  }

  @Test
  void theOwnSecretOfAPassServerIsHandedOut() {
    assertThat(fields(it.secretFor(it.grant("john%legacy", "tanstaaf"))))
        .containsExactly("old iron");
  }

  @Test
  void withoutAnOwnSecretAPassServerGetsNone() {
    assertThat(it.secretFor(it.grant("jane%legacy", "opensesame")))
        .isInstanceOf(Reply.Refused.class);
  }

  @Test
  void aPasswordIsHeldAgainstTheFrontSecret() {
    assertThat(isOk(it.password("john%archive", "tanstaaf", HOME))).isTrue();
    assertThat(isRefused(it.password("john", "tanstaa", HOME))).isTrue();
    assertThat(isRefused(it.password("john", "tanstaaff", HOME))).isTrue();
    assertThat(isRefused(it.password("john", "", HOME))).isTrue();
    assertThat(isRefused(it.password("nell", "", HOME))).isTrue();
  }

  @Test
  void whatTheCommandLineChangesCountsAfterTheNextLook() throws Exception {
    try (UserDatabase other = it.commandLine()) {
      other.setDisabled("john", true);
      other.setFrontSecret("jane", TestBroker.secret("changed"));
    }
    it.keeper.tick();
    assertThat(isRefused(it.login("john", "tanstaaf", HOME))).isTrue();
    assertThat(isRefused(it.login("jane", "opensesame", HOME))).isTrue();
    assertThat(isOk(it.login("jane", "changed", HOME))).isTrue();
  }

  @Test
  void aUserWhoIsDisabledBetweenLoginAndInsideGreetingGetsNoDigest() throws Exception {
    String grant = it.grant("john", "tanstaaf");
    try (UserDatabase other = it.commandLine()) {
      other.setDisabled("john", true);
    }
    it.keeper.tick();
    assertThat(it.respond(grant, INSIDE)).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void aNewUserOfAnOldNameDoesNotInheritAGrant() throws Exception {
    String grant = it.grant("john", "tanstaaf");
    try (UserDatabase other = it.commandLine()) {
      other.remove("john");
      other.add("john", "", "", java.util.Optional.of(TestBroker.secret("another")), false);
    }
    it.keeper.tick();
    assertThat(it.respond(grant, INSIDE)).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void aKeyThatIsRotatedMeanwhileIsFound() throws Exception {
    try (UserDatabase other = it.commandLine()) {
      other.rotateKey();
    }
    it.keeper.tick();
    assertThat(isOk(it.login("john", "tanstaaf", HOME))).isTrue();
  }

  @Test
  void whileItDrainsNobodyIsLetInButWhoIsInIsServed() {
    String grant = it.grant("john", "tanstaaf");
    String challenge = it.challenge();
    it.broker.drain();
    assertThat(it.johnAnswers(challenge)).isInstanceOf(Reply.Unavailable.class);
    assertThat(it.password("john", "tanstaaf", HOME).reply()).isInstanceOf(Reply.Unavailable.class);
    assertThat(it.deny("john", HOME).reply()).isInstanceOf(Reply.Unavailable.class);
    assertThat(it.broker.unusedGrants()).isEqualTo(1);
    assertThat(fields(it.respond(grant, INSIDE))).hasSize(1);
    assertThat(it.broker.unusedGrants()).isZero();
  }

  @Test
  void aChallengeThatIsTooOldIsTemporaryTroubleAndNoRefusal() {
    String challenge = it.challenge();
    it.pass(Challenges.LIFE);
    assertThat(it.johnAnswers(challenge)).isInstanceOf(Reply.Unavailable.class);
    assertThat(it.logged())
        .contains("login-refused host=192.0.2.7 user=john reason=stale-challenge");
  }

  @Test
  void aChallengeFromBeforeARestartIsTemporaryTroubleToo() throws Exception {
    String challenge = it.challenge();
    it.restart();
    assertThat(it.johnAnswers(challenge)).isInstanceOf(Reply.Unavailable.class);
    assertThat(it.logged()).doesNotContain("securityalert");
  }

  @Test
  void aGrantLivesForAMinute() {
    String grant = it.grant("john", "tanstaaf");
    it.pass(Grants.LIFE.minus(Duration.ofMillis(1)));
    assertThat(fields(it.respond(grant, INSIDE))).hasSize(1);
    String late = it.grant("john", "tanstaaf");
    it.pass(Grants.LIFE);
    assertThat(it.respond(late, "<2@b>")).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void noReplyRequestOrLogShowsASecretADigestOrAGrant() {
    String challenge = it.challenge();
    String digest = digest(challenge, "tanstaaf");
    Broker.Ruling ruling = it.verify("john", challenge, digest, HOME);
    String grant = fields(ruling.reply()).getFirst();
    it.password("john", "hunter2", HOME);
    it.respond(grant, INSIDE);
    String shown = ruling + it.logged() + it.users.keyring();
    assertThat(shown)
        .doesNotContain(digest, grant, "tanstaaf", "hunter2", digest(INSIDE, "tanstaaf"));
  }
}
