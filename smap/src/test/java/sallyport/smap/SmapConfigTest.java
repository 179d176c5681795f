package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.smap.smtp.Limits;

class SmapConfigTest {

  @Test
  void defaultsAreAsDocumented() {
    SmapConfig config = read("");
    assertThat(config.listen()).singleElement().matches(listen -> listen.port() == 25);
    assertThat(config.listen().getFirst().address()).isEmpty();
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(300));
    assertThat(config.sessionTime()).isEqualTo(Duration.ofSeconds(3600));
    assertThat(config.greetDelay()).isEqualTo(Duration.ZERO);
    assertThat(config.dataTime()).isEqualTo(Duration.ofSeconds(1800));
    assertThat(config.minRate()).isEqualTo(500);
    assertThat(config.maxSessions()).isEqualTo(1000);
    assertThat(config.maxSessionsPerHost()).isEqualTo(100);
    assertThat(config.limits())
        .isEqualTo(new Limits(25L << 20, 100, 50, 10, 20, 100, Duration.ofSeconds(1)));
    assertThat(config.localDomains().isEmpty()).isTrue();
    assertThat(config.localNets().isEmpty()).isTrue();
    assertThat(config.normalized().isEmpty()).isTrue();
    assertThat(config.recipients()).isEmpty();
    assertThat(config.carriage().incoming()).isFalse();
    assertThat(config.carriage().outgoing()).isFalse();
  }

  @Test
  void everyKeywordIsTaken() throws Exception {
    SmapConfig config =
        read(
            """
            smap: listen 127.0.0.1:2525 [::1]:2525
            smap: permit-hosts 192.0.2.*
            smap: timeout 60
            smap: session-time 600
            smap: greet-delay 2
            smap: data-time 120
            smap: min-rate 0
            smap: max-sessions 20
            smap: max-sessions-per-host 5
            smap: maxbytes 1M
            smap: maxrecip 7
            smap: maxhops 9
            smap: soft-errors 3
            smap: hard-errors 4
            smap: junk-commands 5
            smap: local-domains example.com *.example.com
            smap: local-nets 192.0.2.0/24
            smap: bare-lf normalize 198.51.100.7
            smap: recipients valid
            smapd: relay hub.example
            smapd: relay-out out.example
            smapd: route other.example hub2.example
            """);
    assertThat(config.listen()).hasSize(2);
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.sessionTime()).isEqualTo(Duration.ofSeconds(600));
    assertThat(config.greetDelay()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.dataTime()).isEqualTo(Duration.ofSeconds(120));
    assertThat(config.minRate()).isZero();
    assertThat(config.maxSessions()).isEqualTo(20);
    assertThat(config.maxSessionsPerHost()).isEqualTo(5);
    assertThat(config.limits())
        .isEqualTo(new Limits(1L << 20, 7, 9, 3, 4, 5, Duration.ofSeconds(1)));
    assertThat(config.localDomains().contains("a.example.com")).isTrue();
    assertThat(config.localNets().contains(InetAddress.ofLiteral("192.0.2.9"))).isTrue();
    assertThat(config.normalized().contains(InetAddress.ofLiteral("198.51.100.7"))).isTrue();
    assertThat(config.recipients()).contains("valid");
    assertThat(config.carriage().carries("example.com", true)).isTrue();
    assertThat(config.carriage().carries("elsewhere.example", false)).isTrue();
    assertThat(config.carriage().named().contains("other.example")).isTrue();
  }

  @Test
  void nothingIsCarriedWithoutALineThatSaysSo() {
    SmapConfig config = read("smapd: route far.example hub.example\n");
    assertThat(config.carriage().carries("example.com", true)).isFalse();
    assertThat(config.carriage().carries("elsewhere.example", false)).isFalse();
    assertThat(config.carriage().carries("far.example", false)).isTrue();
  }

  @Test
  void severalHubsCarryAsOneDoesAndSendmailCarriesEverything() {
    SmapConfig hubs = read("smapd: route far.example one two\nsmapd: relay one two\n");
    assertThat(hubs.carriage().carries("example.com", true)).isTrue();
    assertThat(hubs.carriage().carries("far.example", false)).isTrue();
    assertThat(hubs.carriage().carries("elsewhere.example", false)).isFalse();
    SmapConfig program = read("smapd: sendmail /usr/sbin/sendmail\n");
    assertThat(program.carriage().carries("example.com", true)).isTrue();
    assertThat(program.carriage().carries("elsewhere.example", false)).isTrue();
  }

  @Test
  void wrongBareLfLinesAreNamed() {
    assertThat(
            problems(
                "smap: bare-lf mend\nsmap: bare-lf reject 192.0.2.1\nsmap: bare-lf normalize\n"))
        .extracting(Problem::toString)
        .satisfiesExactly(
            one -> assertThat(one).startsWith("t:1: error: bare-lf: expected 'reject'"),
            two -> assertThat(two).startsWith("t:2: error: bare-lf reject"),
            three -> assertThat(three).startsWith("t:3: error: bare-lf normalize"));
  }

  @Test
  void hardErrorsBelowSoftErrorsAreAnErrorAtTheLineThatWasWritten() {
    assertThat(problems("smap: soft-errors 3\nsmap: hard-errors 2\n"))
        .extracting(Problem::toString)
        .containsExactly(
            "t:2: error: hard-errors is 2; expected no less than soft-errors, which is 3");
    assertThat(problems("smap: maxrecip 7\nsmap: soft-errors 30\n"))
        .extracting(Problem::toString)
        .containsExactly(
            "t:2: error: hard-errors is 20; expected no less than soft-errors, which is 30");
  }

  @Test
  void misspeltKeywordIsAnError() {
    assertThat(problems("smap: maxbyte 10\n"))
        .singleElement()
        .asString()
        .contains("t:1: error:", "maxbytes");
  }

  private static SmapConfig read(String text) {
    Settings settings = Settings.of(Table.parse("t", text), "smap");
    SmapConfig config = SmapConfig.of(settings, "mail.example");
    assertThat(settings.problems()).isEmpty();
    return config;
  }

  private static List<Problem> problems(String text) {
    Settings settings = Settings.of(Table.parse("t", text), "smap");
    SmapConfig.of(settings, "mail.example");
    return settings.problems();
  }
}
