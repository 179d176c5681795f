package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.HostAndPort;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class SmapdConfigTest {

  private static final Path SPOOL = Path.of("/var/spool/smap");

  private Settings settings = Settings.of(Table.parse("none", ""), "smapd");

  private SmapdConfig read(String table) {
    settings = Settings.of(Table.parse("t", table), "smapd");
    return SmapdConfig.of(settings, SPOOL);
  }

  private List<String> said() {
    return settings.problems().stream().map(Problem::toString).toList();
  }

  private static Destination.Hubs hub(String host, int port) {
    return Destination.Hubs.of(new HostAndPort(host, port));
  }

  private static Destination.Hubs hubs(String... hosts) {
    return new Destination.Hubs(
        Stream.of(hosts).map(host -> HostAndPort.parse(host, 25)).toList(), ClientTlsOptions.off());
  }

  @Test
  void defaults() {
    SmapdConfig config = read("smapd: relay-out hub\n");
    assertThat(said()).isEmpty();
    assertThat(config.localDomains().isEmpty()).isTrue();
    assertThat(config.relay()).isEmpty();
    assertThat(config.relayOut().map(Destination.Hubs::inOrder))
        .contains(List.of(new HostAndPort("hub", 25)));
    assertThat(config.relayOut().map(hubs -> hubs.tls().mode())).contains(ClientTls.Mode.MAY);
    assertThat(config.tlsProfile()).isEqualTo(TlsProfile.DEFAULT);
    assertThat(config.routes()).isEmpty();
    assertThat(config.wakeup()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.wakeupOnArrival()).isTrue();
    assertThat(config.maxChildren()).isEqualTo(20);
    assertThat(config.retryLeast()).isEqualTo(Duration.ofSeconds(300));
    assertThat(config.retryMost()).isEqualTo(Duration.ofSeconds(4_000));
    assertThat(config.maxAge()).isEqualTo(Duration.ofDays(5));
    assertThat(config.warnAfter()).isEqualTo(Duration.ofHours(4));
    assertThat(config.maxQueue()).isEqualTo(1_000_000);
    assertThat(config.badAdmin()).isEmpty();
    assertThat(config.postmaster("gw.test")).isEqualTo("postmaster@gw.test");
    assertThat(config.headers().hops()).isEqualTo(50);
    assertThat(config.headers().matches()).isEmpty();
    assertThat(config.shortenSender()).isEmpty();
  }

  @Test
  void everyKeyword() {
    SmapdConfig config =
        read(
            """
            smap, smapd: local-domains example.com *.example.com
            smap, smapd: local-nets 10.0.0.0/8
            smapd: relay inside.example.com:2525 10.1.2.4 tls=off
            smapd: relay-out [2001:db8::1] tls=off
            smapd: route partner.org 192.0.2.1:26 tls=off
            smapd: route *.partner.org outside second:26 tls=off
            smapd: sendmail /usr/sbin/sendmail
            smapd: wakeup 10
            smapd: wakeup-on-arrival no
            smapd: maxchildren 12
            smapd: baddir /var/spool/smap/bad
            smapd: badadmin admin@example.com
            smapd: postmaster postmaster@example.com
            smapd: retry 60 600
            smapd: max-age 3d
            smapd: warn-after 2h
            smapd: max-queue 5000
            smapd: shorten-sender example.com
            smap, smapd: maxhops 30
            smapd: header-check from-missing set-aside
            smapd: header-check hops bounce
            smapd: header-check line-length pass
            smapd: header-match "^Subject: .*lottery" discard
            smapd: header-match ^X-Bulk: bounce "no bulk mail here"
            *: metrics metrics.prom
            smapd: tls-profile modern
            smapd: tls-min 1.3
            """);
    assertThat(config.localDomains().contains("a.example.com")).isTrue();
    assertThat(config.relay()).contains(hubs("inside.example.com:2525", "10.1.2.4"));
    assertThat(config.sendmail()).contains(new Destination.Program(Path.of("/usr/sbin/sendmail")));
    assertThat(config.relayOut()).contains(hub("2001:db8::1", 25));
    assertThat(config.routes())
        .containsExactly(
            new SmapdConfig.Route("partner.org", hub("192.0.2.1", 26)),
            new SmapdConfig.Route("*.partner.org", hubs("outside", "second:26")));
    assertThat(config.wakeup()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.wakeupOnArrival()).isFalse();
    assertThat(config.maxChildren()).isEqualTo(12);
    assertThat(config.backOff())
        .isEqualTo(new BackOff(Duration.ofSeconds(60), Duration.ofSeconds(600)));
    assertThat(config.maxAge()).isEqualTo(Duration.ofDays(3));
    assertThat(config.warnAfter()).isEqualTo(Duration.ofHours(2));
    assertThat(config.maxQueue()).isEqualTo(5_000);
    assertThat(config.badAdmin()).contains("admin@example.com");
    assertThat(config.postmaster("gw.test")).isEqualTo("postmaster@example.com");
    HeaderPolicy headers = config.headers();
    assertThat(headers.hops()).isEqualTo(30);
    assertThat(headers.actionFor(HeaderFault.FROM_MISSING)).isEqualTo(HeaderAction.SET_ASIDE);
    assertThat(headers.actionFor(HeaderFault.HOPS)).isEqualTo(HeaderAction.BOUNCE);
    assertThat(headers.actionFor(HeaderFault.LINE_LENGTH)).isEqualTo(HeaderAction.PASS);
    assertThat(headers.matches())
        .extracting(HeaderMatch::action)
        .containsExactly(HeaderAction.DISCARD, HeaderAction.BOUNCE);
    assertThat(headers.matches().getLast().text()).isEqualTo("no bulk mail here");
    assertThat(headers.mayBounceTo("10.1.2.3")).isTrue();
    assertThat(headers.mayBounceTo("192.0.2.1")).isFalse();
    assertThat(config.shortenSender()).containsExactly("example.com");
    assertThat(config.tlsProfile())
        .isEqualTo(new TlsProfile(TlsProfile.Level.MODERN, TlsProfile.Version.TLS_1_3));
    assertThat(said()).containsExactly("t:25: warning: metrics is not carried out in this version");
  }

  @Test
  void theListOfKeywordsIsWhatIsRead() {
    read("smapd: relay-out hub\n");
    assertThat(settings.keywords()).isEqualTo(SmapdConfig.KEYWORDS);
  }

  @Test
  void everyWrongValueIsNamedWithItsLine() {
    read(
        """
        smapd: relay-out .. -
        smapd: route partner.org
        smapd: route .. hub
        smapd: retry 600 60
        smapd: maxchildren 0
        smapd: header-check from-missing maybe
        smapd: relay :25
        smapd: nonsense 1
        """);
    assertThat(settings.problems().stream().map(p -> p.at().line()).collect(Collectors.toSet()))
        .isEqualTo(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
  }

  @Test
  void aTableThatCarriesNothingIsAnError() {
    read("smapd: wakeup 10\n");
    assertThat(said().getFirst()).contains("error").contains("nothing carries mail");
    read("smapd: local-domains example.com\nsmapd: relay-out hub\n");
    assertThat(said().getFirst()).contains("warning").contains("nothing carries mail for local");
    read("smapd: relay hub\n");
    assertThat(said().getFirst()).contains("warning").contains("local-domains");
    read("smapd: sendmail /usr/sbin/sendmail\nsmapd: local-domains example.com\n");
    assertThat(said()).isEmpty();
    read("smapd: relay-out a b c d e f g h i\n");
    assertThat(said()).contains("t:1: error: relay-out: expected from 1 to 8 hosts");
    read("smapd: sendmail sendmail\nsmapd: relay-out hub\n");
    assertThat(said())
        .containsExactly("t:1: error: sendmail: expected the absolute path of a program");
  }

  @Test
  void anAddressMustBeOneAndHaveAWay() {
    read("smapd: relay-out hub\nsmapd: badadmin |program\n");
    assertThat(said().getFirst()).contains("t:2: error: badadmin");
    read("smapd: route a.test hub\nsmapd: postmaster me@b.test\n");
    assertThat(said().getFirst()).contains("t:2: warning: postmaster: nothing carries");
    assertThat(read("smapd: local-domains a\nsmapd: relay hub\n").postmaster("gw.test"))
        .isEqualTo("postmaster");
  }

  @Test
  void aSetAsideFolderOutsideTheSpoolIsAnError() {
    read("smapd: relay-out hub\nsmapd: baddir /var/spool/bad\n");
    assertThat(said().getFirst()).contains("t:2: error: baddir");
    assertThat(read("smapd: relay-out hub\nsmapd: baddir /var/spool/smap/x\n").badDirectory())
        .isEqualTo(SPOOL.resolve("x"));
    assertThat(read("smapd: relay-out hub\nsmapd: baddir x\n").badDirectory())
        .isEqualTo(SPOOL.resolve("x"));
    assertThat(said()).isEmpty();
  }

  @Test
  void oneRetryValueIsTheShortestWait() {
    SmapdConfig config = read("smapd: relay-out hub tls=off\nsmapd: retry 10\n");
    assertThat(config.backOff())
        .isEqualTo(new BackOff(Duration.ofSeconds(10), Duration.ofSeconds(4_000)));
    assertThat(config.routing().destinations()).containsExactly(hub("hub", 25));
  }

  @Test
  void aLineSaysHowItsHubsAreSpokenTo() {
    SmapdConfig config =
        read(
            """
            smapd: relay-out hub:465 tls=required name=mail.example
            smapd: route a.test inside tls=off
            smapd: route b.test hub:465 tls=required name=mail.example
            """);
    assertThat(said()).isEmpty();
    Destination.Hubs out = config.relayOut().orElseThrow();
    assertThat(out.tls().mode()).isEqualTo(ClientTls.Mode.REQUIRED);
    assertThat(out.tls().start(465)).isEqualTo(ClientTlsOptions.Start.TLS);
    assertThat(config.routes().getFirst().to()).isEqualTo(hub("inside", 25));
    assertThat(config.routes().getLast().to())
        .as("lines that say the same lead to one destination")
        .isSameAs(out);
  }

  @Test
  void whatALineSaysWronglyOfTlsIsNamed() {
    read("smapd: relay-out hub tls=maybe\nsmapd: route a.test hub tls=verify ca=/no/such.pem\n");
    assertThat(settings.problems().stream().map(p -> p.at().line()).collect(Collectors.toSet()))
        .isEqualTo(Set.of(1, 2));
    read("smapd: relay-out hub tls=required client-cert=/no/such.pem\n");
    assertThat(said()).singleElement().asString().contains("t:1: error: relay-out");
    read("smapd: relay-out tls=off\n");
    assertThat(said()).contains("t:1: error: relay-out: expected from 1 to 8 hosts");
  }

  @Test
  void aProgramThatOnlyLooksAfterTheQueueReadsNoCertificate() {
    settings =
        Settings.of(
            Table.parse(
                "t", "smapd: relay-out hub tls=verify ca=/no/such.pem\nsmapd: tls-min 1.3\n"),
            "smapd");
    SmapdConfig config = SmapdConfig.withoutTls(settings, SPOOL);
    assertThat(said()).isEmpty();
    assertThat(config.routing().destinations()).containsExactly(hub("hub", 25));
  }
}
