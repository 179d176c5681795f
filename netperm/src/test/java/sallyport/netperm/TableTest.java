package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
  private static Table table(String text) {
    return Table.parse("t", text);
  }

  private static Rule only(String text) {
    Table table = table(text);
    assertThat(table.problems()).isEmpty();
    assertThat(table.rules()).hasSize(1);
    return table.rules().getFirst();
  }

  private static String problem(String text) {
    Table table = table(text);
    assertThat(table.rules()).isEmpty();
    assertThat(table.problems()).hasSize(1);
    return table.problems().getFirst().toString();
  }

  @Test
  void lineHasApplicationKeywordAndValues() {
    Rule rule = only("smap: local-domains example.com example.org\n");
    assertThat(rule.at()).isEqualTo(new Location("t", 1));
    assertThat(rule.applications()).containsExactly("smap");
    assertThat(rule.permission()).isEqualTo(Permission.NONE);
    assertThat(rule.keyword()).isEqualTo("local-domains");
    assertThat(rule.values()).containsExactly("example.com", "example.org");
    assertThat(rule.options()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b:k v", "a, b: k v", "a b : k v", " a\tb\t:k\tv", "a ,\t b:  k   v  "})
  void namesAreDividedBySpaceTabOrComma(String line) {
    assertThat(only(line).applications()).containsExactly("a", "b");
  }

  @Test
  void firstColonEndsTheNames() {
    Rule rule = only("smapd: relay [2001:db8::1]:25");
    assertThat(rule.applications()).containsExactly("smapd");
    assertThat(rule.values()).containsExactly("[2001:db8::1]:25");
  }

  @Test
  void starNamesEveryApplication() {
    Table table = table("*: hostname mx.example.com\nsmap: timeout 5\nsmapd: wakeup 5");
    assertThat(table.of("smap").all())
        .extracting(Rule::keyword)
        .containsExactly("hostname", "timeout");
    assertThat(table.of("smap").application()).isEqualTo("smap");
    assertThat(table.of("pop3-gw").all()).extracting(Rule::keyword).containsExactly("hostname");
  }

  @Test
  void rulesKeepFileOrderAndTheFirstOfAKeywordIsFound() {
    Rules rules = table("a: k 1\n*: k 2\na: permit-k 3\na: other x").of("a");
    assertThat(rules.with("k"))
        .extracting(r -> r.values().getFirst())
        .containsExactly("1", "2", "3");
    assertThat(rules.first("k").orElseThrow().at().line()).isEqualTo(1);
    assertThat(rules.first("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n\n", "# smap: timeout 1", "   # indented", "\t#", "  \t ", "#\\\n", "\r\n"})
  void blankLinesAndCommentsSayNothing(String text) {
    assertThat(table(text).rules()).isEmpty();
    assertThat(table(text).problems()).isEmpty();
  }

  @Test
  void commentIsNeverContinued() {
    assertThat(only("# a: k 1 \\\nb: k 2").applications()).containsExactly("b");
  }

  @Test
  void commentAfterAValueIsAProblem() {
    assertThat(problem("smap: timeout 5 # seconds"))
        .isEqualTo(
            "t:1: error: '#' begins a comment only at the start of a line; as a value it needs"
                + " quotes");
    assertThat(only("smap: greeting \"#\" a#b").values()).containsExactly("#", "a#b");
  }

  @Test
  void backslashContinuesTheRuleAndTheFirstLineIsItsPlace() {
    Table table = table("\nsmap: local-domains a.example \\\n   b.example\\\n c.example\nx: y z");
    assertThat(table.problems()).isEmpty();
    assertThat(table.rules().getFirst().at().line()).isEqualTo(2);
    assertThat(table.rules().getFirst().values())
        .containsExactly("a.example", "b.example", "c.example");
    assertThat(table.rules().getLast().at().line()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: k v \\", "a: k v \\ \n w", "a: k v\\ \t"})
  void backslashThatContinuesNothingIsAProblem(String text) {
    assertThat(table(text).problems().getFirst().toString())
        .isEqualTo("t:1: error: '\\' must be followed by a line end and another line");
  }

  @Test
  void quotedValueHoldsSpacesColonsHashesAndTheOtherQuote() {
    assertThat(only("a: k \"x: #1 'y'\" '\"' \"\" 'it {is}'").values())
        .containsExactly("x: #1 'y'", "\"", "", "it {is}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: k \"open|a quote is not closed; expected another \"",
        "a: k 'open\"|a quote is not closed; expected another '",
        "a: k \"x\"y|white space must follow the closing \"",
        "a: k it's|a quote inside a word; put the whole word in quotes",
        "a: 'k' v|'k' is not a keyword; expected 'application: keyword value'",
        "a: -k v|'-k' is not a keyword; expected 'application: keyword value'",
        "a: { k }|'{' is not a keyword; expected 'application: keyword value'",
        "a:|no keyword after ':'; expected 'application: keyword value'",
        "a: k|'k' needs a value",
        "a: permit-hosts|'permit-hosts' needs a value",
        "a: permit- x|'permit-' must be followed by a word, as in hosts",
        "a k v|no ':' after the application's name; expected 'application: keyword value'",
        ": k v|'' is not the name of an application; expected 'application: keyword value'",
        "a,: k v|'' is not the name of an application; expected 'application: keyword value'",
        "a!: k v|'a!' is not the name of an application; expected 'application: keyword value'",
        "a: k { x }|'{' may only hold an option's values, as in -dest { a !b }",
        "a: k x }|'}' may only hold an option's values, as in -dest { a !b }",
        "a: k * -dest { x|'{' after -dest is not closed; expected '}'",
        "a: k * -dest { }|-dest { } holds nothing; expected a value",
        "a: k * -dest { x } y|'y' follows '}'; expected an option or the end",
        "a: k * -dest { x { y } }|'{' may only hold an option's values, as in -dest { a !b }",
        "a: k * -dest !|'!' stands alone; expected a value right after it",
      })
  void wrongLineSaysWhatWasExpected(String line, String text) {
    assertThat(problem(line)).isEqualTo("t:1: error: " + text);
  }

  @Test
  void permitAndDenyAreKeptApartFromTheKeyword() {
    assertThat(only("a: permit-hosts *").permission()).isEqualTo(Permission.PERMIT);
    assertThat(only("a: deny-hosts *").permission()).isEqualTo(Permission.DENY);
    assertThat(only("a: hosts *").permission()).isEqualTo(Permission.NONE);
    assertThat(only("a: deny-hosts *").keyword()).isEqualTo("hosts");
    assertThat(only("a: deny-hosts *").fullKeyword()).isEqualTo("deny-hosts");
    assertThat(only("a: denial-msg no").permission()).isEqualTo(Permission.NONE);
  }

  @Test
  void optionsFollowTheValues() {
    Rule rule = only("a: permit-hosts 10.* b -dest {x !y}-user z !w \"!v\" -passok");
    assertThat(rule.values()).containsExactly("10.*", "b");
    assertThat(rule.options())
        .containsExactly(
            new Option("dest", List.of(new Option.Value(false, "x"), new Option.Value(true, "y"))),
            new Option(
                "user",
                List.of(
                    new Option.Value(false, "z"),
                    new Option.Value(true, "w"),
                    new Option.Value(false, "!v"))),
            new Option("passok", List.of()));
  }

  @Test
  void hyphenBeforeNoLetterBeginsAValue() {
    assertThat(only("a: timeout -5 - \"-quoted\"").values()).containsExactly("-5", "-", "-quoted");
  }

  @Test
  void threeWrongLinesAreThreeProblemsAndTheRestIsRead() {
    Table table =
        table("smap timeout 5\nsmap: timeout 5\nsmap: welcome 'x\n\nsmapd:\nsmapd: wakeup 5\n");
    assertThat(table.problems()).extracting(p -> p.at().line()).containsExactly(1, 3, 5);
    assertThat(table.problems()).extracting(Problem::severity).containsOnly(Severity.ERROR);
    assertThat(table.rules()).hasSize(2);
  }

  @Test
  void problemConcernsTheApplicationsOfItsLineOrAllWhereTheyCannotBeRead() {
    Problem named = table("smap, smapd: x").problems().getFirst();
    assertThat(named.concerns("smap")).isTrue();
    assertThat(named.concerns("pop3-gw")).isFalse();
    Problem unnamed = table("nonsense").problems().getFirst();
    assertThat(unnamed.concerns("pop3-gw")).isTrue();
  }

  @Test
  void windowsLineEndsAndByteOrderMarkAreAccepted() {
    assertThat(table("\uFEFFa: k v\r\nb: k \\\r\n w\r\n").rules())
        .extracting(Rule::toString)
        .containsExactly("a: k v", "b: k w");
  }

  @Test
  void controlCharactersAreAProblemAndNeverReachTheMessage() {
    assertThat(problem("a: k v\u0000")).contains("control character");
    assertThat(problem("a: k v\rb: k v")).contains("control character");
    assertThat(Problem.shown("x\u001b[2J")).isEqualTo("'x?[2J'");
  }

  @Test
  void longPieceIsCutInAMessage() {
    assertThat(Problem.shown("x".repeat(1000))).hasSize(63).endsWith("x…'");
  }

  @Test
  void wrongBytesAreAProblemOfTheirLineButNotInAComment(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("table");
    Files.write(file, "# \u00e9\na: k \u00e9\nb: k v\n".getBytes(StandardCharsets.ISO_8859_1));
    Table table = Table.read(file);
    assertThat(table.fileName()).isEqualTo(file.toString());
    assertThat(table.problems())
        .extracting(Problem::toString)
        .containsExactly(file + ":2: error: the line is not in UTF-8");
    assertThat(table.rules()).hasSize(1);
  }

  @Test
  void unreadableFileThrows(@TempDir Path folder) {
    assertThatThrownBy(() -> Table.read(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Table.read(folder)).isInstanceOf(IOException.class);
  }

  @Test
  void tableOfOneMebibyteIsReadAndALargerOneIsNot(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("table");
    byte[] bytes = "a: k v\n".repeat(Table.MAX_BYTES / 7 + 1).getBytes(StandardCharsets.US_ASCII);
    Files.write(file, java.util.Arrays.copyOf(bytes, Table.MAX_BYTES));
    assertThat(Table.read(file).rules()).hasSizeGreaterThan(100_000);
    Files.write(file, java.util.Arrays.copyOf(bytes, Table.MAX_BYTES + 1));
    Table large = Table.read(file);
    assertThat(large.rules()).isEmpty();
    assertThat(large.problems())
        .extracting(Problem::toString)
        .containsExactly(
            file + ": error: the table is larger than 1048576 octets; no line of it was read");
    assertThat(large.problems().getFirst().concerns("smap")).isTrue();
  }

  @Test
  void endlessProblemsEndTheReading() {
    Table table = table("wrong\n".repeat(5000) + "a: k v\n");
    assertThat(table.problems()).hasSize(TableParser.MAX_PROBLEMS + 1);
    assertThat(table.problems().getLast().toString())
        .isEqualTo("t:1001: error: too many problems; not read from here on");
    assertThat(table.rules()).isEmpty();
  }

  @Test
  void ruleIsWrittenSoThatItReadsBackTheSame() {
    String line =
        "a, *: permit-hosts 10.* \"two words\" '\"' \"\" \"-x\" \"#\" -dest { \"-y\" !b \"!c\" } -z";
    assertThat(only(line).toString()).isEqualTo(line);
    assertThat(only(only(line).toString())).isEqualTo(only(line));
  }
}
