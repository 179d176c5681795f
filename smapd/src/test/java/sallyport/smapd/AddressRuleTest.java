package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|/bin/sh",
        "|/bin/sh@x",
        "|prog%host@gateway",
        "/etc/passwd",
        "/etc/passwd@x",
        "host!|prog",
        "a!b!/tmp/file",
        "host::|prog",
        "@a,@b:|prog@c",
        "@host:/tmp/file",
        ":include:/etc/passwd",
        " |prog@x",
        "\"|prog\"@x",
        "\\|prog@x",
        "'|prog'@x",
        "=?us-ascii?q?=7C/bin/sh?=@x",
        "=?us-ascii?Q?|/bin/sh?=",
        "=?utf-8?b?fC9iaW4vc2g=?=@x",
        "=?utf-16be?b?AHwALw==?=@x",
        "=?x?q??=|prog@x",
        "=?x?q?=3D=3Fx=3Fq=3F=7Cprog=3F=3D?=@x",
        "=?x?q?=7C",
        "/=@x",
        "|",
        "/",
      })
  void programsAndFilesAreRefusedInEveryForm(String address) {
    assertThat(AddressRule.allows(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "john@example.com",
        "john/sales@example.com",
        "a|b@example.com",
        "/C=DE/ADMD=X/G=John/S=Doe/@gateway.example",
        "/DD.TYPE=x/@gateway",
        "user@[IPv6:2001:db8::1]",
        "host!user@gateway",
        "user%host@gateway",
        "node::user",
        "@a,@b:user@c",
        "fax=/5551234@fax.example",
        "=?utf-8?q?John?=@x",
        "=?broken",
        "=?x?b?****?=@x",
      })
  void otherAddressesAreAllowed(String address) {
    assertThat(AddressRule.allows(address)).isTrue();
  }

  @Test
  void wordsOfAnUnreadableFieldAreJudgedOneByOne() {
    assertThat(AddressRule.allowsWords("\"unclosed |/bin/sh")).isFalse();
    assertThat(AddressRule.allowsWords("x (unclosed /etc/passwd")).isFalse();
    assertThat(AddressRule.allowsWords("a%|b")).isFalse();
    assertThat(AddressRule.allowsWords("Sales / Marketing | Europe")).isTrue();
    assertThat(AddressRule.allowsWords("(unclosed either/or")).isTrue();
  }

  @ParameterizedTest
  @Timeout(5)
  @ValueSource(strings = {"!", "!=?x?q?", "! ", "\"", "(", "/a", "!/a", "=?x?b?", "\\", "<", "a,"})
  void timeIsLinearInTheLengthWhateverTheOctets(String piece) {
    String hostile = piece.repeat(HeaderCheck.MAX_HEADER_OCTETS / piece.length());
    AddressRule.allows(hostile);
    AddressRule.allowsWords(hostile);
    AddressField.of(hostile);
  }
}
