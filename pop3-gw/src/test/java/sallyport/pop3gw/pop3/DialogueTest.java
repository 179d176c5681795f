package sallyport.pop3gw.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.pop3gw.pop3.Action.Note;
import sallyport.pop3gw.pop3.Action.Note.Topic;

/** What no transcript shows: notes, actions, the order of them, and what may not show itself. */
class DialogueTest {
  private static final String CHALLENGE = PretendAuthsrv.CHALLENGE;
  private static final String DIGEST = "3a8dd0edece4f77907cb5d14e72eead0";

  private final Dialogue both = new Dialogue(policy(LoginMethod.APOP, LoginMethod.PASS));
  private final State greeted =
      both.on(State.initial(Transport.PLAIN), new Input.Opened(Optional.of(CHALLENGE))).state();

  private static Policy policy(LoginMethod... offers) {
    return new Policy("mail.example", "ready", "denied", Set.of(offers), Set.of(offers));
  }

  private static Input.Line line(String text) {
    return new Input.Line(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void digestIsAskedForWithTheChallengeOfThisSession() {
    Step step = both.on(greeted, line("APOP mrose " + DIGEST.toUpperCase(java.util.Locale.ROOT)));
    assertThat(step.actions())
        .containsExactly(new Action.Named(), new Action.VerifyDigest("mrose", CHALLENGE, DIGEST));
    assertThat(step.state()).isEqualTo(new State.Verifying(Optional.of("mrose")));
  }

  @Test
  void passwordIsTheRestOfTheLineOctetForOctet() {
    State named = both.on(greeted, line("USER mrose")).state();
    Step step = both.on(named, line("PASS  two\tw\u00f6rds \u00ff "));
    assertThat(step.actions()).hasSize(1);
    assertThat(((Action.VerifyPassword) step.actions().getFirst()).password().reveal())
        .isEqualTo(" two\tw\u00f6rds \u00ff ");
  }

  @Test
  void whoeverNamesAUserHasGotSomewhere() {
    assertThat(both.on(greeted, line("USER x")).actions()).contains(new Action.Named());
    assertThat(both.on(greeted, line("CAPA")).actions()).doesNotContain(new Action.Named());
    assertThat(both.on(greeted, line("AUTH PLAIN")).actions()).doesNotContain(new Action.Named());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "APOP m\u0000rose " + DIGEST,
        "APOP mr\u00f8se " + DIGEST,
        "APOP m\u001b[31mrose " + DIGEST,
        "APOP mrose mail " + DIGEST,
        "APOP  mrose " + DIGEST,
        "APOP mrose\t" + DIGEST,
        "APOP mrose " + DIGEST + " ",
        "APOP mrose " + DIGEST + "0",
        "APOP mrose 3a8dd0edece4f77907cb5d14e72eeadg",
        "APOP mrose",
        "APOP  ",
        "APOP"
      })
  void credentialsOfNobodyAreHeldBackLikeAnyOthers(String malformed) {
    Step step = both.on(greeted, line(malformed));
    assertThat(step.actions()).hasSize(2).noneMatch(action -> action instanceof Action.Send);
    assertThat(step.actions().get(1)).isInstanceOf(Action.Deny.class);
    Action.Deny deny = (Action.Deny) step.actions().get(1);
    assertThat(Characters.areVisible(deny.login())).isTrue();
    Step refused = both.on(step.state(), new Input.Refused());
    assertThat(refused.actions())
        .endsWith(new Action.Send(Replies.authenticationFailed()), new Action.Close());
  }

  @Test
  void nameThatIsNoneReachesNoLog() {
    Step asked = both.on(greeted, line("APOP m\u001b[31m\u0000 " + DIGEST));
    Step refused = both.on(asked.state(), new Input.Refused());
    assertThat(refused.actions()).startsWith(new Note(Topic.LOGIN_REFUSED, ""));
  }

  @Test
  void refusedLoginIsLoggedWhenItHappens() {
    Step asked = both.on(greeted, line("APOP mrose%mail " + DIGEST));
    Step refused = both.on(asked.state(), new Input.Refused());
    assertThat(refused.actions()).startsWith(new Note(Topic.LOGIN_REFUSED, "mrose%mail"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tanstaaf",
        "TANSTAAF x",
        "AG1yb3NlAHRhbnN0YWFm",
        "a1 LOGIN mrose tanstaaf",
        "PASS tanstaaf",
        "RPOP tanstaaf",
        "STLS tanstaaf",
        "\u0000tanstaaf"
      })
  void whatFollowsAWrongCommandReachesNoLog(String typed) {
    Step step = both.on(greeted, line(typed));
    assertThat(step.state()).isEqualTo(new State.Closed());
    assertThat(step.toString().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("tanstaaf", "ag1yb3");
  }

  @Test
  void nothingShowsADigestOrASecret() {
    List<Object> shown = new ArrayList<>();
    shown.add(CommandParser.parse(("APOP mrose " + DIGEST).getBytes(StandardCharsets.US_ASCII)));
    shown.add(CommandParser.parse("PASS tanstaaf".getBytes(StandardCharsets.US_ASCII)));
    shown.add(line("PASS tanstaaf"));
    shown.add(both.on(greeted, line("APOP mrose " + DIGEST)));
    Step named = both.on(greeted, line("USER mrose"));
    shown.add(named);
    shown.add(both.on(named.state(), line("PASS tanstaaf")));
    assertThat(shown.toString()).contains("mrose").doesNotContain(DIGEST, "tanstaaf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no brackets",
        "<nobody>",
        "<sp.5f0c.9d1e@mail.example> <a@b>",
        "<sp.5f0c@mail.example>\r\n+OK",
        "<sp.\u00ff@mail.example>"
      })
  void challengeThatCannotBeGreetedWithIsTroubleOfAuthsrv(String challenge) {
    Step step = both.on(State.initial(Transport.PLAIN), new Input.Opened(Optional.of(challenge)));
    assertThat(step.actions())
        .containsExactly(
            new Note(Topic.BAD_CHALLENGE, ""),
            new Action.Send(Replies.unavailable()),
            new Action.Close());
  }

  @Test
  void apopWithoutAChallengeIsTroubleOfAuthsrv() {
    Step step = both.on(State.initial(Transport.PLAIN), new Input.Opened(Optional.empty()));
    assertThat(step.state()).isEqualTo(new State.Closed());
  }

  @Test
  void longestTextsFitIntoAGreeting() {
    String welcome = "w".repeat(Policy.MAX_TEXT);
    String fits = "<sp." + "x".repeat(Dialogue.MAX_CHALLENGE - 8) + "@mx>";
    Dialogue dialogue =
        new Dialogue(
            new Policy("mx", welcome, "d", Set.of(LoginMethod.APOP), Set.of(LoginMethod.APOP)));
    assertThat(
            dialogue
                .on(State.initial(Transport.PLAIN), new Input.Opened(Optional.of(fits)))
                .state())
        .isInstanceOf(State.Greeted.class);
    String tooLong = "<sp." + "x".repeat(Dialogue.MAX_CHALLENGE - 7) + "@mx>";
    assertThat(
            dialogue
                .on(State.initial(Transport.PLAIN), new Input.Opened(Optional.of(tooLong)))
                .state())
        .isEqualTo(new State.Closed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hello <nobody@example>",
        "a < b",
        "a > b",
        "[SYS/TEMP] hello",
        "two\r\nlines",
        "gr\u00fc\u00df dich"
      })
  void textThatAClientWouldMisreadIsNoWelcome(String text) {
    assertThatThrownBy(() ->
            new Policy("mx", text, "denied", Set.of(LoginMethod.APOP), Set.of(LoginMethod.APOP)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("welcome");
    assertThatThrownBy(() ->
            new Policy("mx", "ready", text, Set.of(LoginMethod.APOP), Set.of(LoginMethod.APOP)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("denial");
  }

  @Test
  void policyNeedsAWayToLogInAndAName() {
    assertThatThrownBy(() -> new Policy("mx", "ready", "denied", Set.of(), Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy("m x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy("<m@x>")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
  }

  private static Policy policy(String hostname) {
    return new Policy(
        hostname, "ready", "denied", Set.of(LoginMethod.APOP), Set.of(LoginMethod.APOP));
  }

  @ParameterizedTest
  @EnumSource(InsideTrouble.class)
  void noInsideTroubleLooksLikeAWrongPassword(InsideTrouble trouble) {
    Step step = both.on(new State.Connecting("mail"), new Input.InsideFailed(trouble));
    Reply reply = ((Action.Send) step.actions().get(1)).reply();
    assertThat(reply.status()).isEqualTo(Reply.Status.ERR);
    assertThat(reply.code()).isNotIn(Reply.Code.AUTH, Reply.Code.NONE);
    assertThat(reply.summary()).doesNotContain("mail.").doesNotContain("server");
    assertThat(step.actions()).startsWith(new Note(Topic.INSIDE_FAILED, trouble.name()));
    assertThat(step.state()).isEqualTo(new State.Closed());
  }

  @Test
  void nothingHappensToASessionThatIsOver() {
    for (State over : List.of(new State.Relaying(), new State.Closed())) {
      for (Input input : everyInput()) {
        assertThat(both.on(over, input)).isEqualTo(new Step(over, List.of()));
      }
    }
  }

  @Test
  void onlyADriversMistakeThrows() {
    State named = both.on(greeted, line("USER mrose")).state();
    State verifying = new State.Verifying(Optional.of("mrose"));
    Map<State, Integer> mistakes =
        Map.of(
            State.initial(Transport.PLAIN),
            10,
            State.initial(Transport.TLS),
            10,
            greeted,
            11,
            named,
            11,
            verifying,
            12,
            new State.Connecting("mail"),
            13);
    mistakes.forEach((state, count) -> {
      int thrown = 0;
      for (Input input : everyInput()) {
        try {
          both.on(state, input);
        } catch (IllegalStateException e) {
          assertThat(e.getMessage()).endsWith(state.getClass().getSimpleName());
          thrown++;
        }
      }
      assertThat(thrown).as("%s", state).isEqualTo(count);
    });
  }

  private static List<Input> everyInput() {
    return List.of(
        new Input.Opened(Optional.of(CHALLENGE)),
        new Input.TlsStarted(),
        new Input.TlsFailed(),
        new Input.SentAhead(),
        new Input.NotPermitted(),
        new Input.Overloaded(),
        line("NOOP"),
        new Input.LineTooLong(),
        new Input.BareLineEnd(),
        new Input.NotPop3(ForeignProtocol.SSH),
        new Input.LoggedIn("mail"),
        new Input.Refused(),
        new Input.Unavailable(),
        new Input.InsideReady(),
        new Input.InsideFailed(InsideTrouble.DOWN),
        new Input.TimedOut(),
        new Input.EndOfInput(),
        new Input.ShuttingDown(),
        new Input.Evicted());
  }

  @Test
  void replyCannotBeBrokenInTwo() {
    assertThatThrownBy(() -> Reply.ok("a\r\nb")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Reply.ok("[AUTH] x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Reply.ok("x".repeat(507)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Reply(Reply.Status.OK, Reply.Code.NONE, "x", List.of(".")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Reply.ok("x".repeat(506)).octets()).hasSize(Reply.MAX_LINE_OCTETS);
  }
}
