package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class SenderShortenerTest {

  private static final SenderShortener SHORTENER =
      new SenderShortener(List.of("example.com", "lists.example.com", "plant.example"));

  /** One character an octet; a bare line feed stands for CR LF. */
  private static byte[] octets(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String shortened(String header) {
    byte[] result = SHORTENER.shorten(octets(header));
    return new String(result, StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "john@host.example.com, john@example.com",
    "john@a.b.c.example.com, john@example.com",
    "john@HOST.Example.COM, john@Example.COM",
    "john@example.com, john@example.com",
    "john@lists.example.com, john@lists.example.com",
    "john@x.lists.example.com, john@lists.example.com",
    "john@badexample.com, john@badexample.com",
    "john@host.example.com.org, john@host.example.com.org",
    "john@host..example.com, john@host..example.com",
    "john@.example.com, john@.example.com",
    "john@host.example.com., john@host.example.com.",
    "john@[10.0.0.1], john@[10.0.0.1]",
    "john, john",
    "'', ''",
    "john%host.example.com@host.other.org, john%host.example.com@host.other.org",
    "host.example.com!john, host.example.com!john",
    "'\"john@host.example.com\"', '\"john@host.example.com\"'",
    "'\"a@b c\"@host.example.com', '\"a@b c\"@example.com'",
    "'@host.example.com,@b.org:john@host.example.com', '@host.example.com,@b.org:john@example.com'",
  })
  void envelopeSenderLosesItsHost(String sender, String expected) {
    assertThat(SHORTENER.shorten(sender)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "From",
        "Sender",
        "Reply-To",
        "Return-Path",
        "Resent-From",
        "Resent-Sender",
        "Resent-Reply-To",
        "Errors-To",
        "Return-Receipt-To",
        "Disposition-Notification-To"
      })
  void everySenderFieldLosesItsHostWhateverItsCase(String name) {
    for (String written :
        List.of(name, name.toUpperCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))) {
      assertThat(shortened(written + ": <john@host.example.com>\n\n"))
          .isEqualTo(written + ": <john@example.com>\n\n");
      assertThat(shortened("X: y\n" + written + " \t:john@host.example.com\nZ: z\n\n"))
          .isEqualTo("X: y\n" + written + " \t:john@example.com\nZ: z\n\n");
    }
  }

  @Test
  void otherFieldsAndTheBodyStayAsTheyAre() {
    String header =
        """
        Received: from host.example.com by gw.example.com; Sun, 22 Nov 2026 05:00:00 +0000
        DKIM-Signature: v=1; d=host.example.com; h=from; b=AAAA
        To: jane@host.example.com
        Cc: <jane@host.example.com>
        Message-ID: <1@host.example.com>
        Subject: From: john@host.example.com
        X-From: john@host.example.com
        no field at all
         From: john@host.example.com

        From: john@host.example.com
        """;
    byte[] octets = octets(header);
    assertThat(SHORTENER.shorten(octets)).isSameAs(octets);
  }

  /** What is between {@code ~} signs is what must go, and nothing else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // One address, and several.
        "john@~host.~example.com",
        " john@~host.~example.com",
        "<john@~host.~example.com>",
        "a@~h1.~example.com, b@~h2.~plant.example,c@other.org, d@~h.~lists.example.com",
        ",, a@~h.~example.com ,,",
        // Display names: anything may stand in them.
        "John Doe <john@~host.~example.com>",
        "\"Doe, John <x@host.example.com>\" <john@~host.~example.com>",
        "\"a \\\" b@host.example.com\" <john@~host.~example.com>",
        "john@host.example.com <john@~host.~example.com>",
        "J. Doe <john@~host.~example.com>",
        "=?utf-8?q?J=40host.example.com?= <john@~host.~example.com>",
        "J\u00f6rg \u00c3\u00b6 <john@~host.~example.com>",
        "\u00ff\u0080@host.example.com <j\u00f6@~h\u00f6st.~example.com>",
        // Comments.
        "john@~host.~example.com (John at john@host.example.com)",
        "(a (b) \\) x@host.example.com) john (c) @ (d) ~host.~example.com (e)",
        "John <john@(x@host.example.com)~host.~example.com(y)>",
        // Folding.
        "\n John\n\tDoe\n <john@~host.~example.com>\n",
        "a@~h.~example.com,\n b@~h.~example.com,\n\t(c\n c) c@~h.~example.com",
        "john@\n ~host.~example.com",
        "\"John\n Doe\" <john@~host.~example.com>",
        // Local parts.
        "\"john doe\"@~host.~example.com",
        "\"john@host.example.com\"@~host.~example.com",
        "<\"a\".b.\"c\"@~host.~example.com>",
        "/o=x/s=y/@~host.~example.com",
        "a%host.example.com@~host.~example.com",
        "host.example.com!john@~host.~example.com",
        // Groups.
        "The staff: a@~h.~example.com, B <b@~h.~example.com>;",
        "undisclosed-recipients:;",
        "a: b@~h.~example.com;, c: d@~h.~example.com, e@f.org;, g@~h.~example.com",
        "\"a@host.example.com: b\": c@~h.~example.com;",
        // Routes.
        "<@a.example.com,@b.org:john@~host.~example.com>",
        "John <@host.example.com:john@~host.~example.com>",
        // Case.
        "John <john@~HOST.~Example.Com>",
        "john@~a.b.c.~example.com",
        // Nothing to cut.
        "<>",
        "",
        "postmaster",
        "John <john>",
        "john@[host.example.com]",
        "<john@[IPv6:2001:db8::1]>",
        "john@example.com, jane@lists.example.com",
        "john@notexample.com, john@host.example.org, john@com, john@example.com.org",
        "john@host..example.com",
        "john@.example.com",
      })
  void onlyTheHostIsTakenOut(String body) {
    String field = "From:" + body.replace("~", "") + (body.endsWith("\n") ? "" : "\n");
    String expected = "From:" + body.replaceAll("~[^~]*~", "") + (body.endsWith("\n") ? "" : "\n");
    assertThat(shortened("To: x@h.example.com\n" + field + "Subject: y\n\n"))
        .isEqualTo("To: x@h.example.com\n" + expected + "Subject: y\n\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"John <john@host.example.com>",
        "John (a (b) <john@host.example.com>",
        "John <john@host.example.com",
        "john@host.example.com>",
        "<john@host.example.com> <john@host.example.com>",
        "<<john@host.example.com>>",
        "<john@host.example.com> John",
        "<john@host.example.com>: a;",
        "John Doe john@host.example.com",
        "john doe@host.example.com",
        "john@host.example.com doe",
        "john@host. example.com",
        "john@host.\n example.com",
        "john@host(c).example.com",
        "john@host.example.com@host.example.com",
        "@host.example.com",
        "<@host.example.com>",
        "<@a john@host.example.com>",
        "<a@host.example.com,b@host.example.com>",
        "<a@host.example.com;>",
        "john@[host.example.com",
        "john\\@host.example.com",
        "john@host.example.com\\",
        "john@host.example.com\"",
        "john@host.example.com\"\\",
        "john@host.example.com(\\",
        "john)@host.example.com",
        "\u001b$B<john@host.example.com>",
        "john@host.example.com\u007f",
      })
  void aFieldThatCannotBeReadStaysAsItIsAndTheNextIsReadAllTheSame(String body) {
    String header = "From: a@good.org, " + body + "\n";
    assertThat(shortened(header + "\n")).isEqualTo(header + "\n");
    assertThat(shortened(header + "Sender: x@host.example.com\n\n"))
        .isEqualTo(header + "Sender: x@example.com\n\n");
  }

  @Test
  void headersWithoutAnEndAreReadToTheirLastOctet() {
    assertThat(shortened("From: john@host.example.com")).isEqualTo("From: john@example.com");
    assertThat(shortened("From: john@host.example.com\n")).isEqualTo("From: john@example.com\n");
    assertThat(shortened("From")).isEqualTo("From");
    assertThat(shortened("From:")).isEqualTo("From:");
    assertThat(shortened("")).isEmpty();
    assertThat(shortened("\n")).isEqualTo("\n");
  }

  @Test
  @Timeout(20)
  void hugeFieldsTakeTimeInProportion() {
    String domain = "a.".repeat(120_000) + "example.com";
    assertThat(shortened("From: x@" + domain + "\n\n")).isEqualTo("From: x@" + domain + "\n\n");
    String comments = "From: " + "(".repeat(240_000) + "\n\n";
    assertThat(shortened(comments)).isEqualTo(comments);
    String many = "From: " + "a@h.example.com,".repeat(16_000) + "\n\n";
    assertThat(shortened(many)).isEqualTo(many.replace("h.", ""));
    String fields = "From: a@h.example.com\n".repeat(11_000) + "\n";
    assertThat(shortened(fields)).isEqualTo(fields.replace("h.", ""));
    String nested = "From: " + "<".repeat(240_000) + "\n\n";
    assertThat(shortened(nested)).isEqualTo(nested);
    String colons = "From: " + ":".repeat(240_000) + "\n\n";
    assertThat(shortened(colons)).isEqualTo(colons);
  }

  /** Whatever stands in a header: what comes out is what went in, without some "host." in it. */
  @Test
  void nothingButHostsIsEverTakenOut() {
    List<String> pieces =
        List.of(
            "From: ",
            "Sender:",
            "\r\n",
            "\r\n ",
            " ",
            "\"",
            "\\",
            "(",
            ")",
            "<",
            ">",
            "@",
            ":",
            ";",
            ",",
            "[",
            "]",
            "john",
            "host.",
            "example.com",
            "a@host.example.com",
            "\u00e9",
            "\u001b",
            ".",
            "To: ");
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder header = new StringBuilder("From: ");
      for (int i = random.nextInt(30); i > 0; i--) {
        header.append(pieces.get(random.nextInt(pieces.size())));
      }
      byte[] octets = header.toString().getBytes(StandardCharsets.ISO_8859_1);
      String result = new String(SHORTENER.shorten(octets), StandardCharsets.ISO_8859_1);
      assertThat(isWithoutHosts(header.toString(), result)).as(header.toString()).isTrue();
      assertThat(SHORTENER.shorten(result.getBytes(StandardCharsets.ISO_8859_1)))
          .as(header.toString())
          .isEqualTo(result.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Letters and dots may go; all else is there, and nothing is new. */
  private static boolean isWithoutHosts(String before, String after) {
    int at = 0;
    for (int i = 0; i < before.length() && at < after.length(); i++) {
      at += before.charAt(i) == after.charAt(at) ? 1 : 0;
    }
    return at == after.length()
        && before.replaceAll("[a-z.\u00e9]", "").equals(after.replaceAll("[a-z.\u00e9]", ""));
  }

  @Test
  void withoutADomainNothingIsCut() {
    SenderShortener off = new SenderShortener(List.of());
    assertThat(off.isOff()).isTrue();
    assertThat(off.shorten("john@host.example.com")).isEqualTo("john@host.example.com");
    assertThat(SHORTENER.isOff()).isFalse();
  }

  @Test
  void domainsAreReadFromAllLinesAndWrongOnesAreNamed() {
    Settings settings =
        Settings.of(
            Table.parse(
                "t",
                """
                smapd: shorten-sender Example.com plant.example.
                smapd: shorten-sender example.com
                smapd: shorten-sender *.example.org
                smapd: shorten-sender a..b
                """),
            "smapd");
    assertThat(SenderShortener.domains(settings)).containsExactly("example.com", "plant.example");
    assertThat(settings.problems())
        .extracting(Problem::toString)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("t:3: error: shorten-sender: expected a domain"),
            second -> assertThat(second).startsWith("t:4: error: shorten-sender: "));
  }
}
