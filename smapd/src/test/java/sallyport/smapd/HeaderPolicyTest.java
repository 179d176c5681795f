package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class HeaderPolicyTest {

  private List<String> said = List.of();

  private HeaderPolicy read(String line) {
    Settings settings = Settings.of(Table.parse("t", "smapd: " + line + "\n"), "smapd");
    HeaderPolicy policy = HeaderPolicy.of(settings);
    said = settings.problems().stream().map(Problem::toString).toList();
    return policy;
  }

  @ParameterizedTest
  @EnumSource(HeaderFault.class)
  void everyFaultHasANameForWhichEachActionCanBeChosen(HeaderFault fault) {
    for (String word : List.of("set-aside", "bounce", "discard")) {
      HeaderPolicy policy =
          read("local-nets 10.0.0.0/8\nsmapd: header-check " + fault.word() + " " + word);
      assertThat(said).isEmpty();
      assertThat(policy.actionFor(fault)).isEqualTo(HeaderAction.BY_WORD.get(word));
    }
    read("header-check " + fault.word() + " pass");
    assertThat(said.isEmpty()).isEqualTo(fault.mayPass());
  }

  @Test
  void whatEndangersIsSetAsideAndWhatIsMerelyUglyPassesIfTheTableSaysNothing() {
    assertThat(Arrays.stream(HeaderFault.values()).map(HeaderPolicy.DEFAULT::actionFor))
        .containsOnly(HeaderAction.PASS, HeaderAction.SET_ASIDE);
    assertThat(HeaderPolicy.DEFAULT.actionFor(HeaderFault.HEADER_PROGRAM))
        .isEqualTo(HeaderAction.SET_ASIDE);
    assertThat(HeaderPolicy.DEFAULT.actionFor(HeaderFault.DATE_MISSING))
        .isEqualTo(HeaderAction.PASS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "header-check zero-octet pass | zero-octet cannot pass",
        "header-check line-end pass | line-end cannot pass",
        "header-check hops | expected NAME ACTION",
        "header-check hops pass please | expected NAME ACTION",
        "header-check hop pass | expected a name, one of address-unreadable, date-missing",
        "header-check hops Pass | expected an action, one of pass, set-aside, bounce, discard",
        "header-match ^X | expected REGEX ACTION [TEXT]",
        "header-match ^X: a b c | a value with blanks stands in quotes",
        "header-match ^X: reject | ACTION one of pass, set-aside, bounce, discard",
        "header-match '' discard | a pattern of 1 to 1000 characters",
        "header-match ^X: discard 'a\u00e9' | printable ASCII",
        "header-match 'a(b' discard | the pattern has a fault: missing closing )",
        "header-match 'ab[c' discard | at character 3, '[c': missing closing ]",
        "header-match 'a**' discard | at character 2, '**': invalid nested repetition operator",
        "header-match 'a(?=b)' discard | at character 2, '(?=': invalid or unsupported Perl syntax",
        "header-match 'x{1001}' discard | may multiply to 1000",
        "header-match '((a{100}){100}){100}' discard | may multiply to 1000",
        "header-match '(((((a{1000}){10}){10}){10}){10})' discard | may multiply to 1000",
        "header-match '(aaaaaaaaaaaaaaaaaaaa){900}' discard | the pattern is too large",
      })
  @Timeout(30)
  void aWrongLineIsOneErrorThatSaysWhatWasExpected(String line, String problem) {
    read(line);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).startsWith("t:1: error: header-").contains(problem);
  }

  @Test
  void theFirstLineForAFaultCountsAndTheOtherIsNamed() {
    HeaderPolicy policy = read("header-check hops discard\nsmapd: header-check hops pass");
    assertThat(policy.actionFor(HeaderFault.HOPS)).isEqualTo(HeaderAction.DISCARD);
    assertThat(said)
        .containsExactly("t:2: warning: header-check: a line above decides on hops already");
  }

  @Test
  void aBounceThatNobodyCanGetDrawsAWarning() {
    String bounces = "header-check hops bounce\nsmapd: header-match ^X: bounce text";
    read(bounces);
    assertThat(said)
        .containsExactly(
            "t:1: warning: header-check: bounce sets aside, since smapd has no 'local-nets'",
            "t:2: warning: header-match: bounce sets aside, since smapd has no 'local-nets'");
    read(bounces + "\nsmapd: local-nets 10.0.0.0/8");
    assertThat(said).isEmpty();
  }

  @Test
  void linesOfHeaderMatchAreBounded() {
    String line = "header-match ^X: discard\nsmapd: ";
    assertThat(read(line.repeat(HeaderPolicy.MAX_MATCHES) + "maxhops 5").matches())
        .hasSize(HeaderPolicy.MAX_MATCHES);
    assertThat(said).isEmpty();
    read(line.repeat(HeaderPolicy.MAX_MATCHES + 1) + "maxhops 5");
    assertThat(said).containsExactly("t:101: error: header-match: more than 100 lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "example.com", "192.0.2.7", "2001:db8::1"})
  void nobodyButALocalClientGetsABounceForWhatAHeaderHolds(String client) {
    HeaderPolicy policy = read("local-nets 10.0.0.0/8");
    Verdict bounce = new Verdict.Refused(HeaderAction.BOUNCE, "hops", "too many", "5.4.6");
    assertThat(policy.forClient(bounce, "10.1.2.3")).isEqualTo(bounce);
    assertThat(policy.forClient(bounce, client))
        .isEqualTo(new Verdict.Refused(HeaderAction.SET_ASIDE, "hops", "too many", "5.4.6"));
    Verdict discard = new Verdict.Refused(HeaderAction.DISCARD, "hops", "too many", "5.4.6");
    assertThat(policy.forClient(discard, client)).isEqualTo(discard);
  }
}
