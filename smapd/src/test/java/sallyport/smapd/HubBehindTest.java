package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Unreachable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;
import sallyport.spool.Outcome.Deferred;
import sallyport.spool.Outcome.Delivered;
import sallyport.spool.Outcome.Failed;

/** The envelope of the next message leaves with the final dot of the one before, or waits. */
@Timeout(60)
class HubBehindTest {
  private static final int MOST = 1_000;

  private TestHub server;
  private Hub hub;

  @BeforeEach
  void start() throws IOException {
    server = new TestHub();
    offer("PIPELINING", "SIZE " + MOST, "8BITMIME");
    hub = hub(() -> 0);
  }

  /** By a clock that stands still every hub is quick. */
  private Hub hub(LongSupplier nanoTime) {
    return new Hub(
        server.name(),
        "gateway.test",
        server.addresses(),
        HubTransport.session("gateway.test", HubTimes.DEFAULT),
        HubTimes.DEFAULT,
        TestHub.DEADLINES,
        TestHub.LOG,
        nanoTime);
  }

  @AfterEach
  void stop() {
    hub.cut();
    server.close();
  }

  private void offer(String... extensions) {
    StringBuilder answer = new StringBuilder("250-hub.test");
    Arrays.stream(extensions).forEach(extension -> answer.append("\r\n250-").append(extension));
    server.answer("EHLO", answer.append("\r\n250 HELP").toString());
  }

  private static Handover to(String... recipients) {
    return to(10, recipients);
  }

  private static Handover to(int octets, String... recipients) {
    byte[] message =
        ("Subject: x\r\n\r\n" + "x".repeat(octets) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return new Handover(
        "s@x", List.of(recipients), BodyType.SEVEN_BIT, message.length, out -> out.write(message));
  }

  private Map<String, Outcome> delivered(Handover message) {
    return delivered(message, Handover.Behind.NOTHING);
  }

  private Map<String, Outcome> delivered(Handover message, Handover.Behind behind) {
    return ((Answered) hub.deliver(message, behind)).outcomes();
  }

  /** After this the hub has a connection on which it has answered at once. */
  private void getToKnowTheHub() {
    assertThat(delivered(to("first@x")).get("first@x")).isInstanceOf(Delivered.class);
  }

  private static Handover.Behind neverAsked() {
    return () -> {
      throw new AssertionError("asked for the next message");
    };
  }

  private int said(String command) {
    return Collections.frequency(server.commands, command);
  }

  @Test
  void envelopeOfTheNextMessageIsThereBeforeThatIsDelivered() {
    getToKnowTheHub();
    Handover next = to("c@x", "d@x");
    assertThat(delivered(to("b@x"), () -> Optional.of(next)).get("b@x"))
        .isInstanceOf(Delivered.class);
    await().until(() -> said("DATA") == 3);
    assertThat(server.messages).hasSize(2);
    assertThat(delivered(next).values()).hasSize(2).hasOnlyElementsOfType(Delivered.class);
    assertThat(server.messages).hasSize(3);
    assertThat(server.connections).hasValue(1);
    assertThat(said("RCPT TO:<c@x>")).isEqualTo(1);
  }

  @Test
  void eachMessageMayBringTheNext() {
    getToKnowTheHub();
    for (int i = 0; i < 50; i++) {
      Handover next = to("b" + i + "@x");
      delivered(to("a" + i + "@x"), () -> Optional.of(next));
      assertThat(delivered(next).values()).hasOnlyElementsOfType(Delivered.class);
    }
    assertThat(server.messages).hasSize(101);
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void hubThatHasNotAnsweredYetGetsNothingBehind() {
    assertThat(delivered(to("a@x"), neverAsked()).get("a@x")).isInstanceOf(Delivered.class);
  }

  @Test
  void hubThatIsSlowGetsNothingBehind() {
    hub = hub(System::nanoTime);
    server.answer(".", "PAUSE");
    getToKnowTheHub();
    assertThat(delivered(to("a@x"), neverAsked()).get("a@x")).isInstanceOf(Delivered.class);
  }

  @Test
  void hubWithoutPipeliningGetsNothingBehind() {
    offer("8BITMIME");
    getToKnowTheHub();
    assertThat(delivered(to("a@x"), neverAsked()).get("a@x")).isInstanceOf(Delivered.class);
  }

  @Test
  void lastMessageOfAConnectionBringsNoOther() {
    for (int i = 1; i < Hub.MESSAGES; i++) {
      getToKnowTheHub();
    }
    assertThat(delivered(to("a@x"), neverAsked()).get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(1);
    await().until(() -> said("QUIT") == 1);
  }

  private Map<String, Outcome> deliveredUntilClosedAt(String word, Handover next) {
    return delivered(
        to("a@x"),
        () -> {
          server.closeOnceAt(word);
          return Optional.of(next);
        });
  }

  @Test
  void connectionThatIsLostBehindAMessageCostsTheNextNothing() {
    getToKnowTheHub();
    Handover next = to("b@x");
    Map<String, Outcome> first = deliveredUntilClosedAt("MAIL", next);
    assertThat(first.get("a@x")).isInstanceOf(Delivered.class);
    assertThat(delivered(next).get("b@x")).isInstanceOf(Delivered.class);
    assertThat(server.messages).hasSize(3);
    assertThat(server.connections).hasValue(2);
  }

  @Test
  void connectionThatIsLostAtAFinalDotCostsTheNextNothing() {
    getToKnowTheHub();
    Handover next = to("b@x");
    Map<String, Outcome> first = deliveredUntilClosedAt(".", next);
    assertThat(first.get("a@x")).isInstanceOf(Deferred.class);
    assertThat(delivered(next).get("b@x")).isInstanceOf(Delivered.class);
    assertThat(server.messages).hasSize(2);
    assertThat(server.connections).hasValue(2);
  }

  @Test
  void whatTheHubSaysOfOneMessageIsNotTakenForTheOther() {
    getToKnowTheHub();
    server.answer("RCPT TO:<b@x>", "550 5.1.1 no such user");
    Handover next = to("b@x", "c@x");
    Map<String, Outcome> first =
        delivered(
            to("a@x"),
            () -> {
              server.answer(".", "452 4.3.1 full");
              return Optional.of(next);
            });
    assertThat(first).isEqualTo(Map.of("a@x", new Deferred("452 4.3.1 full")));
    server.answer(".", "250 taken");
    assertThat(delivered(next))
        .isEqualTo(
            Map.of("b@x", new Failed("550 5.1.1 no such user"), "c@x", new Delivered("250 taken")));
    getToKnowTheHub();
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void nextMessageOfWhichNoRecipientIsTakenLeavesTheConnectionUsable() {
    getToKnowTheHub();
    server.answer("RCPT TO:<b@x>", "550 5.1.1 no such user");
    Handover next = to("b@x");
    delivered(to("a@x"), () -> Optional.of(next));
    assertThat(delivered(next).get("b@x")).isInstanceOf(Failed.class);
    getToKnowTheHub();
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void nextMessageThatTheHubCannotTakeIsNotBegun() {
    getToKnowTheHub();
    Handover next = to(MOST, "b@x");
    delivered(to("a@x"), () -> Optional.of(next));
    assertThat(delivered(next).get("b@x")).isInstanceOf(Failed.class);
    assertThat(said("RCPT TO:<b@x>")).isZero();
    getToKnowTheHub();
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void envelopeThatIsTooLongToLeaveInOnePieceWaits() {
    getToKnowTheHub();
    String[] many = new String[100];
    Arrays.setAll(many, i -> "u" + i + "-".repeat(40) + "@x");
    Handover next = to(many);
    delivered(to("a@x"), () -> Optional.of(next));
    assertThat(said("MAIL FROM:<s@x> SIZE=26")).isEqualTo(2);
    assertThat(delivered(next).values()).hasSize(100).hasOnlyElementsOfType(Delivered.class);
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void nothingIsLeftOpenWhenAllIsCut() {
    getToKnowTheHub();
    Handover next = to("b@x");
    delivered(to("a@x"), () -> Optional.of(next));
    hub.cut();
    assertThat(hub.deliver(next)).isInstanceOf(Unreachable.class);
    await().atMost(Duration.ofSeconds(30)).until(() -> server.openNow() == 0);
  }
}
