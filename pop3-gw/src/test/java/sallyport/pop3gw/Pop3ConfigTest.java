package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.HostAndPort;
import sallyport.netperm.HostName;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Problem;
import sallyport.netperm.Request;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.pop3gw.pop3.LoginMethod;

class Pop3ConfigTest {
  private static final String SERVER = "pop3-gw: server mail mail.example\n";

  @Test
  void defaultsAreAsDocumented() {
    Pop3Config config = read(SERVER);
    assertThat(config.hostname()).isEqualTo("gateway.example");
    assertThat(config.listen()).singleElement().matches(listen -> listen.port() == 110);
    assertThat(config.listen().getFirst().address()).isEmpty();
    assertThat(config.hosts().permitAnybody()).isFalse();
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(300));
    assertThat(config.insideTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.relayTimeout()).isEqualTo(Duration.ofSeconds(1800));
    assertThat(config.maxSessions()).isEqualTo(1000);
    assertThat(config.maxSessionsPerHost()).isEqualTo(100);
    assertThat(config.servers())
        .containsOnlyKeys("mail")
        .containsValue(
            new InsideServer(
                "mail",
                new HostAndPort("mail.example", 110),
                LoginMethod.APOP,
                ClientTlsOptions.off()));
    assertThat(config.defaultServer()).isEmpty();
    assertThat(config.authserver()).isEqualTo(Path.of("authsrv"));
    assertThat(config.welcome()).isEqualTo("POP3 gateway ready");
    assertThat(config.denial()).isEqualTo("Access denied");
    assertThat(config.offers()).containsExactlyInAnyOrder(LoginMethod.APOP, LoginMethod.PASS);
    assertThat(config.offersInPlain()).containsExactly(LoginMethod.APOP);
    assertThat(config.tls()).isEmpty();
    assertThat(config.insideProfile()).isEqualTo(TlsProfile.DEFAULT);
  }

  @Test
  void everyKeywordIsTaken() {
    Pop3Config config =
        read(
            """
            pop3-gw: listen 127.0.0.1:1110 [::1]:1110
            pop3-gw: deny-hosts 192.0.2.* -user eve -dest archive
            pop3-gw: permit-hosts 192.0.2.*
            pop3-gw: timeout 60
            pop3-gw: inside-timeout 20
            pop3-gw: relay-timeout 10m
            pop3-gw: max-sessions 20
            pop3-gw: max-sessions-per-host 5
            pop3-gw: server Mail mail.example
            pop3-gw: server archive [2001:db8::1]:1110 pass
            pop3-gw: default-server MAIL
            pop3-gw: authserver broker
            pop3-gw: welcome-msg "Good day"
            pop3-gw: denial-msg "Go away"
            pop3-gw: auth apop pass
            pop3-gw: plaintext-pass yes
            pop3-gw: listen 127.0.0.1:1995 tls
            pop3-gw: listen 127.0.0.1:2110 starttls
            pop3-gw: tls-profile modern
            pop3-gw: tls-min 1.3
            pop3-gw: inside-tls-profile modern
            pop3-gw: inside-tls-min 1.3
            pop3-gw: server far far.example:995 pass tls=required
            pop3-gw: server near near.example tls=may start=tls
            """
                + TestTls.certificate());
    assertThat(config.listen())
        .extracting(ListenAddress::tls)
        .containsExactly(
            ListenAddress.Tls.NONE,
            ListenAddress.Tls.NONE,
            ListenAddress.Tls.TLS,
            ListenAddress.Tls.STARTTLS);
    assertThat(config.tls()).isPresent();
    assertThat(config.insideProfile().level()).isEqualTo(TlsProfile.Level.MODERN);
    assertThat(config.insideProfile().least()).isEqualTo(TlsProfile.Version.TLS_1_3);
    assertThat(config.servers().get("far").tlsComesFirst()).isTrue();
    assertThat(config.servers().get("near").tlsComesFirst()).isTrue();
    assertThat(permits(config, "eve", "mail")).isTrue();
    assertThat(permits(config, "eve", "archive")).isFalse();
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.insideTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.relayTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.maxSessions()).isEqualTo(20);
    assertThat(config.maxSessionsPerHost()).isEqualTo(5);
    assertThat(config.servers().get("archive"))
        .isEqualTo(
            new InsideServer(
                "archive",
                new HostAndPort("2001:db8::1", 1110),
                LoginMethod.PASS,
                ClientTlsOptions.off()));
    assertThat(config.servers()).containsOnlyKeys("mail", "archive", "far", "near");
    assertThat(config.defaultServer()).contains("mail");
    assertThat(config.authserver()).isEqualTo(Path.of("broker"));
    assertThat(config.welcome()).isEqualTo("Good day");
    assertThat(config.denial()).isEqualTo("Go away");
    assertThat(config.offers()).containsExactlyInAnyOrder(LoginMethod.APOP, LoginMethod.PASS);
    assertThat(config.offersInPlain())
        .containsExactlyInAnyOrder(LoginMethod.APOP, LoginMethod.PASS);
  }

  /** CVE-2013-4584: one TLS profile was used for both legs. */
  @Test
  void cve20134584TlsOutsideAndInsideAreSetApart() {
    Pop3Config config = read(SERVER + "pop3-gw: tls-profile modern\npop3-gw: tls-min 1.3\n");
    assertThat(config.insideProfile()).isEqualTo(TlsProfile.DEFAULT);
    Pop3Config inside =
        read(
            SERVER
                + "pop3-gw: listen 995 tls\npop3-gw: inside-tls-min 1.3\n"
                + TestTls.certificate());
    assertThat(inside.insideProfile().least()).isEqualTo(TlsProfile.Version.TLS_1_3);
    assertThat(inside.tls()).isPresent();
  }

  @Test
  void passAloneNeedsTlsAtEveryListener() {
    String tls = "pop3-gw: listen 1995 tls\n" + TestTls.certificate();
    assertThat(read(SERVER + "pop3-gw: auth pass\n" + tls).offersInPlain()).isEmpty();
    assertThat(problems(SERVER + "pop3-gw: auth pass\npop3-gw: listen 1110\n" + tls))
        .singleElement()
        .asString()
        .startsWith("t:2: error: auth pass, but port 1110 has no TLS");
  }

  private static boolean permits(Pop3Config config, String user, String server) {
    Request request =
        new Request(InetAddress.ofLiteral("192.0.2.7"), Optional.of(user), Optional.of(server));
    return config
        .hosts()
        .decide(request, address -> new HostName.Unknown(HostName.Reason.NO_NAME))
        .permitted();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "welcome-msg 'hello <a@b>' => welcome-msg: expected",
        "welcome-msg '[AUTH] hello' => welcome-msg: expected",
        "welcome-msg 'grüß dich' => welcome-msg: expected",
        "denial-msg 'no > here' => denial-msg: expected",
        "auth kerberos => auth 'kerberos'; expected apop, pass, or both",
        "auth pass => plaintext-pass yes",
        "listen 1995 tls => expected tls-cert and tls-key",
        "server archive a.example apop tls=maybe => tls=maybe; expected off or may",
        "authserver ../authsrv => without '/'",
        "authserver /run/authsrv => without '/'",
        "default-server archive => expected the name of a 'server' line",
        "server mail other.example => 'mail' stands in t:1 already",
        "server MAIL other.example => 'mail' stands in t:1 already",
        "server archive => expected server NAME HOST",
        "server archive a.example apop twice => expected server NAME HOST",
        "server archive a.example imap => 'imap'; expected apop or pass",
        "server archive a.example:0 => expected HOST",
        "server _x a.example => no name for users to write",
        "server a%b a.example => no name for users to write",
        "server a@b a.example => no name for users to write",
        "relay-timeout 0 => expected a time",
        "permit-hosts * -group staff => unknown option -group; expected -dest, -user",
        "relaytimeout 20 => meant 'relay-timeout'?",
      })
  void wrongLineIsNamedWithWhatWasExpected(String line, String expected) {
    assertThat(problems(SERVER + "pop3-gw: " + line + "\n"))
        .singleElement()
        .asString()
        .startsWith("t:2: error: ")
        .contains(expected);
  }

  @Test
  void tableWithoutAServerIsWrong() {
    assertThat(problems("pop3-gw: permit-hosts *\n"))
        .singleElement()
        .asString()
        .contains("no inside server; expected server NAME HOST");
  }

  private static Pop3Config read(String text) {
    Settings settings = Settings.of(Table.parse("t", text), "pop3-gw");
    Pop3Config config = Pop3Config.of(settings, "gateway.example");
    assertThat(settings.problems()).isEmpty();
    return config;
  }

  private static List<Problem> problems(String text) {
    Settings settings = Settings.of(Table.parse("t", text), "pop3-gw");
    Pop3Config.of(settings, "gateway.example");
    return settings.problems();
  }
}
