package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockGuardTest {

  private Instant wall = Instant.parse("2026-11-22T12:00:00Z");
  private long steady = Long.MAX_VALUE - 5;
  private final List<Duration> alerts = new ArrayList<>();
  private final ClockGuard guard = new ClockGuard(() -> wall, () -> steady, alerts::add);

  private void pass(Duration time) {
    wall = wall.plus(time);
    steady += time.toNanos();
  }

  @Test
  void aClockThatGoesOnIsBelieved() {
    for (int day = 0; day < 30; day++) {
      pass(Duration.ofDays(1));
      assertThat(guard.trusts()).isTrue();
    }
    assertThat(alerts).isEmpty();
  }

  @Test
  void aClockSetByMoreThanAnHourIsNotBelievedForAnHour() {
    for (Duration step : List.of(Duration.ofDays(40), Duration.ofHours(-2))) {
      alerts.clear();
      pass(Duration.ofMinutes(1));
      wall = wall.plus(step);
      assertThat(guard.trusts()).isFalse();
      assertThat(alerts).containsExactly(step);
      pass(Duration.ofMinutes(59));
      assertThat(guard.trusts()).isFalse();
      pass(Duration.ofMinutes(1));
      assertThat(guard.trusts()).isTrue();
      assertThat(alerts).hasSize(1);
    }
  }

  @Test
  void aSmallCorrectionIsBelieved() {
    wall = wall.plus(Duration.ofMinutes(59));
    assertThat(guard.trusts()).isTrue();
    wall = wall.minus(Duration.ofMinutes(59));
    assertThat(guard.trusts()).isTrue();
    assertThat(alerts).isEmpty();
  }

  @Test
  void aSecondStepBeginsTheHourAnew() {
    wall = wall.plus(Duration.ofDays(1));
    assertThat(guard.trusts()).isFalse();
    pass(Duration.ofMinutes(50));
    wall = wall.minus(Duration.ofDays(1));
    assertThat(guard.trusts()).isFalse();
    pass(Duration.ofMinutes(59));
    assertThat(guard.trusts()).isFalse();
    assertThat(alerts).hasSize(2);
  }

  @Test
  void aStartBeforeTheNewestMailIsNotBelieved() {
    guard.start(wall.plusSeconds(1));
    assertThat(guard.trusts()).isFalse();
    assertThat(alerts).containsExactly(Duration.ofSeconds(-1));
    pass(Duration.ofHours(1));
    assertThat(guard.trusts()).isTrue();
  }

  @Test
  void aStartAfterTheNewestMailIsBelieved() {
    guard.start(wall.minusSeconds(1));
    assertThat(guard.trusts()).isTrue();
    assertThat(alerts).isEmpty();
  }
}
