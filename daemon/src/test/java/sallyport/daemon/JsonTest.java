package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void valuesAreWrittenByTheirKind() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("a", Arrays.asList(1, 2L, true, null, "x"));
    object.put("b", Map.of());
    object.put("c", List.of());
    assertThat(Json.of(object))
        .isEqualTo("{\"a\": [1, 2, true, null, \"x\"], \"b\": {}, \"c\": []}");
  }

  @Test
  void textIsEscaped() {
    assertThat(Json.of("\"\\/\n\t\r\u0000\u001f\u007f\u00e9\u2028\ud83d\udce7\ud83d"))
        .isEqualTo(
            "\"\\\"\\\\/\\n\\t\\u000d\\u0000\\u001f\\u007f\u00e9\\u2028\\ud83d\\udce7\\ud83d\"");
  }
}
