package sallyport.netperm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sallyport.authdb.authsrv.AuthsrvConfig;
import sallyport.daemon.DaemonConfig;
import sallyport.netperm.Problem;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;
import sallyport.pop3gw.Pop3Config;
import sallyport.smap.SmapConfig;
import sallyport.smapd.SmapdConfig;

/** The sample, the reference and the code know the same keywords and the same defaults. */
class DocumentedKeywordsTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern DEFAULT = Pattern.compile("(?m)^#(?=[a-z*][a-z0-9, *-]*: )");
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^#e\\.g\\. ");
  private static final Pattern SECTION = Pattern.compile("(?m)^## (.+)$");
  private static final Pattern CODE = Pattern.compile("`([a-z-]+)[ `]");
  private static final String ACCOUNT_IS_MISSING = "is neither in passwd nor a number";

  private final String sample;
  private final String reference;

  DocumentedKeywordsTest() throws IOException {
    sample = Files.readString(ROOT.resolve("etc/netperm-table"));
    reference = Files.readString(ROOT.resolve("docs/netperm-table.md"));
  }

  private static Set<String> known(KnownProgram program) {
    Settings settings = Settings.of(Table.parse("empty", ""), program.application());
    program.read(settings);
    return new TreeSet<>(settings.keywords());
  }

  private static String withEverything(String sample) {
    return EXAMPLE.matcher(DEFAULT.matcher(sample).replaceAll("")).replaceAll("");
  }

  private static String withDefaults(String sample) {
    return DEFAULT
        .matcher(sample)
        .results()
        .map(MatchResult::end)
        .map(start -> sample.substring(start, sample.indexOf('\n', start)))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void sampleAsItStandsIsRight() {
    assertThat(Check.of(Table.parse("sample", sample))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void sampleHasEveryKeywordOfTheCodeAndNoOther(KnownProgram program) {
    Table everything = Table.parse("sample", withEverything(sample));
    Set<String> keywords =
        everything.of(program.application()).all().stream()
            .map(Rule::keyword)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(keywords).isEqualTo(known(program));
  }

  @Test
  void everyExampleOfTheSampleIsRight() {
    List<String> errors =
        Check.of(Table.parse("sample", withEverything(sample))).stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(Problem::toString)
            .filter(text -> !text.contains(ACCOUNT_IS_MISSING))
            .filter(text -> !text.contains("groupid"))
            .filter(text -> !text.contains("/etc/sallyport/tls/"))
            .filter(text -> !text.contains("listen: there is no account"))
            .toList();
    assertThat(errors).isEmpty();
  }

  @Test
  void defaultsOfTheSampleAreThoseOfTheCode() {
    Table defaults = Table.parse("sample", withDefaults(sample));
    assertThat(defaults.problems()).isEmpty();
    assertThat(defaults.rules()).hasSizeGreaterThan(20);
    Table empty = Table.parse("sample", "");
    assertThat(smap(defaults)).usingRecursiveComparison().isEqualTo(smap(empty));
    assertThat(smapd(defaults)).usingRecursiveComparison().isEqualTo(smapd(empty));
    assertThat(gateway(defaults)).usingRecursiveComparison().isEqualTo(gateway(empty));
    assertThat(authsrv(defaults)).usingRecursiveComparison().isEqualTo(authsrv(empty));
    for (KnownProgram program : KnownProgram.values()) {
      assertThat(directory(defaults, program)).isEqualTo(directory(empty, program));
    }
  }

  private static Path directory(Table table, KnownProgram program) {
    return DaemonConfig.of(Settings.of(table, program.application())).directory();
  }

  private static Pop3Config gateway(Table table) {
    return Pop3Config.of(Settings.of(table, "pop3-gw"), "gateway.example.com");
  }

  private static AuthsrvConfig authsrv(Table table) {
    Path directory = directory(table, KnownProgram.AUTHSRV);
    return AuthsrvConfig.of(Settings.of(table, "authsrv"), directory);
  }

  private static SmapConfig smap(Table table) {
    return SmapConfig.of(Settings.of(table, "smap"), "gateway.example.com");
  }

  private static SmapdConfig smapd(Table table) {
    return SmapdConfig.of(Settings.of(table, "smapd"), DaemonConfig.DEFAULT_DIRECTORY);
  }

  @ParameterizedTest
  @EnumSource
  void referenceHasEveryKeywordOfTheCodeAndNoOther(KnownProgram program) {
    Set<String> keywords = keywordsOf("Every program");
    keywords.addAll(keywordsOf(program.application()));
    if (program == KnownProgram.SMAPD) {
      keywords.addAll(notCarriedOut());
    }
    assertThat(keywords).isEqualTo(known(program));
  }

  /** The keywords in the first column of a section's table. */
  private Set<String> keywordsOf(String section) {
    Set<String> keywords = new TreeSet<>();
    for (String line : section(section).lines().filter(l -> l.startsWith("| `")).toList()) {
      String cell = line.substring(2, line.indexOf(" | "));
      CODE.matcher(cell).results().map(found -> found.group(1)).forEach(keywords::add);
    }
    return keywords.stream()
        .map(keyword -> keyword.replaceFirst("^(permit|deny)-", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> notCarriedOut() {
    String section = section("smapd");
    String text = section.substring(section.indexOf("not carried out in this version"));
    return CODE.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
  }

  private String section(String name) {
    MatchResult heading =
        SECTION
            .matcher(reference)
            .results()
            .filter(h -> h.group(1).equals(name))
            .findFirst()
            .orElseThrow();
    int end = reference.indexOf("\n## ", heading.end());
    return reference.substring(heading.end(), end < 0 ? reference.length() : end);
  }
}
