package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTest {
  @ParameterizedTest
  @CsvSource({"0, 0.000", "5, 0.005", "1005, 1.005", "61999, 61.999", "-5, 0.000"})
  void durationsAreSecondsAndMilliseconds(long millis, String text) {
    assertThat(Field.of("seconds", Duration.ofMillis(millis)).value()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "1a", "-a", "a b", "a=b", "a\n", "ä"})
  void whatIsNoKeyIsAFaultOfTheProgram(String key) {
    assertThatThrownBy(() -> Field.of(key, "x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keysAreShortWordsOfLettersDigitsAndHyphens() {
    assertThat(Field.of("a-1", "x").key()).isEqualTo("a-1");
    assertThat(Field.of("a".repeat(32), "x").key()).hasSize(32);
    assertThatThrownBy(() -> Field.of("a".repeat(33), "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
