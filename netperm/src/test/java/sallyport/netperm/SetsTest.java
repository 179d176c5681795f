package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetsTest {
  private final DomainSet domains = DomainSet.of(List.of("Example.COM", "*.example.net", "a.b."));

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "EXAMPLE.com.", "x.example.net", "x.y.example.net", "A.B"})
  void domainInside(String domain) {
    assertThat(domains.contains(domain)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x.example.com",
        "example.net",
        ".example.net",
        "xexample.net",
        "example.net.evil",
        "",
        ".",
        "[192.0.2.1]",
        "example.com..",
        "e\u2093ample.com"
      })
  void domainOutside(String domain) {
    assertThat(domains.contains(domain)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.", ".", "a..b", "*.*.b", "a.*", "b\u00fccher.example", "a b"})
  void wrongDomainIsRefused(String domain) {
    assertThatThrownBy(() -> DomainSet.of(List.of(domain)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is no domain; expected such as example.com or *.example.com");
  }

  @Test
  void addressesAreInAnyOfTheNetworks() {
    AddressSet nets = AddressSet.of(List.of("10.*", "2001:db8::/32"));
    assertThat(nets.contains(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
    assertThat(nets.contains(InetAddress.ofLiteral("2001:db8::1"))).isTrue();
    assertThat(nets.contains(InetAddress.ofLiteral("11.1.2.3"))).isFalse();
    assertThat(AddressSet.of(List.of()).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "unknown", "mx.example.com", ""})
  void namesAreNoAddresses(String pattern) {
    assertThatThrownBy(() -> AddressSet.of(List.of(pattern)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nearestWordIsFoundOnlyWhenNear() {
    List<String> known = List.of("timeout", "maxbytes", "maxhops");
    assertThat(Spelling.nearest("timout", known)).contains("timeout");
    assertThat(Spelling.nearest("max-bytes", known)).contains("maxbytes");
    assertThat(Spelling.nearest("relay", known)).isEmpty();
    assertThat(Spelling.nearest("x".repeat(100_000), known)).isEmpty();
  }
}
