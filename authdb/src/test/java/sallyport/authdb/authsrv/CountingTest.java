package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.HOME;
import static sallyport.authdb.authsrv.TestBroker.isOk;
import static sallyport.authdb.authsrv.TestBroker.isRefused;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.UserDatabase;

/** Wrong tries: who is put to sleep, and who is not. */
class CountingTest {
  private static final String STRANGER = "203.0.113.5";
  private static final String NEIGHBOUR = "203.0.113.77";

  private TestBroker it;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    it = TestBroker.in(folder);
  }

  @AfterEach
  void stop() throws Exception {
    it.close();
  }

  private void wrong(int times, String user, String source) {
    for (int i = 0; i < times; i++) {
      assertThat(isRefused(it.login(user, "wrong", source))).isTrue();
    }
  }

  private boolean letsIn(String user, String secret, String source) {
    return isOk(it.login(user, secret, source));
  }

  @Test
  void fiveWrongTriesPutThePairToSleepAndNoOther() {
    wrong(5, "john", STRANGER);
    assertThat(it.logged())
        .contains("asleep securityalert=yes host=203.0.113.5 user=john tries=5 seconds=1200");
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
    assertThat(letsIn("john", "tanstaaf", NEIGHBOUR)).isFalse();
    assertThat(letsIn("john", "tanstaaf", HOME)).isTrue();
    assertThat(letsIn("jane", "opensesame", STRANGER)).isTrue();
  }

  @Test
  void fourWrongTriesAreForgottenByARightOne() {
    wrong(4, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
    wrong(4, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
    assertThat(it.logged()).doesNotContain("asleep");
  }

  @Test
  void sleepEndsAfterItsTimeAndTriesMeanwhileDoNotProlongIt() {
    wrong(5, "john", STRANGER);
    it.pass(TestBroker.BAD_SLEEP.minus(Duration.ofSeconds(1)));
    wrong(3, "john", STRANGER);
    it.pass(Duration.ofSeconds(1));
    wrong(4, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
  }

  @Test
  void aStepOfTheWallClockNeitherEndsNorProlongsSleep() {
    wrong(5, "john", STRANGER);
    it.wall = it.wall.plus(Duration.ofDays(2));
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
    it.wall = it.wall.minus(Duration.ofDays(4));
    it.now += TestBroker.BAD_SLEEP.toNanos();
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
  }

  @Test
  void anAddressThatTheUserIsKnownAtHasACountOfItsOwn() {
    assertThat(letsIn("john", "tanstaaf", NEIGHBOUR)).isTrue();
    wrong(5, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", NEIGHBOUR)).isTrue();
    assertThat(letsIn("john", "tanstaaf", "203.0.113.78")).isFalse();
    it.pass(Counts.KNOWN_FOR);
    wrong(5, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", NEIGHBOUR)).isFalse();
  }

  @Test
  void aKnownAddressCanBePutToSleepToo() {
    assertThat(letsIn("john", "tanstaaf", HOME)).isTrue();
    wrong(5, "john", HOME);
    assertThat(letsIn("john", "tanstaaf", HOME)).isFalse();
    it.pass(TestBroker.BAD_SLEEP);
    assertThat(letsIn("john", "tanstaaf", HOME)).isTrue();
  }

  @Test
  void theSecretBeforeTheLastChangeIsNotCounted() throws Exception {
    try (UserDatabase other = it.commandLine()) {
      other.setFrontSecret("john", TestBroker.secret("new one"));
    }
    it.keeper.tick();
    for (int i = 0; i < 10; i++) {
      assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
      assertThat(isRefused(it.password("john", "tanstaaf", STRANGER))).isTrue();
    }
    assertThat(it.logged()).contains("reason=old-secret").doesNotContain("asleep");
    assertThat(letsIn("john", "new one", STRANGER)).isTrue();
    it.wall = it.wall.plus(UserDatabase.PREVIOUS_KEPT).plusSeconds(1);
    wrong(4, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
    assertThat(it.logged()).contains("asleep");
  }

  @Test
  void aDenialByTheGatewaysRulesIsNotCounted() {
    for (int i = 0; i < 30; i++) {
      it.deny("john", "10.3." + i + ".1");
      it.deny("john", STRANGER);
    }
    assertThat(it.logged()).doesNotContain("securityalert");
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
  }

  @Test
  void aRightSecretForAServerThatIsNotListedIsNotCounted() {
    for (int i = 0; i < 10; i++) {
      assertThat(letsIn("john%other", "tanstaaf", STRANGER)).isFalse();
    }
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
  }

  @Test
  void manySourcesSlowOnlyThatNameAndRaiseOneAlert() {
    assertThat(letsIn("john", "tanstaaf", HOME)).isTrue();
    for (int i = 0; i < 50; i++) {
      wrong(1, "john", "10.4." + i + ".1");
    }
    assertThat(it.logged().split("guessing securityalert=yes", -1)).hasSize(2);
    Broker.Ruling strange = it.login("john", "tanstaaf", "198.51.100.9");
    assertThat(isOk(strange)).isTrue();
    assertThat(it.held(strange)).isEqualTo(Delays.LONGEST);
    assertThat(it.held(it.login("john", "tanstaaf", HOME))).isZero();
    assertThat(it.held(it.login("jane", "opensesame", "198.51.100.10"))).isZero();
    assertThat(it.held(it.login("jane", "wrong", "198.51.100.11")))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void whileANameIsTriedFromEverywhereOneWrongTryIsEnough() {
    for (int i = 0; i < Guesses.MANY_NETWORKS; i++) {
      wrong(1, "john", "10.4." + i + ".1");
    }
    wrong(1, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
    it.pass(Guesses.WINDOW);
    assertThat(it.held(it.login("john", "tanstaaf", STRANGER))).isZero();
  }

  @Test
  void aNameThatNobodyHasIsSlowedInTheSameWay() {
    for (int i = 0; i < Guesses.MANY_NETWORKS; i++) {
      Broker.Ruling real = it.login("john", "wrong", "10.5." + i + ".1");
      Broker.Ruling made = it.login("nobody", "wrong", "10.6." + i + ".1");
      assertThat(it.held(real)).isEqualTo(it.held(made));
    }
    assertThat(it.held(it.login("john", "wrong", "198.51.100.9")))
        .isEqualTo(it.held(it.login("nobody", "wrong", "203.0.113.9")))
        .isEqualTo(Delays.LONGEST);
  }

  @Test
  void aRestartKeepsTheCounts() throws Exception {
    assertThat(letsIn("jane", "opensesame", NEIGHBOUR)).isTrue();
    wrong(4, "john", STRANGER);
    wrong(5, "jane", STRANGER);
    it.restart();
    assertThat(letsIn("jane", "opensesame", STRANGER)).isFalse();
    assertThat(letsIn("jane", "opensesame", NEIGHBOUR)).isTrue();
    wrong(1, "john", STRANGER);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
  }

  @Test
  void sleepThatWasWrittenUnderAWrongClockLastsNoLongerThanUsual() throws Exception {
    it.wall = it.wall.plus(Duration.ofDays(400));
    wrong(5, "john", STRANGER);
    it.keeper.tick();
    it.wall = it.wall.minus(Duration.ofDays(400));
    it.restart();
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
    it.pass(TestBroker.BAD_SLEEP);
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
  }

  @Test
  void anUnlockWakesTheUserAtOnceAndForGood() throws Exception {
    wrong(5, "john", STRANGER);
    it.keeper.tick();
    wrong(2, "john", HOME);
    try (UserDatabase other = it.commandLine()) {
      other.unlock("john");
    }
    it.keeper.tick();
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isTrue();
    it.restart();
    wrong(4, "john", HOME);
    assertThat(letsIn("john", "tanstaaf", HOME)).isTrue();
  }

  @Test
  void theUsersRecordHoldsWhatHappened() throws Exception {
    wrong(1, "john", STRANGER);
    letsIn("john%other", "tanstaaf", STRANGER);
    letsIn("john", "tanstaaf", HOME);
    it.deny("john", STRANGER);
    it.keeper.tick();
    try (UserDatabase other = it.commandLine()) {
      assertThat(other.log("john", 10))
          .extracting(LoginRecord::outcome)
          .containsExactly(
              LoginRecord.Outcome.RULES,
              LoginRecord.Outcome.LOGIN,
              LoginRecord.Outcome.NO_SERVER,
              LoginRecord.Outcome.WRONG_SECRET);
      assertThat(other.find("john").orElseThrow().lastSource()).contains(HOME);
      assertThat(other.find("john").orElseThrow().badCount()).isZero();
    }
  }

  @Test
  void aFloodOfMadeUpNamesDoesNotWakeAnybody() {
    wrong(5, "john", STRANGER);
    for (int i = 0; i < 2 * Guesses.MAX_NAMES; i++) {
      it.password("name" + i, "x", "10." + (i >> 8 & 0xff) + "." + (i & 0xff) + ".1");
    }
    assertThat(letsIn("john", "tanstaaf", STRANGER)).isFalse();
  }
}
