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
    assertThat(EnvelopeCheck.faultOfRecipient(address)).isPresent();
    assertThat(EnvelopeCheck.faultOfSender(address)).isPresent();
  }

  @Test
  void tooLongAndEmptyRecipientsAreRefusedAndTheNullSenderIsNot() {
    assertThat(EnvelopeCheck.faultOfRecipient("a".repeat(EnvelopeCheck.MAX_ADDRESS + 1)))
        .contains(HeaderFault.ENVELOPE_SYNTAX);
    assertThat(EnvelopeCheck.faultOfRecipient("")).contains(HeaderFault.ENVELOPE_SYNTAX);
    assertThat(EnvelopeCheck.faultOfSender("")).isEmpty();
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
    assertThat(EnvelopeCheck.faultOfRecipient(address)).isEmpty();
    assertThat(EnvelopeCheck.faultOfSender(address)).isEmpty();
  }

  @Test
  void aFaultThatMayPassNeverHidesOneThatMayNot() {
    assertThat(EnvelopeCheck.faultOfSender("-f a@b> SIZE=1")).contains(HeaderFault.ENVELOPE_SYNTAX);
    assertThat(EnvelopeCheck.faultOfSender("|a\r\n@b")).contains(HeaderFault.ENVELOPE_SYNTAX);
    assertThat(EnvelopeCheck.faultOfSender("-f@b")).contains(HeaderFault.ENVELOPE_HYPHEN);
    assertThat(EnvelopeCheck.faultOfSender("|a@b")).contains(HeaderFault.ENVELOPE_PROGRAM);
  }
}
