package sallyport.pop3gw.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.authdb.protocol.SecretText;

/** What no transcript shows of the login at an inside server: faults by name, and odd octets. */
class InsideDialogueTest {
  private static final String DIGEST = "c4c9334bac560ecc979e58001b3e22fb";
  private static final String TIMESTAMP = "<1896.697170952@dbc.mtview.ca.us>";

  private final InsideDialogue apop = new InsideDialogue(LoginMethod.APOP, "mrose", InsideStls.NO);
  private final InsideDialogue pass = new InsideDialogue(LoginMethod.PASS, "mrose", InsideStls.NO);

  private static InsideInput.Line line(String text) {
    return new InsideInput.Line(text.getBytes(StandardCharsets.ISO_8859_1), false);
  }

  private static InsideFault fault(InsideStep step) {
    assertThat(step.state()).isEqualTo(new InsideState.Over());
    return ((InsideAction.Failed) step.action()).fault();
  }

  private InsideFault greetedWith(String greeting) {
    return fault(apop.on(InsideState.initial(), line(greeting)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NO_TIMESTAMP | +OK",
        "NO_TIMESTAMP | +OK ready",
        "NO_TIMESTAMP | +OK <a.b.c>",
        "NO_TIMESTAMP | +OK a@b",
        "NO_TIMESTAMP | +OK >a@b<",
        "NO_TIMESTAMP | +OK <a@b",
        "SEVERAL_TIMESTAMPS | +OK <a@b><c@d>",
        "SEVERAL_TIMESTAMPS | +OK <@> <c@d>",
        "BAD_TIMESTAMP | +OK <@>",
        "BAD_TIMESTAMP | +OK <a@>",
        "BAD_TIMESTAMP | +OK <@b>",
        "BAD_TIMESTAMP | +OK <a@b@c>",
        "BAD_TIMESTAMP | +OK <a b@c>",
        "BAD_TIMESTAMP | +OK <a..b@c>",
        "BAD_TIMESTAMP | +OK <a@[10.0.0.7]>",
        "BAD_TIMESTAMP | +OK <a:b@c>",
        "REFLECTED_CHALLENGE | +OK <sp.1.2@b>",
        "REFLECTED_CHALLENGE | +OK <Sp.1.2@mail.example>",
        "REFUSED_CONNECTION | -ERR <a@b>",
        "NOT_POP3 | +OKAY <a@b>",
        "NOT_POP3 | + OK <a@b>",
        "NOT_POP3 | OK <a@b>",
        "NOT_POP3 | * OK <a@b>"
      })
  void greetingThatIsNotExactlyOneTimestampIsNotAnswered(InsideFault expected, String greeting) {
    assertThat(greetedWith(greeting)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK \u0000<a@b>", "+OK <a\u0000@b>", "+OK <a\u00e4@b>", "+OK\t <a@b>"})
  void greetingWithOddOctetsIsNotAnswered(String greeting) {
    assertThat(greetedWith(greeting)).isIn(InsideFault.BAD_GREETING, InsideFault.NOT_POP3);
  }

  @Test
  void emptyGreetingIsNone() {
    assertThat(greetedWith("")).isEqualTo(InsideFault.NOT_POP3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IN_USE | -ERR [IN-USE] x",
        "IN_USE | -ERR  [in-use]",
        "LOGIN_DELAY | -ERR [LOGIN-DELAY]",
        "TEMPORARY | -ERR [SYS/TEMP]",
        "LOGIN_REFUSED | -ERR [SYS/PERM] x",
        "LOGIN_REFUSED | -ERR [AUTH] x",
        "LOGIN_REFUSED | -ERR",
        "LOGIN_REFUSED | -ERR mailbox [IN-USE]",
        "NOT_POP3 | -ERROR [IN-USE]",
        "NOT_POP3 | -err [IN-USE]",
        "NOT_POP3 | +"
      })
  void refusalIsReadByItsCodeAlone(InsideFault expected, String reply) {
    assertThat(fault(apop.on(new InsideState.AnsweringLogin(), line(reply)))).isEqualTo(expected);
    assertThat(fault(pass.on(new InsideState.AnsweringUser(), line(reply)))).isEqualTo(expected);
  }

  @Test
  void whatCameBeforeWeAskedIsNoAnswer() {
    InsideState digesting = apop.on(InsideState.initial(), line("+OK " + TIMESTAMP)).state();
    assertThat(fault(apop.on(digesting, new InsideInput.Digest(DIGEST, true))))
        .isEqualTo(InsideFault.SPOKE_AHEAD);
    InsideInput secret = new InsideInput.Secret(new SecretText("x"), true);
    assertThat(fault(pass.on(new InsideState.Fetching(), secret)))
        .isEqualTo(InsideFault.SPOKE_AHEAD);
    assertThat(
            fault(
                apop.on(
                    new InsideState.AnsweringLogin(),
                    new InsideInput.Line("+OK".getBytes(StandardCharsets.US_ASCII), true))))
        .isEqualTo(InsideFault.SPOKE_AHEAD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\nDELE 1", "x\ry", "x\ny", "x\u0000y", ""})
  void secretThatCouldBreakOutOfItsLineIsNotSent(String secret) {
    InsideInput given = new InsideInput.Secret(new SecretText(secret), false);
    assertThat(fault(pass.on(new InsideState.Fetching(), given))).isEqualTo(InsideFault.UNSENDABLE);
  }

  @Test
  void secretThatIsTooLongForALineIsNotSent() {
    InsideInput fits = new InsideInput.Secret(new SecretText("x".repeat(248)), false);
    InsideStep step = pass.on(new InsideState.Fetching(), fits);
    assertThat(((InsideAction.Send) step.action()).command().octets()).hasSize(255);
    InsideInput tooLong = new InsideInput.Secret(new SecretText("x".repeat(249)), false);
    assertThat(fault(pass.on(new InsideState.Fetching(), tooLong)))
        .isEqualTo(InsideFault.UNSENDABLE);
  }

  @Test
  void secretIsSentOctetForOctet() {
    InsideInput given = new InsideInput.Secret(new SecretText(" p\u00e4ss w\tord "), false);
    InsideStep step = pass.on(new InsideState.Fetching(), given);
    assertThat(Characters.text(((InsideAction.Send) step.action()).command().octets()))
        .isEqualTo("PASS  p\u00e4ss w\tord \r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m rose", "mrose\r\nDELE 1", "mr\u00f8se", "m\u0000"})
  void nameThatIsNoArgumentIsNotSent(String name) {
    InsideDialogue byPass = new InsideDialogue(LoginMethod.PASS, name, InsideStls.NO);
    assertThat(fault(byPass.on(InsideState.initial(), line("+OK"))))
        .isEqualTo(InsideFault.UNSENDABLE);
    InsideDialogue byApop = new InsideDialogue(LoginMethod.APOP, name, InsideStls.NO);
    assertThat(fault(byApop.on(new InsideState.Digesting(), new InsideInput.Digest(DIGEST, false))))
        .isEqualTo(InsideFault.UNSENDABLE);
  }

  @Test
  void nothingShowsADigestOrASecret() {
    InsideInput digest = new InsideInput.Digest(DIGEST, false);
    InsideInput secret = new InsideInput.Secret(new SecretText("tanstaaf"), false);
    List<Object> shown =
        List.of(
            digest,
            secret,
            apop.on(new InsideState.Digesting(), digest),
            pass.on(new InsideState.Fetching(), secret));
    assertThat(shown.toString()).contains("APOP", "PASS").doesNotContain(DIGEST, "tanstaaf");
  }

  @Test
  void faultThatNoAccidentMakesIsSeenByAnAdministrator() {
    assertThat(EnumSet.allOf(InsideFault.class).stream().filter(InsideFault::isSuspicious))
        .containsExactlyInAnyOrder(
            InsideFault.REFLECTED_CHALLENGE,
            InsideFault.BAD_TIMESTAMP,
            InsideFault.SEVERAL_TIMESTAMPS,
            InsideFault.SPOKE_AHEAD)
        .allMatch(fault -> fault.trouble() == InsideTrouble.DOWN);
  }

  @Test
  void listOfCapabilitiesIsBounded() {
    InsideDialogue may = new InsideDialogue(LoginMethod.PASS, "mrose", InsideStls.IF_OFFERED);
    InsideStep step = may.on(new InsideState.AskingCapabilities(Optional.empty()), line("+OK"));
    for (int i = 0; i < InsideDialogue.MAX_CAPABILITIES; i++) {
      assertThat(step.action()).isEqualTo(new InsideAction.Read());
      step = may.on(step.state(), line("X-NOISE"));
    }
    assertThat(fault(may.on(step.state(), line("STLS"))))
        .isEqualTo(InsideFault.TOO_MANY_CAPABILITIES);
  }

  @Test
  void onlyADriversMistakeThrows() {
    Map<InsideState, Integer> mistakes =
        Map.of(
            InsideState.initial(),
            6,
            new InsideState.AnsweringUser(),
            6,
            new InsideState.AnsweringLogin(),
            6,
            new InsideState.Digesting(),
            6,
            new InsideState.Fetching(),
            6,
            new InsideState.Over(),
            11,
            new InsideState.Listing(Optional.empty(), 0, false),
            6,
            new InsideState.Securing(Optional.empty()),
            7);
    mistakes.forEach((state, count) -> {
      int thrown = 0;
      for (InsideInput input : everyInput()) {
        try {
          apop.on(state, input);
        } catch (IllegalStateException e) {
          assertThat(e.getMessage()).endsWith(state.getClass().getSimpleName());
          thrown++;
        }
      }
      assertThat(thrown).as("%s", state).isEqualTo(count);
    });
  }

  private static List<InsideInput> everyInput() {
    return List.of(
        line("+OK"),
        new InsideInput.LineTooLong(),
        new InsideInput.BareLineEnd(),
        new InsideInput.TimedOut(),
        new InsideInput.EndOfInput(),
        new InsideInput.Digest(DIGEST, false),
        new InsideInput.Secret(new SecretText("x"), false),
        new InsideInput.Refused(),
        new InsideInput.TlsStarted(),
        new InsideInput.TlsFailed(),
        new InsideInput.Unavailable());
  }

  @Test
  void answerIsNotExpectedFromAClosedLogin() {
    assertThatThrownBy(() -> apop.on(new InsideState.Over(), line("+OK")))
        .isInstanceOf(IllegalStateException.class);
  }
}
