package sallyport.authdb.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests and replies as lines. */
class MessagesTest {
  private static final String DIGEST = "c4c9334bac560ecc979e58001b3e22fb";
  private static final String GRANT = "0123456789abcdef0123456789abcdef";

  private static final List<Request> REQUESTS =
      List.of(
          new Request.Challenge("1"),
          new Request.Verify("ff", "john%mail", "<sp.a.b@gate>", DIGEST, "192.0.2.7"),
          new Request.Verify("0", "", "", DIGEST, "2001:db8:0:0:0:0:0:7"),
          new Request.Password(
              "a", "j\u00f6hn \u0000\r\n", new SecretText("p%ss w\u00f6rd"), "::1"),
          new Request.Deny("b", "john", "192.0.2.7", "netperm-table:12"),
          new Request.Respond("c", GRANT, "<1896.697170952@dbc.mtview.ca.us>"),
          new Request.Secret("0123456789abcdef", GRANT));

  private static final List<Reply> REPLIES =
      List.of(
          new Reply.Ok("1", List.of()),
          new Reply.Ok("1", List.of(GRANT, "mail", "")),
          new Reply.Ok("2", List.of("s\u00e4cret with % and blank")),
          new Reply.Refused("3"),
          new Reply.Unavailable("4"));

  @Test
  void everyRequestComesBackAsItWasSent() {
    for (Request request : REQUESTS) {
      assertThat(Request.parse(request.line())).contains(request);
      assertThat(request.line()).matches("[\\x21-\\x7e]+( [\\x21-\\x7e]+)*");
    }
  }

  @Test
  void everyReplyComesBackAsItWasSent() {
    for (Reply reply : REPLIES) {
      assertThat(Reply.parse(reply.line())).contains(reply);
      assertThat(reply.line()).matches("[\\x21-\\x7e]+( [\\x21-\\x7e]+)*");
    }
  }

  @Test
  void theLinesAreThoseOfTheGrammar() {
    assertThat(REQUESTS)
        .extracting(Request::line)
        .containsExactly(
            "1 challenge",
            "ff verify john%25mail <sp.a.b@gate> " + DIGEST + " 192.0.2.7",
            "0 verify % % " + DIGEST + " 2001:db8:0:0:0:0:0:7",
            "a password j%F6hn%20%00%0D%0A p%25ss%20w%F6rd ::1",
            "b deny john 192.0.2.7 netperm-table:12",
            "c respond " + GRANT + " <1896.697170952@dbc.mtview.ca.us>",
            "0123456789abcdef secret " + GRANT);
    assertThat(REPLIES)
        .extracting(Reply::line)
        .containsExactly(
            "1 ok",
            "1 ok " + GRANT + " mail %",
            "2 ok s%E4cret%20with%20%25%20and%20blank",
            "3 refused",
            "4 unavailable");
  }

  @Test
  void theLongestRequestFitsALine() {
    String worst = "\u00ff".repeat(Wire.MAX_LOGIN);
    String source = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255";
    List<Request> longest =
        List.of(
            new Request.Password(
                "f".repeat(16), worst, new SecretText("%".repeat(Wire.MAX_SECRET)), source),
            new Request.Deny("f".repeat(16), worst, source, "%".repeat(Wire.MAX_REASON)),
            new Request.Verify("f".repeat(16), worst, "x".repeat(512), DIGEST, source),
            new Request.Respond("f".repeat(16), GRANT, "%".repeat(Timestamp.MAX_OCTETS)));
    for (Request request : longest) {
      assertThat(request.line().length() + 1).isLessThanOrEqualTo(Wire.MAX_LINE);
      assertThat(Request.parse(request.line())).contains(request);
    }
  }

  @Test
  void aLineThatBreaksTheGrammarIsNoRequest() {
    for (String line :
        List.of(
            "",
            " ",
            "1",
            "1 ",
            " challenge",
            "1  challenge",
            "1 challenge ",
            "1 CHALLENGE",
            "1 challenge x",
            "1 quit",
            "g challenge",
            "A challenge",
            "00000000000000000 challenge",
            "1 challenge\r",
            "1\tchallenge",
            "1 secret " + GRANT + "0",
            "1 secret " + GRANT.substring(1),
            "1 secret " + GRANT.toUpperCase(java.util.Locale.ROOT),
            "1 secret %",
            "1 respond " + GRANT,
            "1 respond " + GRANT + " <a@b> <c@d>",
            "1 respond " + GRANT + " " + "x".repeat(513),
            "1 verify john c " + DIGEST,
            "1 verify john c " + DIGEST.toUpperCase(java.util.Locale.ROOT) + " 192.0.2.7",
            "1 verify john c " + DIGEST + " localhost",
            "1 verify john c " + DIGEST + " 192.0.2.256",
            "1 verify john c " + DIGEST + " %",
            "1 verify john c " + DIGEST + " fe80::1%25eth0",
            "1 verify john c " + DIGEST + " 192.0.2.7 more",
            "1 verify jo%hn c " + DIGEST + " 192.0.2.7",
            "1 verify jo%2 c " + DIGEST + " 192.0.2.7",
            "1 verify jo%c3%b6 c " + DIGEST + " 192.0.2.7",
            "1 verify jo%41 c " + DIGEST + " 192.0.2.7",
            "1 verify %% c " + DIGEST + " 192.0.2.7",
            "1 verify j\u00f6hn c " + DIGEST + " 192.0.2.7",
            "1 verify " + "x".repeat(256) + " c " + DIGEST + " 192.0.2.7")) {
      assertThat(Request.parse(line)).as(line).isEmpty();
    }
  }

  @Test
  void aLineThatBreaksTheGrammarIsNoReply() {
    for (String line :
        List.of(
            "",
            "1",
            "ok",
            "1 OK",
            "1 yes",
            "x ok",
            "1 ok ",
            "1 ok a b c d",
            "1 refused now",
            "1 unavailable now",
            "1 ok \u0001")) {
      assertThat(Reply.parse(line)).as(line).isEmpty();
    }
  }

  @Test
  void noGarbageMakesTheParserThrow() {
    Random random = new Random(7);
    String alphabet = "0f %25<>@.ok refused\u00ff\n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder(random.nextBoolean() ? "1 verify " : "");
      for (int j = random.nextInt(60); j > 0; j--) {
        line.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Request.parse(line.toString())
          .ifPresent(r -> assertThat(r.line()).isEqualTo(line.toString()));
      Reply.parse(line.toString()).ifPresent(r -> assertThat(r.line()).isEqualTo(line.toString()));
    }
  }

  @Test
  void noMessageShowsASecretADigestOrAGrant() {
    assertThat(REQUESTS.toString() + REPLIES)
        .doesNotContain(DIGEST)
        .doesNotContain(GRANT)
        .doesNotContain("p%ss")
        .doesNotContain("cret with");
    assertThat(new SecretText("hunter2")).hasToString("***");
  }

  @Test
  void aMistakeOfACallerIsToldWithoutTheValue() {
    assertThatThrownBy(() -> new SecretText("hunter2\u0100")).hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> new Request.Secret("1", "not a grant"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("not a grant");
  }

  @Test
  void aSourceHasNoScope() throws Exception {
    byte[] octets = InetAddress.ofLiteral("fe80::1").getAddress();
    InetAddress scoped = java.net.Inet6Address.getByAddress("host", octets, 3);
    assertThat(scoped.getHostAddress()).contains("%");
    assertThat(Request.source(scoped)).isEqualTo("fe80:0:0:0:0:0:0:1");
    assertThat(Request.source(InetAddress.ofLiteral("::ffff:192.0.2.7"))).isEqualTo("192.0.2.7");
  }

  @Test
  void theDigestIsThatOfTheStandard() {
    assertThat(
            ApopDigest.hex(
                "<1896.697170952@dbc.mtview.ca.us>",
                "tanstaaf".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isEqualTo(DIGEST);
    assertThat(Optional.of(new SecretText("a"))).contains(new SecretText("a"));
  }
}
