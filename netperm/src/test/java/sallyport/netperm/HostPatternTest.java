package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
  private static final HostName NOBODY = new HostName.Unknown(HostName.Reason.NO_NAME);

  private static boolean matches(String pattern, String address) {
    HostPattern parsed = HostPattern.parse(pattern);
    assertThat(parsed.needsName()).isFalse();
    return parsed.matches(InetAddress.ofLiteral(address), NOBODY);
  }

  private static boolean matchesName(String pattern, HostName name) {
    HostPattern parsed = HostPattern.parse(pattern);
    assertThat(parsed.needsName()).isTrue();
    return parsed.matches(InetAddress.ofLiteral("192.0.2.7"), name);
  }

  @ParameterizedTest
  @CsvSource({
    "*,192.0.2.7",
    "*,2001:db8::7",
    "192.0.2.7,192.0.2.7",
    "192.0.2.*,192.0.2.0",
    "192.0.*,192.0.255.1",
    "10.*,10.1.2.3",
    "10.*.*.*,10.1.2.3",
    "10.*.7.*,10.1.7.3",
    "*.*,10.1.7.3",
    "10.0.0.0/8,10.255.255.255",
    "0.0.0.0/0,203.0.113.9",
    "192.0.2.128/25,192.0.2.255",
    "192.0.2.7/32,192.0.2.7",
    "111.222.0.0:255.255.0.0,111.222.3.4",
    "10.0.5.0:255.0.255.0,10.9.5.1",
    "2001:db8::7,2001:db8:0:0:0:0:0:7",
    "2001:DB8::/32,2001:db8:ffff::1",
    "::/0,2001:db8::1",
    "::1,::1",
    "2001:db8:8000::/33,2001:db8:8000::1",
    "192.0.2.7,::ffff:192.0.2.7",
    "::ffff:192.0.2.7,192.0.2.7",
  })
  void addressInsideMatches(String pattern, String address) {
    assertThat(matches(pattern, address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7,192.0.2.8",
    "192.0.2.*,192.0.3.1",
    "10.*,11.0.0.0",
    "10.*,110.0.0.1",
    "10.*.7.*,10.1.8.3",
    "10.0.0.0/8,11.0.0.0",
    "192.0.2.128/25,192.0.2.127",
    "111.222.0.0:255.255.0.0,111.223.0.0",
    "0.0.0.0/0,2001:db8::1",
    "::/0,192.0.2.7",
    "2001:db8::/32,2001:db9::1",
    "2001:db8:8000::/33,2001:db8:7fff::1",
    "*.*,2001:db8::1",
  })
  void addressOutsideDoesNotMatch(String pattern, String address) {
    assertThat(matches(pattern, address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "*.example.com,a.example.com",
    "*.example.com,a.b.example.com",
    "*.EXAMPLE.com,A.Example.COM",
    "mx.example.com,mx.example.com.",
    "mx.example.com.,mx.example.com",
    "mx*.example.com,mx17.example.com",
    "*,anything",
    "yournet.*,yournet.example",
    "a*b*c.example,axbxbxc.example",
    "_dmarc.example.com,_dmarc.example.com",
    "3com.example,3com.example",
  })
  void nameInsideMatches(String pattern, String name) {
    HostPattern parsed = HostPattern.parse(pattern);
    assertThat(parsed.matches(InetAddress.ofLiteral("192.0.2.7"), new HostName.Known(name)))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "*.example.com,example.com",
    "*.example.com,badexample.com",
    "*.example.com,a.example.com.evil.example",
    "mx.example.com,mx.example.co",
    "mx.example.com,amx.example.com",
    "unknown,mx.example.com",
    "unknown,unknown",
  })
  void nameOutsideDoesNotMatch(String pattern, String name) {
    assertThat(matchesName(pattern, new HostName.Known(name))).isFalse();
  }

  @Test
  void onlyTheWordUnknownMeetsANameThatIsNotBelieved() {
    for (HostName.Reason reason : HostName.Reason.values()) {
      assertThat(matchesName("unknown", new HostName.Unknown(reason))).isTrue();
      assertThat(matchesName("UNKNOWN", new HostName.Unknown(reason))).isTrue();
      assertThat(matchesName("unk*", new HostName.Unknown(reason))).isFalse();
      assertThat(matchesName("*.example.com", new HostName.Unknown(reason))).isFalse();
    }
  }

  @Test
  void noOtherCharacterFoldsToALetter() {
    assertThat(matchesName("kiosk.example", new HostName.Known("\u212aiosk.example"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.1",
        "10.1.",
        "10.1.2.256",
        "10.01.2.3",
        "10.1*",
        "*.1",
        "10.*.1",
        "1.2.3.4.*",
        "1.2.3.4.5",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/1000",
        "10.0.0.0:255.0.0",
        "10.0.0.0:255.0.0.256",
        "10.0.0.1/8",
        "10.0.0.1:255.0.0.0",
        "2001:db8::1/32",
        "2001:db8::/129",
        "2001:db8:::1",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4:25",
        "::ffff:0:0/96",
        "host..example",
        ".example.com",
        "a/b",
        "host!",
        "!10.*",
        "b\u00fccher.example",
        "a b",
      })
  void whatIsNoPatternIsRefusedWithAReason(String text) {
    assertThatThrownBy(() -> HostPattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void networkWithStrayBitsNamesTheRightOne() {
    assertThatThrownBy(() -> HostPattern.parse("10.1.2.3/8"))
        .hasMessage("'10.1.2.3/8' has bits beyond its mask; expected the network 10.0.0.0");
  }

  @Test
  void overlongNameIsRefused() {
    String name = "a.".repeat(200) + "example";
    assertThatThrownBy(() -> HostPattern.parse(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "*,*.example.com,true",
    "*,unknown,true",
    "*,10.*,true",
    "10.*,10.1.*,true",
    "10.0.0.0/8,10.1.2.3,true",
    "10.1.*,10.*,false",
    "10.*,11.*,false",
    "10.*,*,false",
    "::/0,0.0.0.0/0,false",
    "*.example.com,mx.example.com,true",
    "*.example.com,*.a.example.com,true",
    "*.a.example.com,*.example.com,false",
    "*.example.com,example.com,false",
    "mx.example.com,*.example.com,false",
    "unknown,unknown,true",
    "unknown,*.example.com,false",
    "10.0.5.0:255.0.255.0,10.9.5.1,true",
    "10.0.5.0:255.0.255.0,10.9.0.0/16,false",
  })
  void coveringIsSeenWhereItIsEvident(String outer, String inner, boolean covers) {
    assertThat(HostPattern.parse(outer).covers(HostPattern.parse(inner))).isEqualTo(covers);
  }
}
