package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressFieldTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "john@example.com ~ 1",
        "John Doe <john@example.com> ~ 1",
        "\"Doe, John (x)\" <john@example.com>, jane@example.com ~ 2",
        "john@example.com (John, the one) ~ 1",
        "john . doe @ example . com ~ 1",
        "A Group of Us: a@b, \"c d\" <c@d>;, e@f ~ 3",
        "undisclosed-recipients:; ~ 1",
        "<@a,@b:user@c> ~ 1",
        ", ,a@b,, ~ 1",
        "\"quoted \\\" string\"@example.com ~ 1",
        "| Company | <john@example.com> ~ 1",
        "\"/etc/passwd\" <john@example.com> ~ 1",
        "root ~ 1",
        "<> ~ 0",
        "=?utf-8?q?=7C?= <john@example.com> ~ 1",
        "/C=DE/A=X/S=Doe/@x ~ 1",
      })
  void readableFieldsPass(String body, int addresses) {
    assertThat(AddressField.of(body)).isEqualTo(new AddressField(true, addresses, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"|/bin/sh\"@x",
        "(comment)|/bin/sh@x",
        "(com(nest)ment) \"|/bin/sh\" @x",
        "John <|/bin/sh>",
        "John <\"|/bin/sh\"@x>",
        "John <(c)|/bin/sh@x>",
        "a@b, |/bin/sh",
        "a@b; /etc/passwd",
        "Group: |/bin/sh;",
        "Group: a@b, /etc/passwd@x;",
        "<@a,@b:|/bin/sh@c>",
        "\\|/bin/sh@x",
        "\"\\|/bin/sh\"@x",
        "<a@b> |/bin/sh",
        "<a@b <|/bin/sh>>",
        "<a@b> <|/bin/sh>",
        "<|/bin/sh",
        "\"unclosed <|/bin/sh>",
        "(unclosed |/bin/sh",
        "two words |/bin/sh@x",
        "=?us-ascii?q?=7C/bin/sh?=@x",
        "John <=?us-ascii?b?fC9iaW4vc2g=?=@x>",
      })
  void fwtkFault17ProgramsAndFilesInHeaderAddressesAreRefused(String body) {
    assertThat(AddressField.of(body).allowed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"unclosed", "(unclosed", "<a@b", "a@b>", "<a@b> c", "<a@b> <c@d>", "John Doe"})
  void whatIsNotReadableIsSaidToBeSo(String body) {
    assertThat(AddressField.of(body).readable()).isFalse();
    assertThat(AddressField.of(body).allowed()).isTrue();
  }

  @Test
  void aTrailingBackslashEndsNothing() {
    assertThat(AddressField.of("a@b (x\\").readable()).isFalse();
    assertThat(AddressField.of("\"x\\").readable()).isFalse();
    assertThat(AddressField.of("x\\").addresses()).isOne();
  }
}
