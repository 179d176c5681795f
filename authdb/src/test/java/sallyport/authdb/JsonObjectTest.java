package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.Json;

final class JsonObjectTest {

  @Test
  void whatADumpNeedsIsRead() {
    assertThat(
            JsonObject.parse(
                " {\"a\" : \"x\\u00e9\\n\\\"\\\\\\/\", \"b\":-12,\"c\":true, \"d\":{\"e\":false,\"f\":{}}}\r"))
        .isEqualTo(
            Map.of("a", "xé\n\"\\/", "b", -12L, "c", true, "d", Map.of("e", false, "f", Map.of())));
    assertThat(JsonObject.parse("{}")).isEmpty();
    assertThat(JsonObject.parse("{\"n\": 0}")).isEqualTo(Map.of("n", 0L));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Map<String, Object> object =
        Map.of("a", "\u0000\u001f\u007f\u2028 🗝 \"\\", "b", Map.of("c", 7L));
    assertThat(JsonObject.parse(Json.of(object))).isEqualTo(object);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{",
        "{}{}",
        "{} x",
        "[]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":1234567890123456789}",
        "{\"a\":null}",
        "{\"a\":[1]}",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":\"x}",
        "{\"a\":\"x\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12",
        "{\"a\":\"\\",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}",
      })
  void anythingElseIsWrong(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonObject.parse(text))
        .withMessageStartingWith("column ");
  }

  @Test
  void anErrorTellsTheColumnAndNothingOfTheText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonObject.parse("{\"secret\": \"sesame\", \"secret\": \"other\"}"))
        .withMessage("column 22: expected each name once");
  }
}
