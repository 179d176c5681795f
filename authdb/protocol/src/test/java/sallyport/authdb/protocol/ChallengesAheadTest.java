package sallyport.authdb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChallengesAheadTest {
  private final ChallengesAhead ahead = new ChallengesAhead();

  @Test
  void asManyAreAskedForAsThereMayBeAndNoneWhileTheyAreOnTheirWay() {
    assertThat(ahead.ask()).isEqualTo(ChallengesAhead.MOST);
    assertThat(ahead.ask()).isZero();
    ahead.put("<a@b>", 0);
    assertThat(ahead.take(0)).contains("<a@b>");
    assertThat(ahead.take(0)).isEmpty();
    assertThat(ahead.ask()).isZero();
  }

  @Test
  void halfAreAskedForWhenHalfAreGone() {
    for (int i = ahead.ask(); i > 0; i--) {
      ahead.put("<" + i + "@b>", 0);
    }
    for (int i = 1; i < ChallengesAhead.MOST / 2; i++) {
      assertThat(ahead.take(0)).isPresent();
      assertThat(ahead.ask()).isZero();
    }
    assertThat(ahead.take(0)).isPresent();
    assertThat(ahead.ask()).isEqualTo(ChallengesAhead.MOST / 2);
  }

  @Test
  void whatDidNotComeIsAskedForAgain() {
    for (int i = ahead.ask(); i > 0; i--) {
      ahead.miss();
    }
    assertThat(ahead.ask()).isEqualTo(ChallengesAhead.MOST);
  }

  @Test
  void oldOneIsNotGiven() {
    ahead.ask();
    ahead.put("<old@b>", 0);
    long later = ChallengesAhead.KEPT.toNanos() + 1;
    ahead.put("<new@b>", later);
    assertThat(ahead.take(later)).contains("<new@b>");
  }
}
