package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostRulesTest {
  private static final NameLookup NEVER =
      address -> {
        throw new AssertionError("nobody may ask for the name of " + address);
      };

  private static HostRules rules(String... lines) {
    Table table = Table.parse("t", String.join("\n", lines));
    assertThat(table.problems()).isEmpty();
    return HostRules.of(table.of("smap"));
  }

  private static Request from(String address) {
    return Request.from(InetAddress.ofLiteral(address));
  }

  private static Request of(String user, String destination) {
    return new Request(
        InetAddress.ofLiteral("192.0.2.7"),
        Optional.ofNullable(user),
        Optional.ofNullable(destination));
  }

  private static NameLookup named(String name) {
    return _ -> new HostName.Known(name);
  }

  private static NameLookup unknown(HostName.Reason reason) {
    return _ -> new HostName.Unknown(reason);
  }

  @Test
  void noLineDenies() {
    Decision decision = rules("smap: timeout 5").decide(from("192.0.2.7"), NEVER);
    assertThat(decision.permitted()).isFalse();
    assertThat(decision.rule()).isEmpty();
    assertThat(decision.name()).isEqualTo(new HostName.Unknown(HostName.Reason.NOT_ASKED));
    assertThat(rules("smap: timeout 5").permitAnybody()).isFalse();
    assertThat(rules("smap: deny-hosts *").permitAnybody()).isFalse();
    assertThat(rules("smap: hosts *").permitAnybody()).isTrue();
  }

  @Test
  void noMatchDenies() {
    assertThat(rules("smap: permit-hosts 10.*").decide(from("192.0.2.7"), NEVER).permitted())
        .isFalse();
  }

  @Test
  void hostsAlonePermits() {
    assertThat(rules("smap: hosts 192.0.2.7").decide(from("192.0.2.7"), NEVER).permitted())
        .isTrue();
  }

  @Test
  void firstMatchDecides() {
    HostRules rules =
        rules("smap: deny-hosts 192.0.2.7", "*: permit-hosts 192.0.2.*", "smap: deny-hosts *");
    assertThat(rules.decide(from("192.0.2.7"), NEVER).permitted()).isFalse();
    Decision neighbour = rules.decide(from("192.0.2.8"), NEVER);
    assertThat(neighbour.permitted()).isTrue();
    assertThat(neighbour.rule().orElseThrow().at().line()).isEqualTo(2);
    assertThat(rules.decide(from("203.0.113.1"), NEVER).rule().orElseThrow().at().line())
        .isEqualTo(3);
  }

  @Test
  void anyPatternOfALineMatches() {
    HostRules rules = rules("smap: permit-hosts 10.* 2001:db8::/32");
    assertThat(rules.decide(from("2001:db8::1"), NEVER).permitted()).isTrue();
  }

  @Test
  void nameIsAskedForOnceAndOnlyWhenALineThatNeedsItIsReached() {
    List<InetAddress> asked = new ArrayList<>();
    NameLookup names =
        address -> {
          asked.add(address);
          return new HostName.Known("mx.example.org");
        };
    HostRules rules =
        rules(
            "smap: permit-hosts 10.*",
            "smap: permit-hosts *.example.com 192.0.2.7",
            "smap: deny-hosts *.example.net unknown",
            "smap: permit-hosts *.example.org");
    assertThat(rules.needNames()).isTrue();
    assertThat(rules.decide(from("10.1.1.1"), names).permitted()).isTrue();
    assertThat(rules.decide(from("192.0.2.7"), names).permitted()).isTrue();
    assertThat(asked).isEmpty();
    Decision decision = rules.decide(from("203.0.113.5"), names);
    assertThat(decision.permitted()).isTrue();
    assertThat(decision.rule().orElseThrow().at().line()).isEqualTo(4);
    assertThat(decision.name()).isEqualTo(new HostName.Known("mx.example.org"));
    assertThat(asked).containsExactly(InetAddress.ofLiteral("203.0.113.5"));
  }

  @Test
  void addressRulesNeverNeedNames() {
    assertThat(rules("smap: permit-hosts 10.* *", "smapd: permit-hosts unknown").needNames())
        .isFalse();
  }

  @Test
  void nameThatDoesNotLeadBackIsUnknownAndTheCallerSeesTheMismatch() {
    HostRules rules = rules("smap: permit-hosts *.example.com", "smap: deny-hosts unknown");
    Decision decision = rules.decide(from("192.0.2.7"), unknown(HostName.Reason.MISMATCH));
    assertThat(decision.permitted()).isFalse();
    assertThat(decision.rule().orElseThrow().at().line()).isEqualTo(2);
    assertThat(decision.name()).isEqualTo(new HostName.Unknown(HostName.Reason.MISMATCH));
  }

  @Test
  void unknownHostsMayBePermitted() {
    HostRules rules = rules("smap: deny-hosts *.example.com", "smap: permit-hosts unknown");
    assertThat(rules.decide(from("192.0.2.7"), unknown(HostName.Reason.FAILED)).permitted())
        .isTrue();
    assertThat(rules.decide(from("192.0.2.7"), named("a.example.com")).permitted()).isFalse();
    assertThat(rules.decide(from("192.0.2.7"), named("a.example.net")).permitted()).isFalse();
  }

  @Test
  void ruleHoldsOnlyForItsUsersAndDestinations() {
    HostRules rules =
        rules(
            "smap: deny-hosts * -user mallory",
            "smap: permit-hosts 192.0.2.* -dest mail -user { john j* }",
            "smap: permit-hosts 192.0.2.* -dest archive");
    assertThat(rules.decide(of("john", "mail"), NEVER).permitted()).isTrue();
    assertThat(rules.decide(of("JANE", "Mail"), NEVER).permitted()).isTrue();
    assertThat(rules.decide(of("paul", "mail"), NEVER).permitted()).isFalse();
    assertThat(rules.decide(of("mallory", "archive"), NEVER).permitted()).isFalse();
    assertThat(rules.decide(of("john", "other"), NEVER).permitted()).isFalse();
    assertThat(rules.decide(of(null, "archive"), NEVER).permitted()).isTrue();
    assertThat(rules.decide(of(null, null), NEVER).permitted()).isFalse();
  }

  @Test
  void exclamationMarkExcludes() {
    HostRules rules = rules("smap: permit-hosts * -user { !mallory !eve }");
    assertThat(rules.decide(of("john", null), NEVER).permitted()).isTrue();
    assertThat(rules.decide(of("Eve", null), NEVER).permitted()).isFalse();
    HostRules mixed = rules("smap: permit-hosts * -user j* -user !john");
    assertThat(mixed.decide(of("john", null), NEVER).permitted()).isTrue();
    HostRules narrowFirst = rules("smap: permit-hosts * -user { !john j* }");
    assertThat(narrowFirst.decide(of("john", null), NEVER).permitted()).isFalse();
    assertThat(narrowFirst.decide(of("jane", null), NEVER).permitted()).isTrue();
    assertThat(narrowFirst.decide(of("paul", null), NEVER).permitted()).isFalse();
  }

  @Test
  void passedLinesSayWhatDidNotFit() {
    HostRules rules =
        rules(
            "smap: permit-hosts 192.0.2.7 -user john",
            "smap: permit-hosts 192.0.2.7 -dest mail",
            "smap: permit-hosts 10.*",
            "smap: permit-hosts *");
    List<Passed.Unfit> unfit = new ArrayList<>();
    rules.decide(of("paul", "other"), NEVER, passed -> unfit.add(passed.unfit()));
    assertThat(unfit)
        .containsExactly(Passed.Unfit.USER, Passed.Unfit.DESTINATION, Passed.Unfit.HOST);
  }

  @Test
  void wrongPatternsAndOptionsAreAllReportedAndNeverWidenARule() {
    HostRules rules =
        rules(
            "smap: permit-hosts 10.1 host! 192.0.2.7",
            "smap: permit-hosts * -destination mail",
            "smap: permit-hosts -user john",
            "smap: permit-hosts * -user");
    assertThat(rules.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "t:1: error: '10.1' is no address or network; expected such as 192.0.2.7, 10.1.*,"
                + " 10.0.0.0/8, 10.0.0.0:255.0.0.0, 2001:db8::/32",
            "t:1: error: 'host!' is no host pattern; expected an address, a network, a name such"
                + " as *.example.com, 'unknown' or '*'",
            "t:2: error: unknown option -destination; expected -dest, -user",
            "t:3: error: permit-hosts needs a host pattern",
            "t:4: error: -user needs a value");
    assertThat(rules.decide(from("192.0.2.7"), NEVER).permitted()).isFalse();
  }

  @Test
  void optionThatTheApplicationCannotHeedIsAnError() {
    Table table = Table.parse("t", "smap: permit-hosts * -user john");
    assertThat(HostRules.of(table.of("smap"), Set.of()).problems())
        .extracting(Problem::toString)
        .containsExactly("t:1: error: unknown option -user; none is known here");
  }

  @Test
  void oldOptionsThatLetNobodyInDrawAWarning() {
    HostRules rules = rules("smap: permit-hosts 10.* -log { read write } -authall");
    assertThat(rules.problems())
        .extracting(Problem::severity)
        .containsExactly(Severity.WARNING, Severity.WARNING);
    assertThat(rules.decide(from("10.1.1.1"), NEVER).permitted()).isTrue();
  }

  @Test
  void lineThatAnEarlierOneSwallowsDrawsAWarning() {
    HostRules rules =
        rules(
            "smap: permit-hosts 10.* *.example.com",
            "smap: deny-hosts 10.1.* mx.example.com",
            "*: deny-hosts 10.2.*",
            "smap: deny-hosts 10.2.*",
            "*: permit-hosts *",
            "smap: deny-hosts unknown");
    assertThat(rules.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "t:2: warning: this line can never match: t:1 already matches all it does; the"
                + " narrower line must stand first",
            "t:4: warning: this line can never match: t:1 already matches all it does; the"
                + " narrower line must stand first",
            "t:6: warning: this line can never match: t:5 already matches all it does; the"
                + " narrower line must stand first");
  }

  @Test
  void lineWithOptionsSwallowsOnlyOnesWithTheSame() {
    HostRules rules =
        rules(
            "smap: permit-hosts * -user john",
            "smap: deny-hosts 10.*",
            "smap: deny-hosts 11.* -user john");
    assertThat(rules.problems()).extracting(p -> p.at().line()).containsExactly(3);
  }

  @Test
  void permittedNameOfAnyDomainDrawsAWarning() {
    HostRules rules =
        rules("smap: permit-hosts yournet.*", "smap: deny-hosts evil.*", "smap: hosts *.a.example");
    assertThat(rules.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "t:1: warning: 'yournet.*' permits hosts of anybody's domain that bear such a name;"
                + " expected a name that ends in your own");
    assertThat(rules.permitAnybody()).isTrue();
  }

  @Test
  void beforeLoginALineForSomeUsersPermitsToTryAndNeverDenies() {
    HostRules rules =
        rules(
            "smap: deny-hosts 192.0.2.* -user root",
            "smap: deny-hosts 192.0.2.* -dest archive",
            "smap: deny-hosts 192.0.2.66",
            "smap: permit-hosts 192.0.2.* -user { john !eve } -dest mail");
    List<Passed> passed = new ArrayList<>();
    Decision decision =
        rules.decideBeforeLogin(InetAddress.ofLiteral("192.0.2.7"), NEVER, passed::add);
    assertThat(decision.permitted()).isTrue();
    assertThat(passed)
        .extracting(Passed::unfit)
        .containsExactly(Passed.Unfit.USER, Passed.Unfit.DESTINATION, Passed.Unfit.HOST);
    assertThat(before(rules, "192.0.2.66")).isFalse();
    assertThat(before(rules, "198.51.100.1")).isFalse();
    assertThat(rules.decide(of("john", "mail"), NEVER).permitted()).isTrue();
    assertThat(rules.decide(of("eve", "mail"), NEVER).permitted()).isFalse();
    assertThat(rules.decide(of("john", "archive"), NEVER).permitted()).isFalse();
  }

  private static boolean before(HostRules rules, String address) {
    return rules.decideBeforeLogin(InetAddress.ofLiteral(address), NEVER).permitted();
  }
}
