package sallyport.smapd;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.smapd.Verdict.Pass;
import sallyport.smapd.Verdict.Refused;

class HeaderCheckTest {

  private static final HeaderPolicy STRICT = strict(HeaderAction.SET_ASIDE);

  /** Each fault of form has this action, but a Message-ID may be missing. */
  private static HeaderPolicy strict(HeaderAction action) {
    Map<HeaderFault, HeaderAction> actions = new EnumMap<>(HeaderFault.class);
    for (HeaderFault fault : HeaderFault.values()) {
      if (fault.byDefault() == HeaderAction.PASS && fault != HeaderFault.MESSAGE_ID_MISSING) {
        actions.put(fault, action);
      }
    }
    return new HeaderPolicy(50, actions, List.of(), HeaderPolicy.DEFAULT.localNets());
  }

  /** The policy of smapd's lines in a table. */
  private static HeaderPolicy table(String... lines) {
    String text = Arrays.stream(lines).map(l -> "smapd: " + l + "\n").collect(joining());
    Settings settings = Settings.of(Table.parse("t", text), "smapd");
    HeaderPolicy policy = HeaderPolicy.of(settings);
    assertThat(settings.problems()).isEmpty();
    return policy;
  }

  private static Refused setAside(HeaderFault fault, String reason) {
    return new Refused(HeaderAction.SET_ASIDE, fault.word(), reason, fault.status());
  }

  private static Verdict judge(String message, HeaderPolicy policy) {
    return HeaderCheck.judge(octets(message.replace("\n", "\r\n")), policy);
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
    assertThat(HeaderCheck.judge(new byte[0], HeaderPolicy.DEFAULT)).isEqualTo(new Pass());
    assertThat(judge("\nTo: |body\n", HeaderPolicy.DEFAULT)).isEqualTo(new Pass());
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
      assertThat(judge(header, HeaderPolicy.DEFAULT))
          .as(header)
          .isEqualTo(
              setAside(
                  HeaderFault.HEADER_PROGRAM,
                  "address in " + lower + " names a program or a file"));
    }
  }

  @Test
  void otherFieldsMayBeginAsTheyLike() {
    assertThat(judge("Subject: |x\nX-Path: /etc/passwd\nTo-Do: |x\n\n", HeaderPolicy.DEFAULT))
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
    assertThat(HeaderCheck.judge(octets(message), HeaderPolicy.DEFAULT))
        .isEqualTo(setAside(HeaderFault.LINE_END, "line end in the header that is not CR LF"));
  }

  @Test
  void zeroOctetInTheHeaderIsRefused() {
    assertThat(judge("Subject: a\0b\n\n", HeaderPolicy.DEFAULT))
        .isEqualTo(setAside(HeaderFault.ZERO_OCTET, "zero octet in the header"));
  }

  @Test
  void headerAndItsLinesAreBounded() {
    String line = "X: " + "x".repeat(HeaderCheck.MAX_LINE_OCTETS - 3) + "\n";
    assertThat(judge(line + "\n", HeaderPolicy.DEFAULT)).isEqualTo(new Pass());
    assertThat(judge("X" + line + "\n", HeaderPolicy.DEFAULT))
        .isEqualTo(setAside(HeaderFault.LINE_LENGTH, "header line longer than 65536 octets"));
    assertThat(judge(" X: y\n".repeat(60_000), HeaderPolicy.DEFAULT))
        .isEqualTo(setAside(HeaderFault.HEADER_LENGTH, "header longer than 266240 octets"));
  }

  @Test
  void hopsAreCountedWithoutOurOwn() {
    assertThat(judge("Received: x\n".repeat(51) + "\n", HeaderPolicy.DEFAULT))
        .isEqualTo(new Pass());
    assertThat(judge("Received: x\n".repeat(52) + "\n", HeaderPolicy.DEFAULT))
        .isEqualTo(setAside(HeaderFault.HOPS, "more than 50 hops"));
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
    assertThat(judge(header, HeaderPolicy.DEFAULT)).isEqualTo(new Pass());
    for (HeaderAction action :
        List.of(HeaderAction.SET_ASIDE, HeaderAction.BOUNCE, HeaderAction.DISCARD)) {
      assertThat(judge(header, strict(action)))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.action()).isEqualTo(action));
    }
  }

  @Test
  void missingFromAndDateFollowThePolicyAndAMissingMessageIdIsNoFault() {
    String date = "Date: 22 Nov 2026 05:00:00 GMT\n";
    assertThat(judge(date + "\n", STRICT)).isEqualTo(setAside(HeaderFault.FROM_MISSING, "no from"));
    assertThat(judge("From: a@b\n\n", STRICT))
        .isEqualTo(setAside(HeaderFault.DATE_MISSING, "no date"));
    assertThat(judge("From: a@b\n" + date + "\n", STRICT)).isEqualTo(new Pass());
  }

  @Test
  void aMissingMessageIdIsAFaultForWhomTheTableSaysSo() {
    String header = "From: a@b\nDate: 22 Nov 2026 05:00:00 GMT\n\n";
    assertThat(judge(header, table("header-check message-id-missing discard")))
        .isEqualTo(
            new Refused(HeaderAction.DISCARD, "message-id-missing", "no message-id", "5.6.0"));
  }

  @Test
  void aFaultThatPassesHidesNoOther() {
    HeaderPolicy policy = table("header-check line-length pass", "header-check hops pass");
    String line = "X: " + "x".repeat(HeaderCheck.MAX_LINE_OCTETS) + "\n";
    String hops = "Received: x\n".repeat(60);
    assertThat(judge(line + hops + "\n", policy)).isEqualTo(new Pass());
    assertThat(judge(line + hops + "To: |x\n\n", policy))
        .isEqualTo(setAside(HeaderFault.HEADER_PROGRAM, "address in to names a program or a file"));
    assertThat(judge(line.replace("\n", "\0\n") + "\n", policy))
        .isEqualTo(setAside(HeaderFault.ZERO_OCTET, "zero octet in the header"));
  }

  @Test
  void programAddressInFromThatPassesIsStillCountedAsAFrom() {
    HeaderPolicy policy =
        table("header-check header-program pass", "header-check from-missing set-aside");
    assertThat(judge("From: |x@y\n\n", policy)).isEqualTo(new Pass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: Win the LOTTERY\n",
        "Subject:lottery\n",
        "subject \t:\n lottery\n",
        "Subject: a lot\nSubject: of\n a\n\tlottery\n",
        "no field at all\nSubject: lottery \t\n",
        "Subject: \u00ff lottery",
      })
  void headerMatchSeesEachFieldUnfoldedWhateverItsCase(String header) {
    HeaderPolicy policy = table("header-match '^Subject: .*lottery$' discard 'no lotteries'");
    assertThat(judge("To: a@b\n" + header, policy))
        .isEqualTo(new Refused(HeaderAction.DISCARD, "header-match:1", "no lotteries", "5.7.1"));
  }

  @Test
  void headerMatchSeesNoBodyAndNoFieldOfAnotherName() {
    HeaderPolicy policy = table("header-match '^Subject: .*lottery' discard");
    assertThat(judge("X-Subject: lottery\nSubjects: lottery\n\nSubject: lottery\n", policy))
        .isEqualTo(new Pass());
  }

  @Test
  void theFirstLineThatFitsDecidesAndPassEndsOnlyHeaderMatch() {
    HeaderPolicy policy =
        table(
            "header-match '^X-Trusted: yes' pass",
            "header-match '^Subject: .*sale' set-aside",
            "header-match '^Subject:' discard");
    String sale = "Subject: a sale\n";
    assertThat(judge(sale + "X-Trusted: yes\n\n", policy)).isEqualTo(new Pass());
    assertThat(judge(sale + "X-Trusted: yes\nTo: |x\n\n", policy))
        .isEqualTo(setAside(HeaderFault.HEADER_PROGRAM, "address in to names a program or a file"));
    assertThat(judge("Subject: b\n" + sale + "\n", policy))
        .isEqualTo(
            new Refused(
                HeaderAction.SET_ASIDE,
                "header-match:2",
                "a field of the header is not wanted here",
                "5.7.1"));
  }

  @Test
  void headerMatchReadsUtf8AndOctetsThatAreNone() {
    HeaderPolicy policy = table("header-match '^Subject: \u00c9T\u00c9$' discard");
    byte[] header = "Subject: \u00e9t\u00e9\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(HeaderCheck.judge(header, policy)).isInstanceOf(Refused.class);
    assertThat(judge("Subject: \u00e9t\u00e9\n\n", policy)).isEqualTo(new Pass());
    assertThat(judge("Subject: \u00e9t\u00e9\n\n", table("header-match '^Subject: .t.$' discard")))
        .isInstanceOf(Refused.class);
  }

  @Test
  @Timeout(60)
  void patternsThatBringOthersToAHaltTakeTimeInProportion() {
    HeaderPolicy policy =
        table(
            "header-match '^X: (a+)+$' discard",
            "header-match '^X: (a|a)*$' discard",
            "header-match '^X: (.*)(.*)(.*)(.*)(.*)b$' discard");
    String header = ("X: " + "a".repeat(60_000) + "!\n").repeat(4);
    assertThat(judge(header, policy)).isEqualTo(new Pass());
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
