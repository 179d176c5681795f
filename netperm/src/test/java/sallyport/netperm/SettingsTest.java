package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static Settings settings(String... lines) {
    return Settings.of(Table.parse("t", String.join("\n", lines)), "smap");
  }

  private static List<String> problems(Settings settings) {
    return settings.problems().stream().map(Problem::toString).toList();
  }

  private static Duration time(Settings settings) {
    return settings.seconds("k", Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofDays(30));
  }

  @Test
  void absentKeywordsGiveTheirDefaults() {
    Settings empty = settings();
    assertThat(empty.count("k", 7, 1, 9)).isEqualTo(7);
    assertThat(time(empty)).isEqualTo(Duration.ofMinutes(5));
    assertThat(empty.octets("k", 5, 1, 9)).isEqualTo(5);
    assertThat(empty.yesNo("k", true)).isTrue();
    assertThat(empty.oneOf("k", Map.of("a", 1), 2)).isEqualTo(2);
    assertThat(empty.word("k")).isEmpty();
    assertThat(empty.words("k")).isEmpty();
    assertThat(empty.each("k")).isEmpty();
    assertThat(empty.hostsAndPorts("k", 25)).isEmpty();
    assertThat(empty.domains("k").isEmpty()).isTrue();
    assertThat(empty.addresses("k").isEmpty()).isTrue();
    assertThat(empty.where("k")).isEmpty();
    assertThat(empty.listen(25))
        .containsExactly(new ListenAddress(Optional.empty(), 25, new Location("t", 0)));
    assertThat(empty.problems()).isEmpty();
    assertThat(empty.keywords()).containsExactlyInAnyOrder("k", "listen");
  }

  @Test
  void valuesAreReadIntoTypes() {
    assertThat(settings("smap: k 3").count("k", 7, 1, 9)).isEqualTo(3);
    assertThat(settings("smap: k yes").yesNo("k", false)).isTrue();
    assertThat(settings("smap: k off").yesNo("k", true)).isFalse();
    assertThat(settings("smap: k a").oneOf("k", Map.of("a", 1), 2)).isEqualTo(1);
    assertThat(settings("smap: k 'a b'").word("k")).contains("a b");
    assertThat(settings("smap: k a b", "*: k c").words("k")).containsExactly("a", "b", "c");
    assertThat(settings("smap: k a b", "*: k c").each("k")).hasSize(2);
    assertThat(settings("smap: k hub.example:2525 10.1.2.3").hostsAndPorts("k", 25))
        .containsExactly(new HostAndPort("hub.example", 2525), new HostAndPort("10.1.2.3", 25));
    assertThat(
            settings("smap: k a.example", "smap: k b.example").domains("k").contains("B.example"))
        .isTrue();
    assertThat(settings("smap: k 10.*").addresses("k").contains(InetAddress.ofLiteral("10.1.2.3")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "300,300", "90s,90", "5m,300", "4h,14400", "5d,432000"})
  void timesHaveUnits(String value, long seconds) {
    Settings settings = settings("smap: k " + value);
    assertThat(time(settings)).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(settings.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "26214400,26214400", "512K,524288", "25M,26214400", "2G,2147483648"})
  void sizesHaveUnits(String value, long octets) {
    Settings settings = settings("smap: k " + value);
    assertThat(settings.octets("k", 5, 1, 1L << 40)).isEqualTo(octets);
    assertThat(settings.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "10", "-3", "x", "3x", "''", "99999999999999999999", "3.0", "+3"})
  void countOutsideItsBoundsIsAProblemAndGivesTheDefault(String value) {
    Settings settings = settings("", "smap: k " + value);
    assertThat(settings.count("k", 7, 1, 9)).isEqualTo(7);
    assertThat(problems(settings).getFirst())
        .startsWith("t:2: error: k is '")
        .endsWith("'; expected a number from 1 to 9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "31d", "5 m", "5w", "1h30m", "999999999d", "9999999999"})
  void timeOutsideItsBoundsIsAProblemAndGivesTheDefault(String value) {
    Settings settings = settings("smap: k " + value);
    assertThat(time(settings)).isEqualTo(Duration.ofMinutes(5));
    assertThat(problems(settings).getFirst())
        .endsWith("expected a time from 1 to 2592000 seconds (or 5m, 4h, 2d)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2T", "999999999999G", "25m", "1.5M", "M"})
  void sizeOutsideItsBoundsIsAProblemAndGivesTheDefault(String value) {
    Settings settings = settings("smap: k " + value);
    assertThat(settings.octets("k", 5, 1, 1 << 20)).isEqualTo(5);
    assertThat(problems(settings).getFirst())
        .endsWith("expected a size from 1 to 1048576 octets (or 512K, 25M, 1G)");
  }

  @Test
  void severalValuesWhereOneIsExpectedAreAProblem() {
    Settings settings = settings("smap: k 1 2");
    assertThat(settings.count("k", 7, 1, 9)).isEqualTo(7);
    assertThat(problems(settings))
        .containsExactly("t:1: error: k has 2 values; expected a number from 1 to 9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smap: permit-k 1|t:1: error: 'permit-k' is unknown; expected 'k'",
        "smap: k 1 -dest x|t:1: error: k has no option -dest; expected none",
      })
  void permissionsAndOptionsBelongToHostsOnly(String line, String problem) {
    Settings settings = settings(line);
    assertThat(settings.count("k", 7, 1, 9)).isEqualTo(7);
    assertThat(settings.each("k")).isEmpty();
    assertThat(problems(settings)).containsExactly(problem);
  }

  @Test
  void wrongChoicesAreNamed() {
    Settings settings = settings("smap: a maybe", "smap: b drop", "smap: c ''");
    assertThat(settings.yesNo("a", true)).isTrue();
    assertThat(settings.oneOf("b", Map.of("pass", 1, "bounce", 2), 3)).isEqualTo(3);
    assertThat(settings.word("c")).isEmpty();
    assertThat(problems(settings))
        .containsExactly(
            "t:1: error: a is 'maybe'; expected yes or no",
            "t:2: error: b is 'drop'; expected bounce or pass",
            "t:3: error: c is ''; expected one value");
  }

  @Test
  void wrongMembersOfSetsAreAllNamedAndLeftOut() {
    Settings settings = settings("smap: d a.example -- x_", "smap: n 10.* mx.example * 10.0.0.1/8");
    assertThat(settings.domains("d").contains("a.example")).isTrue();
    assertThat(settings.addresses("n").contains(InetAddress.ofLiteral("10.0.0.1"))).isTrue();
    assertThat(problems(settings)).hasSize(4);
    assertThat(problems(settings).getFirst())
        .isEqualTo(
            "t:1: error: d: '--' is no domain; expected such as example.com or *.example.com");
  }

  @Test
  void firstLineCountsAndOneThatIsOutdoneDrawsAWarning() {
    Settings settings = settings("smap, smapd: k 1", "smap: k 2", "*: k 3", "smap: k 4");
    assertThat(settings.count("k", 7, 1, 9)).isEqualTo(1);
    assertThat(settings.where("k")).contains(new Location("t", 1));
    assertThat(problems(settings))
        .containsExactly(
            "t:2: warning: this line has no effect: t:1 already sets k for the same; the first"
                + " line counts",
            "t:4: warning: this line has no effect: t:1 already sets k for the same; the first"
                + " line counts");
  }

  @Test
  void specificLineBeforeTheGenericOneIsRightAndAfterItIsWarnedOf() {
    Settings right = settings("smap: k 1", "*: k 2");
    right.count("k", 7, 1, 9);
    assertThat(right.problems()).isEmpty();
    Settings wrong = settings("*: k 2", "smap: k 1");
    assertThat(wrong.count("k", 7, 1, 9)).isEqualTo(2);
    assertThat(wrong.problems()).extracting(p -> p.at().line()).containsExactly(2);
  }

  @Test
  void unknownKeywordIsAnErrorThatNamesTheNearest() {
    Settings settings = settings("smap: timeuot 5", "smap: zzzzzz 5", "*: whatever 5");
    settings.ignore("timeout", "listen");
    assertThat(problems(settings))
        .containsExactly(
            "t:1: error: smap has no keyword 'timeuot'; meant 'timeout'?",
            "t:2: error: smap has no keyword 'zzzzzz'");
  }

  @Test
  void nearestOfAnUnknownPermissionIsAPermission() {
    Settings settings = settings("smap: permit-host 192.0.2.1");
    settings.hosts();
    assertThat(problems(settings))
        .containsExactly("t:1: error: smap has no keyword 'permit-host'; meant 'permit-hosts'?");
  }

  @Test
  void syntaxErrorsOfItsOwnLinesAndOfUnreadableNamesAreIncludedInFileOrder() {
    Settings settings = settings("nonsense", "smap: k 0", "smapd: 'x", "smap:", "*:");
    settings.count("k", 7, 1, 9);
    assertThat(settings.problems()).extracting(p -> p.at().line()).containsExactly(1, 2, 4, 5);
  }

  @Test
  void ownFindingsOfTheApplicationAreIncluded() {
    Settings settings = settings();
    settings.error(settings.whole(), "hostname is missing");
    settings.warning(new Location("t", 3), "odd");
    assertThat(problems(settings))
        .containsExactly("t: error: hostname is missing", "t:3: warning: odd");
    assertThat(settings.problems()).allMatch(p -> p.concerns("smap") && !p.concerns("smapd"));
  }

  @Test
  void sameKeywordReadTwiceIsReportedOnce() {
    Settings settings = settings("smap: k 0");
    settings.count("k", 7, 1, 9);
    settings.count("k", 7, 1, 9);
    assertThat(settings.problems()).hasSize(1);
  }

  @Test
  void hostsAreReadWithTheirProblems() {
    Settings settings = settings("smap: permit-hosts 10.1", "smap: hosts * -user x");
    settings.hosts();
    assertThat(settings.problems()).hasSize(2);
    Settings gateway = settings("smap: hosts * -user x");
    gateway.hosts("user", "dest");
    assertThat(gateway.problems()).isEmpty();
  }

  @Test
  void listenKeepsTheLineOfEachAddress() {
    Settings settings = settings("smap: listen 25 127.0.0.1:2525", "smap: listen [::1]:0 *:587");
    assertThat(settings.listen(25))
        .containsExactly(
            new ListenAddress(Optional.empty(), 25, new Location("t", 1)),
            new ListenAddress(
                Optional.of(InetAddress.ofLiteral("127.0.0.1")), 2525, new Location("t", 1)),
            new ListenAddress(Optional.of(InetAddress.ofLiteral("::1")), 0, new Location("t", 2)),
            new ListenAddress(Optional.empty(), 587, new Location("t", 2)));
    assertThat(settings.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "65536",
        "-1",
        "mx.example:25",
        "::1:25",
        "[::1]",
        "127.0.0.1",
        ":25",
        "[1]:2"
      })
  void wrongListenAddressIsAProblemAndNoOtherTakesItsPlace(String value) {
    Settings settings = settings("smap: listen " + value);
    assertThat(settings.listen(25)).isEmpty();
    assertThat(problems(settings).getFirst())
        .isEqualTo(
            "t:1: error: listen: '"
                + value
                + "': expected PORT, ADDRESS:PORT or [IPV6-ADDRESS]:PORT");
  }

  @ParameterizedTest
  @CsvSource({
    "hub.example,hub.example:25",
    "hub,hub:25",
    "hub.example:2525,hub.example:2525",
    "192.0.2.1,192.0.2.1:25",
    "192.0.2.1:26,192.0.2.1:26",
    "[2001:db8::1],[2001:db8::1]:25",
    "[2001:db8::1]:26,[2001:db8::1]:26",
  })
  void serverIsNameOrAddressWithOrWithoutPort(String text, String whole) {
    assertThat(HostAndPort.parse(text, 25).toString()).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "''",
        "hub:0",
        "hub:65536",
        "hub:",
        "hub:smtp",
        "2001:db8::1",
        "[hub]:25",
        "[::1]25",
        "[::1",
        "300.1.1.1",
        "1.2.3",
        "a..b",
        "-hub",
        "[192.0.2.1]",
        "hub/25",
        "user@hub"
      })
  void wrongServerIsAProblem(String value) {
    Settings settings = settings("smap: k " + value);
    assertThat(settings.hostsAndPorts("k", 25)).isEmpty();
    assertThat(problems(settings)).hasSize(1).first().asString().contains("expected");
  }

  @Test
  void eachReaderMarksItsKeywordAsKnown() {
    Map<String, Function<Settings, Object>> readers =
        Map.of(
            "a", s -> s.count("a", 1, 1, 1),
            "b", s -> s.octets("b", 1, 1, 1),
            "c", s -> s.yesNo("c", true),
            "d", s -> s.words("d"),
            "hosts", Settings::hosts,
            "listen", s -> s.listen(1));
    readers.forEach((keyword, reader) -> {
      Settings settings = settings();
      reader.apply(settings);
      assertThat(settings.keywords()).containsExactly(keyword);
    });
  }
}
