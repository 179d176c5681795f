package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackOffTest {

  private final BackOff backOff = new BackOff(Duration.ofSeconds(300), Duration.ofSeconds(4_000));

  @Test
  void fwtkFault10WaitsDoubleUpToTheLongest() {
    assertThat(IntStream.rangeClosed(1, 7).mapToObj(n -> backOff.after(n, 0).toSeconds()))
        .containsExactly(300L, 600L, 1_200L, 2_400L, 4_000L, 4_000L, 4_000L);
    assertThat(backOff.after(Integer.MAX_VALUE, 0)).isEqualTo(Duration.ofSeconds(4_000));
  }

  @Test
  void jitterAddsATenthAtMost() {
    assertThat(backOff.after(1, 1)).isEqualTo(Duration.ofSeconds(330));
    assertThat(backOff.after(1, 0.5)).isEqualTo(Duration.ofSeconds(315));
    assertThat(backOff.after(1, 99)).isEqualTo(Duration.ofSeconds(330));
  }

  @Test
  void boundsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new BackOff(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
