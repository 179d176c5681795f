package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.smap.smtp.PathParser.Parsed;
import sallyport.smap.smtp.PathParser.Reason;

class PathParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      value = {
        "<a@b.example> ~ a@b.example",
        "<a.b+c=d@b> ~ a.b+c=d@b",
        "<!#$%&'*+-/=?^_`{|}@b.example> ~ !#$%&'*+-/=?^_`{|}@b.example",
        "<\"a\"@b.example> ~ a@b.example",
        "<\"a b\"@b.example> ~ \"a b\"@b.example",
        "<\"a..b\"@b.example> ~ \"a..b\"@b.example",
        "<\"a\\\"b\\\\c\"@b.example> ~ \"a\\\"b\\\\c\"@b.example",
        "<\"\\a@>\"@b.example> ~ \"a@>\"@b.example",
        "<a@my_host.b-c.example> ~ a@my_host.b-c.example",
        "<a@[192.0.2.1]> ~ a@[192.0.2.1]",
        "<a@[IPv6:2001:db8::1]> ~ a@[IPv6:2001:db8::1]",
        "<a@[ipv6:::]> ~ a@[ipv6:::]",
        "<a@[IPv6:1:2:3:4:5:6:7:8]> ~ a@[IPv6:1:2:3:4:5:6:7:8]",
        "<a@[IPv6:::ffff:192.0.2.1]> ~ a@[IPv6:::ffff:192.0.2.1]",
        "<@r.example:a@b.example> ~ a@b.example",
        "<@r.example,@s.example:a@b.example> ~ a@b.example",
      })
  void mailboxIsRead(String path, String text) {
    assertThat(PathParser.parse(path)).isInstanceOf(Parsed.Address.class);
    assertThat(((Parsed.Address) PathParser.parse(path)).mailbox().text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a@b",
        "<a@b",
        "a@b>",
        "<<a@b>",
        "<a@b,c@d>",
        "<a>",
        "<@b>",
        "<a@>",
        "< a@b>",
        "<a @b>",
        "<a@b >",
        "<.a@b>",
        "<a.@b>",
        "<a..c@b>",
        "<a@.b>",
        "<a@b.>",
        "<a@b..c>",
        "<a@-b>",
        "<a@b->",
        "<a@b!c>",
        "<a@b@c>",
        "<a(c)@b>",
        "<\"a@b>",
        "<\"a\"c@b>",
        "<\"a\\",
        "<a\"b\"@c>",
        "<a@[192.0.2]>",
        "<a@[192.0.2.256]>",
        "<a@[192.0.2.1>",
        "<a@[]>",
        "<a@[2001:db8::1]>",
        "<a@[IPv6:1:2:3:4:5:6:7]>",
        "<a@[IPv6:1:2:3:4:5:6:7:8:9]>",
        "<a@[IPv6:1::2::3]>",
        "<a@[IPv6:1:::2]>",
        "<a@[IPv6:12345::]>",
        "<a@[IPv6:g::]>",
        "<a@[tag:text]>",
        "<@r.example>",
        "<@r.example:>",
        "<@r.example,a@b>",
        "<@-r:a@b>",
        "<postmaster",
        "<postmasters>",
      })
  void restIsNoPath(String path) {
    assertThat(PathParser.parse(path)).isEqualTo(new Parsed.Wrong(Reason.SYNTAX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<\u00e9@b>", "<a\u00e9@b>", "<\"\u00e9\"@b>", "<\"\\\u00e9\"@b>", "<a@b\u00e9>"})
  void eightBitIsNamed(String path) {
    assertThat(PathParser.parse(path)).isEqualTo(new Parsed.Wrong(Reason.EIGHT_BIT));
  }

  @Test
  void lengthsAreThoseOfTheStandard() {
    String label = "x".repeat(63);
    assertThat(Domains.isDomain(label)).isTrue();
    assertThat(Domains.isDomain(label + "x")).isFalse();
    String longest = label + "." + label + "." + label + "." + label;
    assertThat(longest).hasSize(Domains.MAX_DOMAIN);
    assertThat(Domains.isDomain(longest)).isTrue();
    assertThat(Domains.isDomain(longest + ".x")).isFalse();

    String domain = label + "." + label + "." + label;
    String path = "<" + "a".repeat(256 - 3 - domain.length()) + "@" + domain + ">";
    assertThat(path).hasSize(PathParser.MAX_PATH);
    assertThat(PathParser.parse(path)).isInstanceOf(Parsed.Address.class);
    assertThat(PathParser.parse("<a" + path.substring(1)))
        .isEqualTo(new Parsed.Wrong(Reason.TOO_LONG));
  }

  @Test
  void recipientLocalPartHasItsLimit() {
    assertThat(MailParser.rcpt("TO:<" + "a".repeat(64) + "@b>")).isInstanceOf(Command.Rcpt.class);
    assertThat(MailParser.rcpt("TO:<" + "a".repeat(65) + "@b>"))
        .isEqualTo(new Command.Faulty(Command.Verb.RCPT, Command.Fault.LONG_RECIPIENT));
    assertThat(MailParser.mail("FROM:<" + "a".repeat(100) + "@b>"))
        .isInstanceOf(Command.Mail.class);
  }

  @Test
  void whatIsBehindThePathIsLeft() {
    assertThat(PathParser.parse("<> SIZE=1")).isEqualTo(new Parsed.Empty(" SIZE=1"));
    assertThat(PathParser.parse("<POSTmaster>x")).isEqualTo(new Parsed.BarePostmaster("x"));
    assertThat(PathParser.parse("<a@b>,<c@d>"))
        .isEqualTo(new Parsed.Address(new Mailbox("a", "b"), ",<c@d>"));
  }

  @Test
  void whatIsReadCanBeWrittenAndReadAgain() {
    Random random = new Random(5321);
    String alphabet = "ab.\"\\@<>[]:, -_%!1";
    int read = 0;
    for (int round = 0; round < 300_000; round++) {
      StringBuilder path = new StringBuilder(random.nextBoolean() ? "<\"" : "<");
      for (int i = random.nextInt(14); i > 0; i--) {
        path.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      path.append(random.nextBoolean() ? "\"@b>" : "@b>");
      if (PathParser.parse(path.toString()) instanceof Parsed.Address(Mailbox mailbox, String rest)
          && rest.isEmpty()) {
        read++;
        assertThat(PathParser.parse("<" + mailbox.text() + ">"))
            .isEqualTo(new Parsed.Address(mailbox, ""));
      }
    }
    assertThat(read).isGreaterThan(1000);
  }
}
