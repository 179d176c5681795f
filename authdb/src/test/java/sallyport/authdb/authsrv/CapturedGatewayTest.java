package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.HOME;
import static sallyport.authdb.authsrv.TestBroker.digest;
import static sallyport.authdb.authsrv.TestBroker.fields;
import static sallyport.authdb.authsrv.TestBroker.isOk;
import static sallyport.authdb.authsrv.TestBroker.isRefused;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.protocol.Reply;

/** What a captured gateway, or a hostile inside server through an honest one, would try. */
class CapturedGatewayTest {
  private static final String INSIDE = "<1896.697170952@mail.example.com>";

  private TestBroker it;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    it = TestBroker.in(folder);
  }

  @AfterEach
  void stop() throws Exception {
    it.close();
  }

  private void isNothing(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Refused.class);
  }

  @Test
  void ourOwnChallengeIsNotAnsweredAsAnInsideServers() {
    String challenge = it.challenge();
    isNothing(it.respond(it.grant("john", "tanstaaf"), challenge));
    assertThat(it.logged())
        .contains("suspect-gateway securityalert=yes what=\"reflected challenge\" user=john");
  }

  @Test
  void theChallengeOfAnotherGatewayIsNotAnsweredEither() {
    for (String mark : List.of("sp.", "SP.", "Sp.x.", "sP.")) {
      isNothing(it.respond(it.grant("john", "tanstaaf"), "<" + mark + "abc@other.example.net>"));
    }
  }

  @Test
  void aDigestThatWasSeenIsWorthNothingASecondTime() {
    String challenge = it.challenge();
    String digest = digest(challenge, "tanstaaf");
    assertThat(isOk(it.verify("john", challenge, digest, HOME))).isTrue();
    assertThat(isRefused(it.verify("john", challenge, digest, HOME))).isTrue();
    assertThat(isRefused(it.verify("john%archive", challenge, digest, HOME))).isTrue();
    assertThat(it.logged()).contains("suspect-gateway securityalert=yes what=replayed-challenge");
  }

  @Test
  void aChallengeIsUsedUpByAWrongDigestToo() {
    String challenge = it.challenge();
    assertThat(isRefused(it.verify("john", challenge, digest(challenge, "x"), HOME))).isTrue();
    assertThat(isRefused(it.verify("john", challenge, digest(challenge, "tanstaaf"), HOME)))
        .isTrue();
  }

  @Test
  void aDigestForOneChallengeIsNoneForAnother() {
    String digest = digest(it.challenge(), "tanstaaf");
    assertThat(isRefused(it.verify("john", it.challenge(), digest, HOME))).isTrue();
  }

  @Test
  void aChallengeOfItsOwnMakingIsRefused() {
    it.pass(Challenges.LIFE);
    String ours = it.challenge();
    char last = ours.charAt(28);
    List<String> forged =
        List.of(
            "",
            "<>",
            INSIDE,
            "<sp.@gate.example.com>",
            "<sp." + "A".repeat(24) + "." + "A".repeat(22) + "@gate.example.com>",
            ours.replace("gate", "late"),
            ours.replace("<sp.", "<SP."),
            ours.toUpperCase(java.util.Locale.ROOT),
            ours.substring(0, 28) + (last == 'A' ? 'B' : 'A') + ours.substring(29),
            " " + ours,
            ours + " ",
            ours.replace("@", "=@"),
            "x".repeat(512));
    for (String challenge : forged) {
      Broker.Ruling ruling = it.verify("john", challenge, digest(challenge, "tanstaaf"), HOME);
      assertThat(isRefused(ruling)).as(challenge).isTrue();
    }
    assertThat(it.logged()).contains("suspect-gateway securityalert=yes what=forged-challenge");
    assertThat(it.johnAnswers(ours)).isInstanceOf(Reply.Ok.class);
  }

  @Test
  void aGrantIsGoodOnce() {
    String grant = it.grant("john", "tanstaaf");
    assertThat(fields(it.respond(grant, INSIDE))).hasSize(1);
    isNothing(it.respond(grant, "<2.second@mail.example.com>"));
    isNothing(it.secretFor(grant));
    assertThat(it.logged())
        .contains("suspect-gateway securityalert=yes what=\"second use of a grant\"");
  }

  @Test
  void aGrantIsUsedUpByATimestampThatIsRefused() {
    String grant = it.grant("john", "tanstaaf");
    isNothing(it.respond(grant, "<bad@>"));
    isNothing(it.respond(grant, INSIDE));
  }

  @Test
  void ofManyWhoUseOneGrantAtOnceOneGetsADigest() throws Exception {
    String grant = it.grant("john", "tanstaaf");
    List<Callable<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      String timestamp = "<" + i + "@mail.example.com>";
      calls.add(() -> it.respond(grant, timestamp));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      int digests = 0;
      for (Future<Reply> reply : threads.invokeAll(calls)) {
        digests += reply.get() instanceof Reply.Ok ? 1 : 0;
      }
      assertThat(digests).isEqualTo(1);
    }
  }

  @Test
  void ofManyWhoUseOneChallengeAtOnceOneIsLetIn() throws Exception {
    String challenge = it.challenge();
    List<Callable<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      calls.add(() -> it.johnAnswers(challenge));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      int granted = 0;
      for (Future<Reply> reply : threads.invokeAll(calls)) {
        granted += reply.get() instanceof Reply.Ok ? 1 : 0;
      }
      assertThat(granted).isEqualTo(1);
    }
  }

  @Test
  void aGuessedGrantIsNothing() {
    isNothing(it.respond("0".repeat(32), INSIDE));
    String grant = it.grant("john", "tanstaaf");
    char last = grant.charAt(31);
    isNothing(it.respond(grant.substring(0, 31) + (last == '0' ? '1' : '0'), INSIDE));
    assertThat(fields(it.respond(grant, INSIDE))).hasSize(1);
  }

  @Test
  void aGrantServesItsOwnUserAndServerOnly() {
    String grant = it.grant("john", "tanstaaf");
    assertThat(fields(it.respond(grant, INSIDE)))
        .containsExactly(digest(INSIDE, "tanstaaf"))
        .doesNotContain(digest(INSIDE, "opensesame"), digest(INSIDE, "old iron"));
    assertThat(fields(it.respond(it.grant("jane%mail", "opensesame"), "<3@mail>")))
        .doesNotContain(digest("<3@mail>", "own secret"));
  }

  @Test
  void noSecretIsHandedOutForAnApopServer() {
    isNothing(it.secretFor(it.grant("jane%archive", "opensesame")));
    isNothing(it.secretFor(it.grant("john", "tanstaaf")));
    assertThat(it.logged()).contains("what=\"secret for an apop server\" user=jane server=archive");
  }

  @Test
  void noDigestIsMadeForAPassServer() {
    isNothing(it.respond(it.grant("john%legacy", "tanstaaf"), INSIDE));
  }

  @Test
  void aTimestampIsAnsweredOnceForAUserAndServer() {
    assertThat(fields(it.respond(it.grant("john", "tanstaaf"), INSIDE))).hasSize(1);
    isNothing(it.respond(it.grant("john", "tanstaaf"), INSIDE));
    assertThat(it.logged()).contains("what=\"repeated timestamp\" user=john server=mail");
    assertThat(fields(it.respond(it.grant("john%archive", "tanstaaf"), INSIDE))).hasSize(1);
    assertThat(fields(it.respond(it.grant("jane", "opensesame"), INSIDE))).hasSize(1);
  }

  @Test
  void onlyOneWellFormedMessageIdIsDigested() {
    for (String timestamp :
        List.of(
            "",
            "<>",
            "<@>",
            "<a>",
            "<a@>",
            "<@b>",
            "a@b",
            "<a@b",
            "a@b>",
            "<a@b>x",
            "x<a@b>",
            "<a@b><c@d>",
            "<a@b> <c@d>",
            "<<a@b>>",
            "<a@b@c>",
            "<a..b@c>",
            "<.a@c>",
            "<a.@c>",
            "<a@.c>",
            "<a@c.>",
            "<a b@c>",
            "<a\tb@c>",
            "<\"a\"@c>",
            "<a@[192.0.2.1]>",
            "<a\u0000@c>",
            "<a\u00e9@c>",
            "<a\u007f@c>",
            "<a\r\n@c>",
            "<a(comment)@c>",
            "<a\\b@c>")) {
      isNothing(it.respond(it.grant("john", "tanstaaf"), timestamp));
    }
    assertThat(fields(it.respond(it.grant("john", "tanstaaf"), "<" + "a".repeat(507) + "@bc>")))
        .hasSize(1);
  }

  @Test
  void noTimestampCanWriteALogLineOfItsOwn() {
    it.respond(it.grant("john", "tanstaaf"), "<a\nlogin user=root@b>");
    assertThat(it.logged().lines()).noneMatch(line -> line.startsWith("login user=root"));
  }
}
