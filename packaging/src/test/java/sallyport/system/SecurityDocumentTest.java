package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/security.md}: what a captured process cannot do is shown by tests that exist. */
class SecurityDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/security.md");
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))(?:\\.([a-z]\\w*))?`");

  @Test
  void everyTestThatItNamesExists() throws IOException {
    Map<String, Path> tests = tests();
    int named = 0;
    Matcher matcher = NAMED.matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      named++;
      assertThat(tests).containsKey(matcher.group(1));
      Optional<String> method = Optional.ofNullable(matcher.group(2));
      if (method.isPresent()) {
        assertThat(Files.readString(tests.get(matcher.group(1))))
            .as(matcher.group())
            .contains("void " + method.get() + "(");
      }
    }
    assertThat(named).isGreaterThan(20);
  }

  @Test
  void everyCannotNamesATest() throws IOException {
    boolean cannot = false;
    int rows = 0;
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("| ") && line.contains("cannot | shown by |")) {
        cannot = true;
      } else if (!line.startsWith("|")) {
        cannot = false;
      } else if (cannot && !line.startsWith("|---")) {
        rows++;
        assertThat(NAMED.matcher(line).find()).as(line).isTrue();
      }
    }
    assertThat(rows).isGreaterThan(15);
  }

  private static Map<String, Path> tests() throws IOException {
    Map<String, Path> tests = new TreeMap<>();
    try (Stream<Path> files = Files.find(Path.of(".."), 12, (path, facts) -> isTest(path))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        tests.put(file.getFileName().toString().replace(".java", ""), file);
      }
    }
    return tests;
  }

  private static boolean isTest(Path path) {
    return path.toString().contains("src/test/java")
        && List.of("Test.java", "IT.java").stream().anyMatch(path.toString()::endsWith);
  }
}
