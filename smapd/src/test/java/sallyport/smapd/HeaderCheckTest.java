package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.smapd.HeaderCheck.Rules;
import sallyport.smapd.HeaderCheck.Verdict;
import sallyport.smapd.HeaderCheck.Verdict.Pass;
import sallyport.smapd.HeaderCheck.Verdict.Refused;
import sallyport.smapd.HeaderCheck.Verdict.ToBeBounced;
import sallyport.smapd.SmapdConfig.FaultPolicy;

class HeaderCheckTest {

  private static final Rules STRICT = rules(FaultPolicy.SET_ASIDE);

  private static Rules rules(FaultPolicy policy) {
    int octets = HeaderCheck.MAX_HEADER_OCTETS;
    int line = HeaderCheck.MAX_LINE_OCTETS;
    return new Rules(octets, line, 50, policy, policy, policy, policy);
  }

  private static Verdict judge(String message, Rules rules) {
    return HeaderCheck.judge(octets(message.replace("\n", "\r\n")), rules);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void goodHeaderPassesTheStrictestRules() {
    String message =
        """
        Received: from a by b; Sun, 22 Nov 2026 05:00:00 +0000
        From: John <john@example.com>
        To: jane@example.com
        Date: Sun, 22 Nov 2026 05:00:00 +0000
        Message-ID: <1@example.com>

        To: |body
        """;
    assertThat(judge(message, STRICT)).isEqualTo(new Pass());
  }

  @Test
  void emptyMessagePassesByDefault() {
    assertThat(HeaderCheck.judge(new byte[0], Rules.DEFAULT)).isEqualTo(new Pass());
    assertThat(judge("\nTo: |body\n", Rules.DEFAULT)).isEqualTo(new Pass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bcc",
        "Cc",
        "Errors-To",
        "From",
        "Reply-To",
        "Return-Path",
        "Return-Receipt-To",
        "To"
      })
  void fwtkFault17EveryAddressFieldIsJudged(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    List<String> headers =
        List.of(
            name + ": |/bin/sh@x\n\n",
            name.toUpperCase(Locale.ROOT) + ":|/bin/sh@x\n\n",
            name + " \t: |/bin/sh@x\n\n",
            name + ":\n \n\t(comment)\n |/bin/sh@x\n\n",
            name + ": a@b,\n |/bin/sh@x\n\n",
            name + ": \"\n |/bin/sh\"@x\n\n",
            "Received: x\n" + name + ": a@b\n" + name + ": /etc/passwd\n\n",
            "no field at all\n" + name + ": |/bin/sh@x\n\n",
            name + ": |/bin/sh@x");
    for (String header : headers) {
      assertThat(judge(header, Rules.DEFAULT))
          .as(header)
          .isEqualTo(new Refused("address in " + lower + " names a program or a file"));
    }
  }

  @Test
  void otherFieldsMayBeginAsTheyLike() {
    assertThat(judge("Subject: |x\nX-Path: /etc/passwd\nTo-Do: |x\n\n", Rules.DEFAULT))
        .isEqualTo(new Pass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: a\rTo: |x\r\n\r\n",
        "Subject: a\nTo: |x\r\n\r\n",
        "To: a\r\n\nx",
        "a\r\rb\r\n\r\n"
      })
  void bareLineEndsInTheHeaderAreRefused(String message) {
    assertThat(HeaderCheck.judge(octets(message), Rules.DEFAULT))
        .isEqualTo(new Refused("line end in the header that is not CR LF"));
  }

  @Test
  void zeroOctetInTheHeaderIsRefused() {
    assertThat(judge("Subject: a\0b\n\n", Rules.DEFAULT))
        .isEqualTo(new Refused("zero octet in the header"));
  }

  @Test
  void headerAndItsLinesAreBounded() {
    String line = "X: " + "x".repeat(HeaderCheck.MAX_LINE_OCTETS - 3) + "\n";
    assertThat(judge(line + "\n", Rules.DEFAULT)).isEqualTo(new Pass());
    assertThat(judge("X" + line + "\n", Rules.DEFAULT))
        .isEqualTo(new Refused("header line longer than 65536 octets"));
    assertThat(judge(" X: y\n".repeat(60_000), Rules.DEFAULT))
        .isEqualTo(new Refused("header longer than 266240 octets"));
  }

  @Test
  void hopsAreCountedWithoutOurOwn() {
    assertThat(judge("Received: x\n".repeat(51) + "\n", Rules.DEFAULT)).isEqualTo(new Pass());
    assertThat(judge("Received: x\n".repeat(52) + "\n", Rules.DEFAULT))
        .isEqualTo(new Refused("more than 50 hops"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "From: a@b\nFrom: c@d\n",
        "From: (nobody)\n",
        "From: \"unclosed\n",
        "From:\n",
        "Date: yesterday\n",
        "Date: 22 Nov 2026 05:00:00 +0000\nDate: 22 Nov 2026 05:00:00 +0000\n",
        "Message-ID: 1@example.com\n",
        "Message-ID: <1> <2>\n",
        "Message-ID: <1>\nMessage-ID: <2>\n",
        "To: \"unclosed\n",
      })
  void malformedFieldsFollowThePolicy(String fields) {
    String from = fields.startsWith("From") ? "" : "From: a@b\n";
    String date = fields.startsWith("Date") ? "" : "Date: 22 Nov 2026 05:00:00 +0000\n";
    String header = fields + from + date + "\n";
    assertThat(judge(header, rules(FaultPolicy.PASS))).isEqualTo(new Pass());
    assertThat(judge(header, STRICT)).isInstanceOf(Refused.class);
    assertThat(judge(header, rules(FaultPolicy.BOUNCE))).isInstanceOf(ToBeBounced.class);
  }

  @Test
  void missingFromAndDateFollowThePolicyAndAMissingMessageIdIsNoFault() {
    String date = "Date: 22 Nov 2026 05:00:00 GMT\n";
    assertThat(judge(date + "\n", STRICT)).isEqualTo(new Refused("no from"));
    assertThat(judge("From: a@b\n\n", STRICT)).isEqualTo(new Refused("no date"));
    assertThat(judge("From: a@b\n" + date + "\n", STRICT)).isEqualTo(new Pass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 22 Nov 2026 05:00:00 +0000",
        "22 nov 2026 5:00 EST",
        "Sun, 2 Nov 99 05:00:60 -1130 (a (nested) comment)",
        "(c) Sun , 22 (c) Nov 2026 05 : 00 : 00 GMT",
        "22 Nov 2026 05:00:00",
      })
  void datesOfTheWorldAreReadable(String date) {
    assertThat(HeaderDate.readable(date)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sun",
        "Xyz, 22 Nov 2026 05:00:00 +0000",
        "32 Nov 2026 05:00:00 +0000",
        "22 Foo 2026 05:00:00 +0000",
        "22 Nov 1066 05:00:00 +0000",
        "22 Nov 2026 24:00:00 +0000",
        "22 Nov 2026 05:60:00 +0000",
        "22 Nov 2026 05:00:00 +0099",
        "22 Nov 2026 05:00:00 +0000 more",
        "2026-11-22T05:00:00Z",
      })
  void whatIsNoDateIsNotReadable(String date) {
    assertThat(HeaderDate.readable(date)).isFalse();
  }
}
