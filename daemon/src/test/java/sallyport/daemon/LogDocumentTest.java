package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/log.md} and the code name the same events, with the same levels. */
class LogDocumentTest {
  private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9-]+)` \\| ([a-z]+) \\|.*");

  @Test
  void documentHasEveryEventOnceAndNoOther() throws IOException {
    List<String> documented = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/log.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        documented.add(row.group(1) + " " + row.group(2));
      }
    }
    List<String> events =
        Arrays.stream(Event.values())
            .map(e -> e.wireName() + " " + e.level().name().toLowerCase(Locale.ROOT))
            .toList();
    assertThat(documented).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void wireNameIsTheNameInLowerCase() {
    for (Event event : Event.values()) {
      assertThat(event.wireName())
          .isEqualTo(event.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }
}
