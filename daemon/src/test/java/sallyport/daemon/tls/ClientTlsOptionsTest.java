package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.daemon.tls.TestFiles.file;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.daemon.tls.ClientTls.Mode;
import sallyport.daemon.tls.ClientTlsOptions.Start;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class ClientTlsOptionsTest {
  private Settings settings;

  private ClientTlsOptions read(String values) {
    settings = Settings.of(Table.parse("table", "smapd: relay " + values), "smapd");
    Rule rule = settings.first("relay").orElseThrow();
    return ClientTlsOptions.of(settings, rule, Mode.MAY, TlsProfile.DEFAULT);
  }

  private List<String> problems() {
    return settings.problems().stream().map(Object::toString).toList();
  }

  @Test
  void withoutOptionsTheDefaultCounts() {
    ClientTlsOptions options = read("hub.example hub2.example:2525");
    assertThat(options.mode()).isEqualTo(Mode.MAY);
    assertThat(options.towards("hub.example").orElseThrow().name()).isEqualTo("hub.example");
    assertThat(options.start(25)).isEqualTo(Start.STARTTLS);
    assertThat(options.start(465)).isEqualTo(Start.TLS);
    assertThat(options.start(995)).isEqualTo(Start.TLS);
    assertThat(problems()).isEmpty();
  }

  @Test
  void everyOptionIsTaken() {
    ClientTlsOptions options =
        read(
            "192.0.2.1 tls=verify ca=%s name=mail.example.org client-cert=%s client-key=%s start=tls"
                .formatted(file("ca.pem"), file("ec.crt"), file("ec.key")));
    assertThat(problems()).noneMatch(problem -> problem.contains(" error: "));
    assertThat(options.mode()).isEqualTo(Mode.VERIFY);
    assertThat(options.start(25)).isEqualTo(Start.TLS);
    ClientTls tls = options.towards("192.0.2.1").orElseThrow();
    assertThat(tls.name()).isEqualTo("mail.example.org");
    assertThat(tls.verifies()).isTrue();
  }

  @Test
  void offIsNoTls() {
    assertThat(read("hub.example tls=off").towards("hub.example")).isEmpty();
    assertThat(problems()).isEmpty();
  }

  @Test
  void hostsStandBeforeTheOptions() {
    settings =
        Settings.of(Table.parse("table", "smapd: relay a.example b.example:26 tls=may"), "smapd");
    assertThat(ClientTlsOptions.others(settings.first("relay").orElseThrow()))
        .containsExactly("a.example", "b.example:26");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h tls=always | relay: tls=always; expected off or may or required or verify",
        "h tsl=may | relay: no option 'tsl='; expected one of",
        "h tls=may tls=off | relay: tls= stands there twice",
        "h tls= | relay: tls= has no value",
        "tls=may h | relay: 'h' stands behind an option",
        "h tls=may ca=/x | relay: ca= is of use with tls=verify only",
        "h tls=off name=a.b | relay: name= is of no use without TLS",
        "h tls=verify ca=/no/such/file | relay: /no/such/file: there is no such file",
        "h tls=verify ca=relative | relay: ca=relative: expected the absolute path of a file",
        "h tls=may client-cert=/x | relay: client-cert= and client-key= go together only",
        "h tls=may client-cert=/no/such client-key=/no/key | relay: /no/such: there is no such file",
      })
  void whatIsWrongIsOneLine(String values, String problem) {
    read(values);
    assertThat(problems()).singleElement().asString().startsWith("table:1: error: " + problem);
  }

  @ParameterizedTest
  @CsvSource({
    "mail.example.org, true",
    "192.0.2.1, false",
    "2001:db8::1, false",
    "a_b.example, false"
  })
  void onlyNamesAreAskedFor(String host, boolean asked) {
    assertThat(read("h tls=required").towards(host).orElseThrow().sni().isPresent())
        .isEqualTo(asked);
  }
}
