package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.InsideServers.Method;
import sallyport.authdb.authsrv.Challenges.Worth;

/** What is remembered has a bound, and what happens there is known. */
class BoundsTest {
  private static final Grants.Grant GRANT = new Grants.Grant(1, "john", "mail", Method.APOP);

  private final SecureRandom random = new SecureRandom();

  @Test
  void challengesThatNobodyUsesAreNotRemembered() {
    Challenges challenges = new Challenges("gate.example.com", random, 0);
    for (int i = 0; i < 10_000; i++) {
      challenges.make(0);
    }
    assertThat(challenges.remembered()).isZero();
  }

  @Test
  void noChallengeIsForgottenForAnotherOnesSake() {
    Challenges challenges = new Challenges("gate.example.com", random, 0, 3);
    String first = challenges.make(0);
    assertThat(challenges.use(first, 0)).isEqualTo(Worth.GOOD);
    assertThat(challenges.use(challenges.make(0), 0)).isEqualTo(Worth.GOOD);
    assertThat(challenges.use(challenges.make(0), 0)).isEqualTo(Worth.GOOD);
    assertThat(challenges.use(challenges.make(0), 0)).isEqualTo(Worth.FULL);
    assertThat(challenges.use(first, 0)).isEqualTo(Worth.USED);
    long later = Challenges.LIFE.plus(Duration.ofMinutes(1)).toNanos();
    assertThat(challenges.use(first, later)).isEqualTo(Worth.STALE);
    assertThat(challenges.use(challenges.make(later), later)).isEqualTo(Worth.GOOD);
    assertThat(challenges.remembered()).isEqualTo(1);
  }

  @Test
  void aGrantThatWaitsIsNotForgottenForAnotherOnesSake() {
    Grants grants = new Grants(random, 2);
    String first = grants.give(GRANT, 0, 0).orElseThrow();
    assertThat(grants.give(GRANT, 0, 0)).isPresent();
    assertThat(grants.give(GRANT, 0, 0)).isEmpty();
    assertThat(grants.take(first, 0)).isEqualTo(new Grants.Taken.Good(GRANT));
    assertThat(grants.take(first, 0)).isEqualTo(new Grants.Taken.Again());
    assertThat(grants.give(GRANT, 0, 0)).isPresent();
    assertThat(grants.unused(0)).isEqualTo(2);
    long later = Grants.LIFE.toNanos();
    assertThat(grants.unused(later)).isZero();
    assertThat(grants.give(GRANT, later, later)).isPresent();
  }

  @Test
  void theLastAnswersAtLeastAreRemembered() {
    Answered answered = new Answered(random, 100);
    for (int i = 0; i < 1000; i++) {
      assertThat(answered.first(1, "mail", "<" + i + "@x>")).isTrue();
      for (int j = Math.max(0, i - 99); j <= i; j++) {
        assertThat(answered.first(1, "mail", "<" + j + "@x>")).isFalse();
      }
    }
    assertThat(answered.first(1, "mail", "<0@x>")).isTrue();
    assertThat(answered.first(2, "mail", "<999@x>")).isTrue();
    assertThat(answered.first(1, "archive", "<999@x>")).isTrue();
  }

  @Test
  void theSetOfNumbersIsASet() {
    LongSet set = new LongSet();
    Set<Long> model = new HashSet<>();
    Random numbers = new Random(11);
    for (int i = 0; i < 100_000; i++) {
      long number = numbers.nextInt(4) == 0 ? numbers.nextInt(1000) + 2 : numbers.nextLong();
      assertThat(set.add(number)).isEqualTo(model.add(number));
      assertThat(set.contains(number)).isTrue();
    }
    assertThat(set.size()).isEqualTo(model.size());
    assertThat(set.contains(-7)).isEqualTo(model.contains(-7L));
    assertThat(set.add(0)).isTrue();
    assertThat(set.add(0)).isFalse();
  }

  @Test
  void theLatestAddressesOfAUserAreKnownAfterARestart(@TempDir Path folder) throws Exception {
    try (TestBroker it = TestBroker.in(folder)) {
      for (int i = 0; i < Counts.MAX_KNOWN + 10; i++) {
        it.pass(Duration.ofMinutes(1));
        it.login("john", "tanstaaf", "10.7." + i + ".1");
      }
      it.restart();
      for (int i = 0; i < 5; i++) {
        it.login("john", "wrong", "10.7." + (Counts.MAX_KNOWN + 9) + ".2");
        it.login("john", "wrong", "10.7.0.2");
      }
      assertThat(it.logged()).contains("asleep");
      String latest = "10.7." + (Counts.MAX_KNOWN + 9) + ".1";
      assertThat(TestBroker.isOk(it.login("john", "tanstaaf", latest))).isTrue();
      assertThat(TestBroker.isOk(it.login("john", "tanstaaf", "10.7.0.1"))).isFalse();
    }
  }

  @Test
  void aNetworkIsASlash24OrASlash64() {
    assertThat(Source.of("192.0.2.7").network()).isEqualTo("192.0.2.0/24");
    assertThat(Source.of("255.255.255.255").network()).isEqualTo("255.255.255.0/24");
    assertThat(Source.of("2001:db8:1:2:3:4:5:6").network()).isEqualTo("2001:db8:1:2::/64");
    assertThat(Source.of("2001:DB8::1")).isEqualTo(Source.of("2001:db8:0:0:0:0:0:1"));
    assertThat(Source.of("::ffff:192.0.2.7")).isEqualTo(Source.of("192.0.2.7"));
    assertThat(Source.of("192.0.2.7").key()).isEqualTo(Source.of("192.0.2.200").key());
    assertThat(Source.of("192.0.3.7").key()).isNotEqualTo(Source.of("192.0.2.7").key());
  }
}
