package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What transcripts cannot show: values, notes, delays, misuse, and noise. */
class DialogueTest {
  private static final String HELLO = "EHLO client.example\r\n";
  private static final String MAIL = "MAIL FROM:<a@client.example> BODY=8BITMIME SIZE=7\r\n";

  private static CorePeer peer(String... sent) {
    CorePeer peer = new CorePeer(Map.of());
    for (String each : sent) {
      peer.send(each.getBytes(StandardCharsets.ISO_8859_1));
    }
    return peer;
  }

  @Test
  void transactionHoldsWhatTheClientDeclared() {
    CorePeer peer =
        peer(
            HELLO,
            MAIL,
            "RCPT TO:<\"b\"@inside.example>\r\n",
            "RCPT TO:<postmaster>\r\n",
            "DATA\r\n",
            ".\r\n");
    Transaction transaction = peer.committed.getFirst();
    assertThat(transaction.greeting())
        .isEqualTo(new Greeting(Greeting.Protocol.ESMTP, "client.example"));
    assertThat(transaction.sender().text()).isEqualTo("a@client.example");
    assertThat(transaction.body()).isEqualTo(BodyType.EIGHT_BIT);
    assertThat(transaction.declaredOctets()).hasValue(7);
    assertThat(transaction.recipients())
        .extracting(Recipient::text)
        .containsExactly("b@inside.example", "postmaster");
  }

  @Test
  void everyStateHasItsRecord() {
    assertThat(peer().state).isInstanceOf(State.Connected.class);
    assertThat(peer(HELLO).state).isInstanceOf(State.Greeted.class);
    assertThat(peer(HELLO, MAIL).state).isInstanceOf(State.HasSender.class);
    assertThat(peer(HELLO, MAIL, "RCPT TO:<b@inside.example>\r\n").state)
        .isInstanceOf(State.HasRecipients.class);
    assertThat(peer(HELLO, MAIL, "RCPT TO:<b@inside.example>\r\n", "DATA\r\n").state)
        .isInstanceOf(State.Receiving.class);
    assertThat(peer("QUIT\r\n").state).isInstanceOf(State.Closed.class);
  }

  @Test
  void refusalsAreNotedWithTheLine() {
    CorePeer peer =
        peer(
            HELLO,
            "MAIL FROM:<a@refused.example>\r\n",
            MAIL,
            "RCPT TO:<b@x.example>\r\n",
            "FOO\r\n");
    assertThat(peer.notes)
        .containsExactly(
            new Action.Note(Action.Note.Topic.SENDER_REFUSED, "MAIL FROM:<a@refused.example>"),
            new Action.Note(Action.Note.Topic.RECIPIENT_REFUSED, "RCPT TO:<b@x.example>"),
            new Action.Note(Action.Note.Topic.COMMAND_REFUSED, "FOO"));
  }

  @Test
  void tenErrorsSlowTheClientDown() {
    CorePeer peer = peer("FOO\r\n".repeat(9));
    assertThat(peer.delayed).isZero();
    peer.send("FOO\r\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(peer.delayed).isEqualTo(CorePeer.DELAY);
    peer.send("FOO\r\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(peer.delayed).isEqualTo(CorePeer.DELAY.multipliedBy(2));
    assertThat(peer.notes)
        .filteredOn(note -> note.topic() == Action.Note.Topic.MANY_ERRORS)
        .hasSize(1);
  }

  @Test
  void sameRecipientTwiceIsStoredOnce() {
    CorePeer peer =
        peer(HELLO, MAIL, "RCPT TO:<b@inside.example>\r\n".repeat(2), "DATA\r\n", ".\r\n");
    assertThat(peer.committed.getFirst().recipients()).hasSize(1);
  }

  @Test
  void bodyRefusalIsNoted() throws IOException {
    CorePeer peer = TranscriptsTest.play("bare-lf-is-refused");
    assertThat(peer.notes)
        .containsExactly(
            new Action.Note(
                Action.Note.Topic.MESSAGE_REFUSED,
                "550 5.6.11 Message holds a bare CR, a bare LF or a NUL"));
  }

  @Test
  void misuseIsAnAccident() {
    Dialogue dialogue = new Dialogue(CorePeer.policy(Map.of()));
    Transaction transaction =
        peer(HELLO, MAIL).state instanceof State.HasSender has ? has.transaction() : null;
    State receiving = new State.Receiving(Tally.NONE, transaction);
    State committing = new State.Committing(Tally.NONE, transaction);
    Input line = new Input.Line(new byte[0]);
    assertThatThrownBy(() -> dialogue.on(receiving, line))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Line cannot come in Receiving");
    assertThatThrownBy(() -> dialogue.on(committing, new Input.TimedOut()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> dialogue.on(State.initial(), new Input.Committed("x")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(dialogue.on(new State.Closed(), line).actions()).isEmpty();
  }

  @Test
  void noiseNeverBreaksTheCoreAndAlwaysGetsAnAnswer() {
    Random random = new Random(4711);
    List<String> words =
        List.of(
            "EHLO",
            "HELO",
            "MAIL FROM:",
            "RCPT TO:",
            "DATA",
            "RSET",
            " ",
            "<",
            ">",
            "@",
            "a.b",
            "\"",
            "\\",
            "SIZE=",
            "BODY=",
            "99999999999999999999",
            "=",
            "\u00e9",
            "\0",
            "[",
            "]",
            "IPv6:",
            ":",
            ",",
            "postmaster",
            "%",
            "!",
            "|",
            "/",
            "-",
            "inside.example");
    Dialogue dialogue = new Dialogue(CorePeer.policy(Map.of()));
    for (int session = 0; session < 20_000; session++) {
      State state = State.initial();
      for (int i = 0; i < 10 && state instanceof State.Ready; i++) {
        StringBuilder line = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
          line.append(words.get(random.nextInt(words.size())));
        }
        byte[] octets = line.toString().getBytes(StandardCharsets.ISO_8859_1);
        Step step = dialogue.on(state, new Input.Line(octets, random.nextBoolean()));
        assertThat(step.actions().stream().filter(a -> a instanceof Action.Send)).hasSize(1);
        state = step.state();
      }
    }
  }

  @Test
  void replyTextCannotHoldLineEnds() {
    for (String text :
        List.of("a\r\nb", "a\nb", "a\rb", "a\0", "\u00e9", "a\tb", "x".repeat(510))) {
      assertThatThrownBy(() -> new Reply(250, "2.0.0", List.of(text)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Reply(250, "5.0.0", List.of("Ok")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Reply(250, "2.0.0", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Replies.committed("id\r\n250 x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new Policy(
                "a\r\nb",
                Limits.defaults(),
                LineEnds.REJECT,
                SenderPolicy.any(),
                mailbox -> RecipientPolicy.Verdict.ACCEPT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void repliesAreWrittenAsLines() {
    assertThat(CommandParser.text(new Reply(250, "", List.of("a", "b")).octets()))
        .isEqualTo("250-a\r\n250 b\r\n");
    assertThat(CommandParser.text(Reply.of(250, "2.0.0", "Ok").octets()))
        .isEqualTo("250 2.0.0 Ok\r\n");
  }

  @Test
  void defaultsAreThoseOfTheManual() {
    assertThat(Limits.defaults())
        .isEqualTo(new Limits(26_214_400, 100, 50, 10, 20, 100, Duration.ofSeconds(1)));
  }

  @Test
  void foreignProtocolsAreToldFromTheFirstOctets() {
    assertThat(ForeignProtocol.recognise(new byte[] {0x16, 3}, 0, 2)).hasValue(ForeignProtocol.TLS);
    assertThat(ForeignProtocol.recognise(new byte[] {0x16}, 0, 1)).isEmpty();
    byte[] http = "xget / HTTP".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(ForeignProtocol.recognise(http, 1, 10)).hasValue(ForeignProtocol.HTTP);
    assertThat(ForeignProtocol.recognise(http, 1, 3)).isEmpty();
    byte[] ssh = "SSH-2.0-x".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(ForeignProtocol.recognise(ssh, 0, 9)).hasValue(ForeignProtocol.SSH);
    byte[] ehlo = "EHLO x".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(ForeignProtocol.recognise(ehlo, 0, 6)).isEmpty();
  }
}
