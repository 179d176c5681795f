package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCheckTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-froot@x",
        "|prog@x",
        "\"|prog\"@x",
        "/etc/passwd@x",
        "a@b> SIZE=1",
        "a@b <c@d",
        "a b@x",
        "a\r\nDATA@x",
        "\"a\r\nDATA\"@x",
        "\"a\\\r\"@x",
        "a\u00e9@x",
        "\"unclosed@x",
        "a\\",
      })
  void fwtkFault17AddressesThatCouldBeACommandAreRefused(String address) {
    assertThat(EnvelopeCheck.allowsRecipient(address)).isFalse();
    assertThat(EnvelopeCheck.allowsSender(address)).isFalse();
  }

  @Test
  void tooLongAndEmptyRecipientsAreRefusedAndTheNullSenderIsNot() {
    assertThat(EnvelopeCheck.allowsRecipient("a".repeat(EnvelopeCheck.MAX_ADDRESS + 1))).isFalse();
    assertThat(EnvelopeCheck.allowsRecipient("")).isFalse();
    assertThat(EnvelopeCheck.allowsSender("")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "john@example.com",
        "\"john <x> doe\"@example.com",
        "\"a\\\"b\"@example.com",
        "user%host@gateway",
        "postmaster",
        "a@[IPv6:2001:db8::1]",
      })
  void ordinaryAddressesPass(String address) {
    assertThat(EnvelopeCheck.allowsRecipient(address)).isTrue();
    assertThat(EnvelopeCheck.allowsSender(address)).isTrue();
  }
}
