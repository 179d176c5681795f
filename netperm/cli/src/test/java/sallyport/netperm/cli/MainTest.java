package sallyport.netperm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String GOOD =
      """
      *: hostname gateway.example.com
      smap: listen 2525
      smap: deny-hosts 10.1.*
      smap: deny-hosts *.spam.example
      smap: permit-hosts 10.* unknown
      smap, smapd: local-domains example.com
      smapd: relay 127.0.0.1:2526
      """;

  @TempDir private Path folder;
  private Path file;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void nameTable() {
    file = folder.resolve("t");
  }

  private int run(boolean terminal, String table, String... args) throws IOException {
    Files.writeString(file, table);
    return Main.run(new PrintWriter(out), new PrintWriter(err), terminal, args);
  }

  private int run(String table, String... args) throws IOException {
    return run(false, table, args);
  }

  private String check(String table) throws IOException {
    run(table, "check", file.toString());
    return out.toString().replace(file.toString(), "t");
  }

  private String explain(String table, String... args) throws IOException {
    String[] all = new String[args.length + 3];
    all[0] = "explain";
    all[1] = "--table";
    all[2] = file.toString();
    System.arraycopy(args, 0, all, 3, args.length);
    run(table, all);
    return out.toString().replace(file.toString(), "t");
  }

  @Test
  void goodTableIsOk() throws IOException {
    assertThat(run(GOOD, "check", file.toString())).isZero();
    assertThat(out.toString()).isEqualTo(file + ": ok\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void tableIsNamedByOptionBeforeOrAfterTheCommand() throws IOException {
    assertThat(run(GOOD, "check", "-t", file.toString())).isZero();
    assertThat(run(GOOD, "--table", file.toString(), "check")).isZero();
  }

  @Test
  void threeErrorsAreThreeLinesAndExitCode78() throws IOException {
    String table = GOOD + "smap: timeout soon\nsmapd: maxchildren 1 2\nsmap permit-hosts *\n";
    assertThat(run(table, "check", file.toString())).isEqualTo(78);
    assertThat(out.toString().replace(file.toString(), "t"))
        .isEqualTo(
            """
            t:8: error: timeout is 'soon'; expected a time from 1 to 86400 seconds (or 5m, 4h, 2d)
            t:9: error: maxchildren has 2 values; expected a number from 1 to 100
            t:10: error: no ':' after the application's name; expected 'application: keyword value'
            t: 3 errors, 0 warnings
            """);
  }

  @Test
  void warningsAloneAreExitCode0() throws IOException {
    assertThat(run(GOOD + "tn-gw: timeout 5\n", "check", file.toString())).isZero();
    assertThat(out.toString().replace(file.toString(), "t"))
        .isEqualTo(
            "t:8: warning: no program here is called 'tn-gw'; it is not checked\n"
                + "t: ok, 1 warning\n");
  }

  @Test
  void wrongNameOfAProgramBringsTheNearest() throws IOException {
    assertThat(check(GOOD + "snap: timeout 5\n"))
        .contains(
            "t:8: warning: no program here is called 'snap'; it is not checked; meant 'smap'?");
  }

  @Test
  void keywordThatNoProgramKnowsIsNamedInALineForAll() throws IOException {
    assertThat(check(GOOD + "*: timeuot 5\n*: timeout 5\n*: nobogus true\n"))
        .contains("t:8: warning: no program has a keyword 'timeuot'; meant 'timeout'?")
        .contains("t:10: warning: 'nobogus' is obsolete")
        .contains("t: ok, 2 warnings");
  }

  @Test
  void keywordThatTheNamedProgramDoesNotKnowIsAnError() throws IOException {
    assertThat(check(GOOD + "smap: relay mail\n"))
        .contains("t:8: error: smap has no keyword 'relay'");
  }

  @Test
  void sameProblemOfTwoProgramsIsShownOnce() throws IOException {
    assertThat(check(GOOD + "smap, smapd: maxhops many\n")).contains("t: 1 error, 0 warnings");
  }

  @Test
  void smapAndSmapdNeedOneDirectory() throws IOException {
    assertThat(check(GOOD + "smap: directory /var/a\nsmapd: directory /var/b\n"))
        .contains(
            "t:9: error: smapd has directory /var/b, but smap has /var/a; expected one for both");
    assertThat(check(GOOD + "smap: directory /var/a\n"))
        .contains("t: error: smapd has directory /var/spool/smap, but smap has /var/a");
  }

  @Test
  void baddirLiesInsideTheDirectory() throws IOException {
    assertThat(check(GOOD + "smapd: baddir /var/elsewhere\n"))
        .contains("t:8: error: baddir: expected a folder inside /var/spool/smap");
  }

  @Test
  void localDomainsAreTheSameForBoth() throws IOException {
    assertThat(check(GOOD + "smapd: local-domains example.org\n"))
        .contains("t:6: warning: smap and smapd have different local-domains");
    assertThat(check(GOOD + "*: local-domains EXAMPLE.com\n")).contains("t: ok\n");
  }

  @Test
  void localDomainThatNothingCarriesIsNamed() throws IOException {
    String table = GOOD.replace("relay 127.0.0.1:2526", "route example.net mail");
    assertThat(check(table))
        .contains("t:6: warning: nothing carries mail for example.com; expected a 'relay' line");
    assertThat(check(table + "smapd: route example.com mail\n")).endsWith("t: ok\n");
    assertThat(check(table.replace("example.com\nsmapd", "*.a.example.com\nsmapd")))
        .contains("nothing carries mail for *.a.example.com");
    assertThat(
            check(
                table.replace("example.com\nsmapd", "*.a.example.com\nsmapd")
                    + "smapd: route *.example.com mail\n"))
        .endsWith("t: ok\n");
  }

  @Test
  void outgoingMailThatNothingCarriesIsNamed() throws IOException {
    assertThat(check(GOOD + "smap, smapd: local-nets 10.*\n"))
        .contains("t:8: warning: these clients may send anywhere, but nothing carries mail");
    assertThat(check(GOOD + "smap, smapd: local-nets 10.*\nsmapd: relay-out mail\n"))
        .endsWith("t: ok\n");
  }

  @Test
  void sendmailCarriesWhatNoOtherLineDoes() throws IOException {
    String table = GOOD.replace("relay 127.0.0.1:2526", "sendmail /usr/sbin/sendmail");
    assertThat(check(table + "smap, smapd: local-nets 10.*\n")).endsWith("t: ok\n");
  }

  @Test
  void gatewayThatPermitsNobodyIsNamed() throws IOException {
    assertThat(check("smap: listen 25\nsmap: deny-hosts *\n"))
        .contains("t: warning: smap: nobody may connect; expected 'permit-hosts'");
  }

  @Test
  void tableForNobodyIsNamed() throws IOException {
    assertThat(check("")).contains("t: warning: no line names a program; expected smap or smapd");
  }

  @Test
  void problemsStandInColumnsOnATerminal() throws IOException {
    run(true, GOOD + "smap: timeout soon\ntn-gw: timeout 5\n", "check", file.toString());
    assertThat(out.toString().replace(file.toString(), "t").lines())
        .containsExactly(
            "t:8  error    timeout is 'soon'; expected a time from 1 to 86400 seconds (or 5m, 4h,"
                + " 2d)",
            "t:9  warning  no program here is called 'tn-gw'; it is not checked",
            "t: 1 error, 1 warning");
  }

  @Test
  void checkAnswersInJson() throws IOException {
    assertThat(run(GOOD + "smap: timeout \"\\\"\n", "check", "--json", file.toString()))
        .isEqualTo(78);
    assertThat(out.toString().replace(file.toString(), "t"))
        .isEqualTo(
            """
            {"table": "t", "errors": 1, "warnings": 0, "problems": [{"file": "t", "line": 8, \
            "severity": "error", "applications": ["smap"], "text": "timeout is '\\\\'; expected a \
            time from 1 to 86400 seconds (or 5m, 4h, 2d)"}]}
            """);
  }

  @Test
  void permittedHostIsExplained() throws IOException {
    assertThat(explain(GOOD, "smap", "--from", "10.2.0.1"))
        .isEqualTo(
            """
            permit smap host=unknown/10.2.0.1
            t:3: passed: smap: deny-hosts 10.1.*: no pattern holds this host
            t:4: passed: smap: deny-hosts *.spam.example: no pattern holds this host, whose name is unknown
            t:5: decides: smap: permit-hosts 10.* unknown: '10.*' holds this host, 'unknown' holds this host
            """);
  }

  @Test
  void decisionIsTheExitCode() throws IOException {
    String[] args = {"explain", "smap", "-t", file.toString(), "--from", ""};
    args[5] = "10.2.0.1";
    assertThat(run(GOOD, args)).isZero();
    args[5] = "10.1.0.1";
    assertThat(run(GOOD, args)).isEqualTo(1);
    args[5] = "192.0.2.7";
    assertThat(run(GOOD, args)).isZero();
    args[5] = "192.0.2.7/mx.example.org";
    assertThat(run(GOOD, args)).isEqualTo(1);
  }

  @Test
  void hostThatNoLineMatchesIsDenied() throws IOException {
    assertThat(explain(GOOD, "smap", "--from", "2001:db8::7/MX.example.org."))
        .startsWith("deny smap host=mx.example.org/2001:db8:0:0:0:0:0:7\n")
        .endsWith("No line matches, and that denies.\n");
  }

  @Test
  void applicationThatNoLineSpeaksOfIsToldApart() throws IOException {
    assertThat(explain(GOOD, "smpa", "--from", "192.0.2.7"))
        .endsWith("No line says who may use smpa, and that denies.\n");
  }

  @Test
  void explanationStandsInColumnsOnATerminal() throws IOException {
    run(true, GOOD, "explain", "smap", "-t", file.toString(), "--from", "10.1.0.1");
    assertThat(out.toString().replace(file.toString(), "t"))
        .isEqualTo(
            "deny smap host=unknown/10.1.0.1\n"
                + "t:3  decides  smap: deny-hosts 10.1.*  '10.1.*' holds this host\n");
  }

  @Test
  void usersAndDestinationsAreJudged() throws IOException {
    String table =
        """
        pop3-gw: permit-hosts * -user { john j* } -dest mail
        pop3-gw: deny-hosts * -user mallory
        """;
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1", "--user", "jane", "--dest", "mail"))
        .startsWith("permit pop3-gw");
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1", "--user", "mallory"))
        .contains("t:1: passed: ", "not for this user\n", "t:2: decides: ");
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1", "--dest", "mail"))
        .contains("no user is known")
        .endsWith("No line matches, and that denies.\n");
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1", "--user", "jane"))
        .contains("no destination is known");
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1", "--user", "jane", "--dest", "x"))
        .contains("not for this destination");
  }

  @Test
  void withoutUserAndDestinationTheConnectionIsJudged() throws IOException {
    String table =
        """
        pop3-gw: deny-hosts * -user mallory
        pop3-gw: permit-hosts 10.* -user { john j* } -dest mail
        """;
    assertThat(explain(table, "pop3-gw", "--from", "10.1.1.1"))
        .startsWith("permit pop3-gw")
        .contains("t:1: passed: ", "denies some logins only\n", "t:2: decides: ")
        .endsWith("The login is judged once more: --user and --dest tell.\n");
    assertThat(explain(table, "pop3-gw", "--from", "192.0.2.1"))
        .endsWith("No line matches, and that denies.\n");
  }

  private static final String LOGINS =
      """
      *: hostname gateway.example.com
      authsrv: listen /run/sallyport/auth-pop3/authsrv root
      pop3-gw: server mail mail.example.com
      pop3-gw: default-server mail
      pop3-gw: permit-hosts *
      """;

  @Test
  void goodTableForLoginsIsOk() throws IOException {
    assertThat(check(LOGINS)).isEqualTo("t: ok\n");
  }

  @Test
  void gatewayAndAuthsrvNeedOneSocket() throws IOException {
    assertThat(check(LOGINS + "pop3-gw: authserver other\n"))
        .contains(
            "t:6: error: pop3-gw asks at /run/sallyport/auth-pop3/other, but authsrv listens on"
                + " /run/sallyport/auth-pop3/authsrv; expected one socket for both");
    assertThat(check(LOGINS + "pop3-gw: directory /srv/pop3\n"))
        .contains("t: error: pop3-gw asks at /srv/pop3/authsrv");
    assertThat(check(LOGINS + "authsrv: listen /srv/pop3/other\npop3-gw: directory /srv/pop3\n"))
        .contains("authsrv listens on /run/sallyport/auth-pop3/authsrv, /srv/pop3/other");
  }

  @Test
  void gatewayThatMayNotTalkToAuthsrvIsNamed() throws IOException {
    assertThat(check(LOGINS + "pop3-gw: userid daemon\n"))
        .contains(
            "t:2: warning: daemon may not talk on /run/sallyport/auth-pop3/authsrv; expected"
                + " 'listen /run/sallyport/auth-pop3/authsrv daemon'");
    assertThat(check(LOGINS.replace("authsrv root", "authsrv") + "pop3-gw: userid daemon\n"))
        .contains("t:2: warning: daemon may not talk");
  }

  @Test
  void gatewayThatNobodyMayUseIsNamed() throws IOException {
    assertThat(check(LOGINS.replace("permit-", "deny-")))
        .contains("t: warning: pop3-gw: nobody may connect; expected 'permit-hosts'");
  }

  @Test
  void destinationThatNoServerLineNamesIsNamed() throws IOException {
    assertThat(check(LOGINS.replace("permit-hosts *", "permit-hosts * -dest { Mail m* archive }")))
        .contains("t:5: warning: -dest archive: no 'server' line of pop3-gw has this name")
        .contains("t: ok, 1 warning");
  }

  @Test
  void explainAnswersInJson() throws IOException {
    assertThat(explain(GOOD, "smap", "--json", "--from", "10.1.0.1/a.example", "--user", "j\"\n"))
        .isEqualTo(
            """
            {"table": "t", "application": "smap", "address": "10.1.0.1", "name": "a.example", \
            "user": "j\\"\\n", "destination": null, "permitted": false, "decides": {"line": 3, \
            "text": "smap: deny-hosts 10.1.*", "because": "'10.1.*' holds this host"}, "passed": []}
            """);
    assertThat(explain("smap: hosts 10.*", "smap", "--json", "--from", "192.0.2.7"))
        .endsWith(
            """
            "name": null, "user": null, "destination": null, "permitted": false, "decides": null, \
            "passed": [{"line": 1, "text": "smap: hosts 10.*", "because": "no pattern holds this \
            host"}]}
            """);
  }

  @Test
  void tableThatStopsTheProgramExplainsNothing() throws IOException {
    String[] args = {"explain", "smap", "-t", file.toString(), "--from", "10.1.0.1"};
    assertThat(run("smap: permit-hosts 10.1\nsmapd: 'x\nsmap:\n", args)).isEqualTo(78);
    assertThat(err.toString().lines())
        .hasSize(3)
        .first()
        .isEqualTo("netperm: smap does not start with this table:");
    assertThat(out.toString()).isEmpty();
    assertThat(run("smapd: 'x\nsmap: hosts *", args)).isZero();
  }

  @Test
  void programWithoutConnectionsIsNotExplained() throws IOException {
    assertThat(run(GOOD, "explain", "smapd", "-t", file.toString(), "--from", "10.1.0.1"))
        .isEqualTo(64);
    assertThat(err.toString()).isEqualTo("netperm: smapd takes no connections\n");
  }

  @Test
  void unreadableTableIsExitCode66() throws IOException {
    String missing = folder.resolve("none").toString();
    assertThat(run(GOOD, "check", missing)).isEqualTo(66);
    assertThat(err.toString())
        .isEqualTo("netperm: " + missing + ": there is no such file (--table names another)\n");
    assertThat(run(GOOD, "check", folder.toString())).isEqualTo(66);
    assertThat(run(GOOD, "explain", "smap", "-t", missing, "--from", "10.1.1.1")).isEqualTo(66);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "check a b",
        "check a -t b",
        "check --nonsense",
        "explain",
        "explain smap",
        "explain smap --from",
        "explain smap --from host.example",
        "explain smap --from 10.1",
        "explain --from 10.1.1.1",
      })
  void wrongArgumentsAreExitCode64AndOneLine(String args) throws IOException {
    assertThat(run(GOOD, args.isEmpty() ? new String[0] : args.split(" "))).isEqualTo(64);
    assertThat(err.toString().lines()).hasSize(1).first().asString().startsWith("netperm: ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void helpAndVersionAreGiven() throws IOException {
    assertThat(run(GOOD, "--help")).isZero();
    assertThat(out.toString()).contains("check", "explain", "--table", "--json", "Exit codes");
    assertThat(run(GOOD, "explain", "--help")).isZero();
    assertThat(out.toString()).contains("--from=ADDRESS[/NAME]", "--user", "--dest");
    assertThat(run(GOOD, "--version")).isZero();
    assertThat(out.toString()).contains("netperm unpackaged");
  }
}
