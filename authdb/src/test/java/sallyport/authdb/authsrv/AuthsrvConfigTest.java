package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sallyport.authdb.InsideServers.Method;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class AuthsrvConfigTest {
  private static final Path DIRECTORY = Path.of("/var/lib/sallyport/auth");

  private Settings settings;

  private AuthsrvConfig read(String table) {
    settings = Settings.of(Table.parse("table", table), "authsrv");
    return AuthsrvConfig.of(settings, DIRECTORY);
  }

  private List<String> problems() {
    return settings.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void defaultsAreAsDocumented() {
    AuthsrvConfig config = read("");
    assertThat(config.listen())
        .singleElement()
        .satisfies(listen -> {
          assertThat(listen.path()).isEqualTo(Path.of("/run/sallyport/auth-pop3/authsrv"));
          assertThat(listen.accounts()).isEmpty();
        });
    assertThat(config.database()).isEqualTo(Path.of("users.db"));
    assertThat(config.keyFolder()).isEqualTo(Path.of("keys"));
    assertThat(config.tries()).isEqualTo(5);
    assertThat(config.sleep()).isEqualTo(Duration.ofSeconds(1200));
    assertThat(config.inside().servers()).isEmpty();
    assertThat(problems()).singleElement().asString().contains("nobody can log in");
  }

  @Test
  void everyKeywordIsTaken() throws Exception {
    AuthsrvConfig config =
        read(
            """
            authsrv: listen /run/a/socket root 54321
            authsrv: listen /run/b/socket
            authsrv: database data/people.db
            authsrv: key /var/lib/sallyport/auth/secret/keys
            authsrv: badtries 3
            authsrv: badsleep 10m
            pop3-gw: server mail 10.0.0.1
            pop3-gw: server legacy 10.0.0.2:1110 pass
            pop3-gw: default-server mail
            """);
    assertThat(config.listen()).hasSize(2);
    assertThat(config.listen().getFirst().accounts())
        .containsExactlyInAnyOrder(AuthsrvConfig.account("0"), AuthsrvConfig.account("54321"));
    assertThat(config.listen().getLast().path()).isEqualTo(Path.of("/run/b/socket"));
    assertThat(config.database()).isEqualTo(Path.of("data/people.db"));
    assertThat(config.keyFolder()).isEqualTo(Path.of("secret/keys"));
    assertThat(config.tries()).isEqualTo(3);
    assertThat(config.sleep()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.inside().servers())
        .containsEntry("mail", Method.APOP)
        .containsEntry("legacy", Method.PASS);
    assertThat(config.inside().defaultServer()).contains("mail");
    assertThat(problems()).isEmpty();
  }

  @Test
  void whatIsWrongIsSaidWithItsLine() {
    read(
        """
        authsrv: listen authsrv.sock
        authsrv: listen /run/a/socket no-such-account-here
        authsrv: listen 7777
        authsrv: database /etc/passwd
        authsrv: key ../keys
        authsrv: badtries 0
        authsrv: badsleep 0
        pop3-gw: server mail 10.0.0.1
        """);
    assertThat(problems())
        .hasSize(7)
        .allMatch(problem -> problem.matches("table:[1-7]: error: .*"))
        .anyMatch(problem -> problem.contains("table:2: error: listen: there is no account"))
        .anyMatch(problem -> problem.contains("table:4: error: database '/etc/passwd': expected"))
        .anyMatch(problem -> problem.contains("table:5: error: key '../keys': expected a path"));
  }

  @Test
  void linesOfTheToolkitDrawAWarningThatSaysWhatReplacesThem() {
    read(
        """
        authsrv: hosts 127.0.0.1
        authsrv: permit-hosts 10.*
        authsrv: nobogus true
        *:       authserver 127.0.0.1 7777
        authsrv: database users.db
        authsrv: badsleep 1200
        pop3-gw: server mail 10.0.0.1
        """);
    assertThat(problems())
        .hasSize(4)
        .allMatch(problem -> problem.matches("table:[1-4]: warning: .*is obsolete: .*"))
        .anyMatch(problem -> problem.contains("use 'listen PATH ACCOUNT', authsrv has no network"))
        .anyMatch(
            problem -> problem.contains("an unknown user is always answered like a known one"))
        .anyMatch(problem -> problem.contains("use 'authserver PATH', the Unix socket of authsrv"));
  }
}
