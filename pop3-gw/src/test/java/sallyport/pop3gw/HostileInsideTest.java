package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inside servers that misbehave: the client learns nothing of it, and the session ends. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileInsideTest {
  private static final String DOWN = "-ERR [SYS/TEMP] ";

  @TempDir Path folder;

  private Logins logins(String method, InsidePeer.Script script) throws Exception {
    return new Logins(folder, InsidePeer.doing(script), method, "pop3-gw: inside-timeout 5");
  }

  private void expectFailure(Logins logins, String event, String reason, String answer)
      throws Exception {
    assertThat(logins.answerToJohn()).startsWith(answer).doesNotContain("evil");
    assertThat(logins.gateway.awaitLog(event))
        .contains("host=127.0.0.1 user=john server=mail", "reason=" + reason);
    assertThat(logins.gateway.isEmptySoon()).isTrue();
    assertThat(logins.gateway.fatal).hasNullValue();
  }

  /** A greeting, octets escaped, and what the log calls it. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "+OK <1@evil> <2@evil> => inside-suspect => several timestamps",
        "+OK hello => inside-down => no timestamp",
        "+OK <a.b.c> => inside-down => no timestamp",
        "+OK <\u00e4@evil> => inside-down => bad greeting",
        "+OK <a\u0000b@evil> => inside-down => bad greeting",
        "+OK <a b@evil> => inside-suspect => bad timestamp",
        "-ERR evil => inside-down => refused connection",
        "* PREAUTH evil <1@evil> => inside-down => not pop3",
        "+PREAUTH evil <1@evil> => inside-down => not pop3",
        "220 evil <1@evil> => inside-down => not pop3",
      })
  void greetingThatIsNotAsItShouldBeEndsTheAttempt(String greeting, String event, String reason)
      throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              talk.say(greeting);
              talk.stayUntilLeft();
            })) {
      expectFailure(logins, event, quoted(reason), DOWN);
      assertThat(logins.inside.heard()).isEmpty();
    }
  }

  private static String quoted(String reason) {
    return reason.indexOf(' ') < 0 ? reason : "\"" + reason + "\"";
  }

  @Test
  void ourOwnChallengeReflectedIsNotAnswered() throws Exception {
    AtomicReference<RunningGateway> front = new AtomicReference<>();
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              try (Client asLaterVictim = front.get().connect()) {
                asLaterVictim.greeting();
                talk.say("+OK " + asLaterVictim.challenge());
                talk.stayUntilLeft();
              }
            })) {
      front.set(logins.gateway);
      expectFailure(logins, "inside-suspect", "\"reflected challenge\"", DOWN);
      assertThat(logins.inside.heard()).isEmpty();
    }
  }

  @Test
  void timestampThatWasAnsweredBeforeIsNotAnsweredAgain() throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              talk.say("+OK <always.the.same@evil>");
              talk.line();
              talk.say("+OK");
              talk.stayUntilLeft();
            })) {
      assertThat(logins.answerToJohn()).startsWith("+OK");
      expectFailure(logins, "inside-down", "\"timestamp refused\"", DOWN);
      assertThat(logins.authsrv.logged()).contains("suspect-gateway");
      assertThat(logins.inside.heard()).filteredOn(line -> !line.isEmpty()).hasSize(1);
    }
  }

  @Test
  void lineOfTenMebiBytesIsNotReadToItsEnd() throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              for (int i = 0; i < 10 * 1024; i++) {
                talk.send("+OK <1@evil> ".repeat(79).substring(0, 1024));
              }
              talk.stayUntilLeft();
            })) {
      expectFailure(logins, "inside-down", "\"line too long\"", DOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK <1@evil>\n", "+OK <1@evil>\r\r\n", "\u0016\u0003\u0001 evil\r\n"})
  void lineWithoutAProperEndIsNoLine(String octets) throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              talk.send(octets);
              talk.stayUntilLeft();
            })) {
      expectFailure(logins, "inside-down", "\"bare line end\"", DOWN);
    }
  }

  @Test
  void replySentBeforeItWasAskedForIsASign() throws Exception {
    try (Logins logins =
        logins(
            "pass",
            talk -> {
              talk.send("+OK evil\r\n+OK evil\r\n+OK evil\r\n");
              talk.stayUntilLeft();
            })) {
      expectFailure(logins, "inside-suspect", "\"spoke ahead\"", DOWN);
      assertThat(logins.inside.heard()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "[IN-USE] evil, -ERR [IN-USE] , in use",
    "[LOGIN-DELAY] evil, -ERR [LOGIN-DELAY] , login delay",
    "[AUTH] evil, -ERR [SYS/PERM] , login refused",
    "evil, -ERR [SYS/PERM] , login refused"
  })
  void refusalIsPassedOnAsAKindAndNotAsText(String error, String answer, String reason)
      throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              talk.say("+OK <1@evil>");
              talk.line();
              talk.say("-ERR " + error);
              // A second try on the same connection would be heard.
              talk.line();
            })) {
      expectFailure(logins, "inside-refused", quoted(reason), answer);
      await()
          .untilAsserted(() -> assertThat(logins.inside.heard()).hasSize(2).last().isEqualTo(""));
    }
  }

  @Test
  void serverConfiguredForApopNeverGetsASecret() throws Exception {
    try (Logins logins =
        logins(
            "apop",
            talk -> {
              talk.say("+OK no timestamp here");
              talk.line();
            })) {
      expectFailure(logins, "inside-down", "\"no timestamp\"", DOWN);
      await().untilAsserted(() -> assertThat(logins.inside.heard()).containsExactly(""));
    }
  }

  /** How many lines it says before it closes or falls silent. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void serverThatClosesAtAnyStepIsDown(int lines) throws Exception {
    try (Logins logins = logins("pass", talk -> sayLines(talk, lines))) {
      expectFailure(logins, "inside-down", "closed", DOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void serverThatFallsSilentAtAnyStepIsDown(int lines) throws Exception {
    try (Logins logins =
        new Logins(
            folder,
            InsidePeer.doing(talk -> {
              sayLines(talk, lines);
              talk.stayUntilLeft();
            }),
            "pass",
            "pop3-gw: inside-timeout 1")) {
      expectFailure(logins, "inside-down", "silent", DOWN);
    }
  }

  @Test
  void serverThatDripsOctetsGainsNoTime() throws Exception {
    try (Logins logins =
        new Logins(
            folder,
            InsidePeer.doing(HostileInsideTest::drip),
            "pass",
            "pop3-gw: inside-timeout 1")) {
      expectFailure(logins, "inside-down", "silent", DOWN);
    }
  }

  private static void drip(InsidePeer.Talk talk) throws IOException {
    try {
      while (true) {
        talk.send("+");
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says +OK so often, each but the first after a command, which it waits for at the end, too. */
  private static void sayLines(InsidePeer.Talk talk, int lines) throws IOException {
    for (int i = 0; i < lines; i++) {
      talk.say("+OK evil");
      talk.line();
    }
  }

  @Test
  void secretForAPassServerIsSentOnceAndNowhereElse() throws Exception {
    try (Logins logins =
        logins(
            "pass",
            talk -> {
              sayLines(talk, 2);
              talk.say("+OK");
              talk.stayUntilLeft();
            })) {
      assertThat(logins.answerToJohn()).startsWith("+OK");
      assertThat(logins.inside.heard()).isEqualTo(List.of("USER john", "PASS " + Logins.SECRET));
      logins.gateway.awaitLog("disconnect");
      assertThat(logins.gateway.logged() + logins.authsrv.logged()).doesNotContain(Logins.SECRET);
    }
  }
}
