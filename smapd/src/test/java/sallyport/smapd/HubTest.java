package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Loop;
import sallyport.smapd.Handover.Result.Unreachable;
import sallyport.smapd.Handover.Result.Unreadable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;
import sallyport.spool.Outcome.Deferred;
import sallyport.spool.Outcome.Delivered;
import sallyport.spool.Outcome.Failed;

@Timeout(60)
class HubTest {

  private static final byte[] MESSAGE =
      "Subject: x\r\n\r\n.\r\n..dots\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final HubTimes SHORT =
      new HubTimes(
          Duration.ofSeconds(1), Duration.ofMillis(400), Duration.ofMillis(600), 100_000_000);

  TestHub server;
  Hub hub;

  @BeforeEach
  void start() throws IOException {
    server = newServer();
    hub = hub(HubTimes.DEFAULT);
  }

  TestHub newServer() throws IOException {
    return new TestHub();
  }

  private Hub hub(HubTimes times) {
    return new Hub(
        server.name(),
        "gateway.test",
        server.addresses(),
        HubTransport.session("gateway.test", times),
        times,
        TestHub.DEADLINES,
        TestHub.LOG);
  }

  @AfterEach
  void stop() {
    hub.cut();
    server.close();
  }

  private static Handover message(byte[] octets, String... recipients) {
    return new Handover(
        "john@example.com",
        List.of(recipients),
        BodyType.SEVEN_BIT,
        octets.length,
        out -> out.write(octets));
  }

  Map<String, Outcome> deliver(String... recipients) {
    return outcomes(hub.deliver(message(MESSAGE, recipients)));
  }

  private static Map<String, Outcome> outcomes(Handover.Result result) {
    assertThat(result).isInstanceOf(Answered.class);
    return ((Answered) result).outcomes();
  }

  @Test
  void theDialogueIsTheShortestThereIsAndTheConnectionIsKept() {
    assertThat(deliver("a@x")).isEqualTo(Map.of("a@x", new Delivered("250 ok .")));
    assertThat(deliver("b@x")).isEqualTo(Map.of("b@x", new Delivered("250 ok .")));
    assertThat(server.commands)
        .containsExactly(
            "EHLO gateway.test",
            "MAIL FROM:<john@example.com> SIZE=" + MESSAGE.length,
            "RCPT TO:<a@x>",
            "DATA",
            "MAIL FROM:<john@example.com> SIZE=" + MESSAGE.length,
            "RCPT TO:<b@x>",
            "DATA");
    assertThat(server.connections).hasValue(1);
    assertThat(server.messages).hasSize(2).allSatisfy(m -> assertThat(m).isEqualTo(MESSAGE));
  }

  @Test
  void theNullSenderStaysTheNullSender() {
    byte[] octets = "From: header@example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    hub.deliver(
        new Handover(
            "", List.of("a@x"), BodyType.SEVEN_BIT, octets.length, out -> out.write(octets)));
    assertThat(server.commands).contains("MAIL FROM:<> SIZE=" + octets.length);
  }

  @Test
  void aHubWithoutEhloIsSpokenToWithHelo() {
    server.answer("EHLO", "502 what?");
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.commands).contains("HELO gateway.test");
  }

  static byte[] b(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void octetsArriveUnchanged() {
    Random random = new Random(1);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(b("Subject: x\r\n\r\n"));
    for (int line = 0; line < 13_000; line++) {
      byte[] octets = new byte[random.nextInt(3_000)];
      for (int i = 0; i < octets.length; i++) {
        octets[i] = (byte) (random.nextInt(4) == 0 ? '.' : 14 + random.nextInt(242));
      }
      message.writeBytes(octets);
      message.writeBytes(b("\r\n"));
    }
    byte[] octets = message.toByteArray();
    assertThat(octets.length).isGreaterThan(19_000_000);
    Handover.Octets inPieces =
        out -> {
          Random sizes = new Random(2);
          for (int at = 0; at < octets.length; ) {
            int piece = Math.min(1 + sizes.nextInt(9_000), octets.length - at);
            out.write(octets, at, piece);
            at += piece;
          }
        };
    outcomes(
        hub.deliver(
            new Handover("s@x", List.of("a@x"), BodyType.EIGHT_BIT, octets.length, inPieces)));
    assertThat(Arrays.mismatch(server.messages.getFirst(), octets)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"250, 251", "200, 299"})
  void everyPositiveReplyToTheFinalDotIsADelivery(int first, int second) {
    server.answer(".", first + " ok");
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    server.answer(".", second + " ok");
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL", "RCPT", "DATA", "."})
  void temporaryRefusalsAreDeferredAndPermanentOnesFailed(String step) {
    server.answer(step, "451 4.3.0 later");
    assertThat(deliver("a@x", "b@x"))
        .isEqualTo(
            Map.of("a@x", new Deferred("451 4.3.0 later"), "b@x", new Deferred("451 4.3.0 later")));
    server.answer(step, "554 5.7.1 never");
    assertThat(deliver("a@x", "b@x"))
        .isEqualTo(
            Map.of("a@x", new Failed("554 5.7.1 never"), "b@x", new Failed("554 5.7.1 never")));
    server.answer(step, step.equals("DATA") ? "354 go" : "250 ok");
    assertThat(deliver("a@x", "b@x").values()).hasOnlyElementsOfType(Delivered.class);
    assertThat(server.connections).hasValue(1);
    assertThat(server.messages).hasSize(1);
  }

  @Test
  void fwtkFault7EachRecipientHasAnOutcomeOfItsOwn() {
    server.answer("RCPT TO:<full@x>", "552 5.2.2 mailbox full");
    server.answer("RCPT TO:<slow@x>", "452 4.5.3 too many");
    server.answer("RCPT TO:<gone@x>", "550 5.1.1 no such user");
    server.answer("RCPT TO:<moved@x>", "251 will forward");
    assertThat(deliver("a@x", "full@x", "slow@x", "gone@x", "moved@x"))
        .isEqualTo(
            Map.of(
                "a@x", new Delivered("250 ok ."),
                "full@x", new Failed("552 5.2.2 mailbox full"),
                "slow@x", new Deferred("452 4.5.3 too many"),
                "gone@x", new Failed("550 5.1.1 no such user"),
                "moved@x", new Delivered("250 ok .")));
  }

  @Test
  void ofAHundredRecipientsSomeAreRefusedAndTheOthersServed() {
    List<String> names = IntStream.range(0, 100).mapToObj(i -> "u" + i + "@x").toList();
    for (int i = 0; i < 100; i += 3) {
      server.answer("RCPT TO:<u" + i + "@x>", "550 5.1.1 not u" + i);
    }
    for (int i = 1; i < 100; i += 3) {
      server.answer("RCPT TO:<u" + i + "@x>", "450 4.2.1 not now u" + i);
    }
    Map<String, Outcome> outcomes = deliver(names.toArray(String[]::new));
    assertThat(outcomes.keySet()).containsExactlyElementsOf(names);
    for (int i = 0; i < 100; i++) {
      Outcome expected =
          switch (i % 3) {
            case 0 -> new Failed("550 5.1.1 not u" + i);
            case 1 -> new Deferred("450 4.2.1 not now u" + i);
            default -> new Delivered("250 ok .");
          };
      assertThat(outcomes.get("u" + i + "@x")).isEqualTo(expected);
    }
    assertThat(server.messages).hasSize(1);
  }

  @Test
  void aHubThatClosesInTheMiddleOfTheMessageHasNothingOfIt() {
    server.answer("BODY", "CLOSE");
    byte[] line = b("x".repeat(998) + "\r\n");
    Handover large =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            20_000_000,
            out -> {
              for (int i = 0; i < 20_000; i++) {
                out.write(line);
              }
            });
    assertThat(outcomes(hub.deliver(large)).get("a@x")).isInstanceOf(Deferred.class);
    assertThat(server.messages).isEmpty();
  }

  @Test
  void aMessageWithoutAnEndOfItsLastLineGetsOne() {
    hub.deliver(message(b("Subject: x\r\n\r\nend"), "a@x"));
    assertThat(server.messages.getFirst()).isEqualTo(b("Subject: x\r\n\r\nend\r\n"));
  }

  @Test
  void fwtkFault9NoRecipientLeftIsNoDelivery() {
    server.answer("RCPT", "550 5.1.1 no such user");
    assertThat(deliver("a@x", "b@x").values()).hasOnlyElementsOfType(Failed.class);
    assertThat(server.messages).isEmpty();
    server.answer("RCPT TO:<c@x>", "250 ok");
    assertThat(deliver("c@x").get("c@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).as("the connection is still good").hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GREETING", "EHLO"})
  void aHubThatClosesBeforeMailIsUnreachable(String step) {
    server.answer(step, "CLOSE");
    server.answer("HELO", "CLOSE");
    assertThat(hub.deliver(message(MESSAGE, "a@x"))).isInstanceOf(Unreachable.class);
  }

  @Test
  void aHubThatRefusesByItsGreetingIsUnreachableAndIsQuoted() {
    server.answer("GREETING", "554 go away");
    assertThat(hub.deliver(message(MESSAGE, "a@x")))
        .isEqualTo(new Unreachable("127.0.0.1: 554 go away"));
    server.answer("GREETING", "421 too many");
    assertThat(hub.deliver(message(MESSAGE, "a@x")))
        .isEqualTo(new Unreachable("127.0.0.1: 421 too many"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL", "RCPT", "DATA", "."})
  void aConnectionLostBeforeTheFinalReplyIsDeferred(String step) {
    server.answer(step, "CLOSE");
    assertThat(deliver("a@x").get("a@x")).isEqualTo(new Deferred("the hub closed the connection"));
    server.answer(step, "421 shutting down");
    assertThat(deliver("a@x").get("a@x")).isEqualTo(new Deferred("421 shutting down"));
  }

  @Test
  void whatWasDecidedBeforeTheConnectionBrokeStaysDecided() {
    server.answer("RCPT TO:<gone@x>", "550 5.1.1 no such user");
    server.answer("DATA", "CLOSE");
    assertThat(deliver("gone@x", "a@x"))
        .isEqualTo(
            Map.of(
                "gone@x", new Failed("550 5.1.1 no such user"),
                "a@x", new Deferred("the hub closed the connection")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SILENT",
        "DRIP",
        "FLOOD",
        "LONG-LINE",
        "HTTP/1.1 400 Bad Request",
        "25",
        "250-a\r\n550 b",
        "250 a\rb",
        "250 yes\r\n250 and yes again",
        "199 hm",
        "\u0016\u0003\u0001",
      })
  void nothingAHubSaysHangsOrFoolsUs(String answer) throws IOException {
    for (String step : List.of("GREETING", "EHLO", "MAIL", "RCPT", "DATA", ".")) {
      server.close();
      server = newServer();
      hub = hub(SHORT);
      server.answer(step, answer).answer("HELO", answer);
      Handover.Result result = hub.deliver(message(MESSAGE, "a@x"));
      if (result instanceof Answered answered && !isYes(answer, step)) {
        assertThat(answered.outcomes().get("a@x")).as(step).isInstanceOf(Deferred.class);
      }
      assertThat(result).as(step).isNotInstanceOf(Unreadable.class);
      hub.cut();
    }
  }

  /** An unasked second reply is noticed at the next command; the first one stands. */
  private static boolean isYes(String answer, String step) {
    return answer.startsWith("250 yes") && step.equals(".");
  }

  @Test
  void aHubThatDoesNotReadTheMessageIsGivenUp() {
    Duration bound = Duration.ofSeconds(3);
    hub = hub(new HubTimes(bound, bound, bound, 100_000_000));
    server.answer("BODY", "SILENT");
    byte[] line = b("x".repeat(998) + "\r\n");
    Handover large =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            30_000_000,
            out -> {
              for (int i = 0; i < 30_000; i++) {
                out.write(line);
              }
            });
    assertThat(outcomes(hub.deliver(large)).get("a@x"))
        .isEqualTo(new Deferred("the hub took too long"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GREETING", "EHLO"})
  void aHubWithOurOwnNameIsALoop(String step) {
    server.answer(step, (step.equals("EHLO") ? "250 " : "220 ") + "GateWay.test ESMTP");
    assertThat(hub.deliver(message(MESSAGE, "a@x"))).isInstanceOf(Loop.class);
    assertThat(server.commands).doesNotContain("MAIL");
  }

  @Test
  void aSpoolErrorDropsTheConnectionBeforeTheFinalDot() {
    Handover damaged =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            100,
            out -> {
              out.write(b("Subject: x\r\n\r\nhalf"));
              throw new IOException("checksum");
            });
    assertThat(hub.deliver(damaged)).isInstanceOf(Unreadable.class);
    assertThat(server.messages).isEmpty();
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.messages).hasSize(1);
  }

  @Test
  void anAccidentWhileWritingDropsTheConnectionBeforeTheFinalDot() {
    Handover broken =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            100,
            out -> {
              out.write(b("Subject: x\r\n\r\nhalf"));
              throw new IllegalStateException("accident");
            });
    assertThatThrownBy(() -> hub.deliver(broken)).hasMessage("accident");
    assertThat(deliver("a@x").get("a@x")).isInstanceOf(Delivered.class);
    assertThat(server.messages).hasSize(1);
    assertThat(server.connections).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n.\nb\r\n", "a\rb\r\n", "a\0b\r\n", "a\r", "\n", "a\r\r\n"})
  void fwtkFault4WhatWouldReadDifferentlyElsewhereIsNeverSentOn(String body) {
    assertThat(hub.deliver(message(b("Subject: x\r\n\r\n" + body), "a@x")))
        .isInstanceOf(Unreadable.class);
    assertThat(server.messages).isEmpty();
  }

  @Test
  void aConnectionThatTheHubClosedMeanwhileIsReplaced() throws IOException {
    deliver("a@x");
    server.dropConnections();
    assertThat(deliver("b@x").get("b@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(2);
    assertThat(server.messages).hasSize(2);
  }

  @Test
  void aConnectionThatTheHubClosesAtMailIsReplacedOnce() {
    deliver("a@x");
    server.closeOnceAt("MAIL");
    assertThat(deliver("b@x").get("b@x")).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(2);
    server.answer("MAIL", "CLOSE");
    assertThat(deliver("c@x").get("c@x")).isInstanceOf(Deferred.class);
    assertThat(server.connections).hasValue(3);
  }

  @Test
  void aConnectionLostAfterMailIsNotTriedAgainAtOnce() {
    deliver("a@x");
    server.closeOnceAt(".");
    assertThat(deliver("b@x").get("b@x")).isInstanceOf(Deferred.class);
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void aConnectionIsClosedAfterSoManyMessages() {
    for (int i = 0; i <= Hub.MESSAGES; i++) {
      deliver("a@x");
    }
    assertThat(server.connections).hasValue(2);
    Awaitility.await().untilAsserted(() -> assertThat(server.commands).contains("QUIT"));
  }

  @Test
  void closingSaysQuit() {
    deliver("a@x");
    hub.close();
    Awaitility.await().untilAsserted(() -> assertThat(server.commands).contains("QUIT"));
  }

  @Test
  void cuttingEndsAWaitAtOnce() throws Exception {
    server.answer(".", "SILENT");
    Thread worker = Thread.ofPlatform().start(() -> deliver("a@x"));
    Awaitility.await().until(() -> server.dataUnderWay);
    hub.cut();
    assertThat(worker.join(Duration.ofSeconds(10))).isTrue();
    assertThat(hub.deliver(message(MESSAGE, "a@x"))).isInstanceOf(Unreachable.class);
  }

  @Test
  void aPortWhereNobodyListensIsUnreachable() {
    server.close();
    assertThat(hub.deliver(message(MESSAGE, "a@x")))
        .isInstanceOfSatisfying(
            Unreachable.class, u -> assertThat(u.reason()).contains("127.0.0.1"));
  }

  @Test
  void aHubWithoutAddressIsUnreachable() {
    hub =
        new Hub(
            server.name(),
            "gateway.test",
            name -> {
              throw new IOException("no address for " + name.host());
            },
            HubTransport.session("gateway.test", SHORT),
            SHORT,
            TestHub.DEADLINES,
            TestHub.LOG);
    assertThat(hub.deliver(message(MESSAGE, "a@x")))
        .isEqualTo(new Unreachable("no address for hub.test"));
  }
}
