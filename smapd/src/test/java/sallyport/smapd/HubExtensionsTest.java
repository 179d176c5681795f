package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Unreadable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;
import sallyport.spool.Outcome.Delivered;
import sallyport.spool.Outcome.Failed;

/** SIZE (RFC 1870) and 8BITMIME (RFC 6152). */
@Timeout(60)
class HubExtensionsTest {

  private static final byte[] ASCII = b("Subject: x\r\n\r\nplain\r\n");
  private static final byte[] LATIN = b("Subject: x\r\n\r\n\u00e4\r\n");

  private TestHub server;
  private Hub hub;

  @BeforeEach
  void start() throws IOException {
    server = new TestHub();
    hub =
        new Hub(
            server.name(),
            "gateway.test",
            server.addresses(),
            HubTransport.session("gateway.test", HubTimes.DEFAULT),
            HubTimes.DEFAULT,
            TestHub.DEADLINES,
            TestHub.LOG);
  }

  @AfterEach
  void stop() {
    hub.cut();
    server.close();
  }

  private static byte[] b(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Outcome deliver(byte[] octets, BodyType body) {
    Handover handover =
        new Handover("", List.of("a@x", "b@x"), body, octets.length, out -> out.write(octets));
    Handover.Result result = hub.deliver(handover);
    assertThat(result).isInstanceOf(Answered.class);
    return ((Answered) result).outcomes().get("b@x");
  }

  @Test
  void aMessageAboveTheHubsSizeFailsWithoutBeingSent() {
    server.answer("EHLO", "250-hub.test\r\n250-8BITMIME\r\n250 SIZE " + (ASCII.length - 1));
    assertThat(deliver(ASCII, BodyType.SEVEN_BIT))
        .isEqualTo(
            new Failed(
                "5.3.4 the message has %d octets, and the hub takes %d"
                    .formatted(ASCII.length, ASCII.length - 1)));
    assertThat(server.commands).containsExactly("EHLO gateway.test");
    byte[] smaller = b("\r\n");
    assertThat(deliver(smaller, BodyType.SEVEN_BIT)).isInstanceOf(Delivered.class);
    assertThat(server.connections).as("the connection is still good").hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIZE", "SIZE 0", "SIZE 000", "SIZE x", "SIZE 22 23", "SIZE -1", "HELP"})
  void aHubThatNamesNoBoundHasNone(String line) {
    server.answer("EHLO", "250-hub.test\r\n250 " + line);
    assertThat(deliver(ASCII, BodyType.SEVEN_BIT)).isInstanceOf(Delivered.class);
  }

  @Test
  void aMessageAsLargeAsTheHubsSizeIsSent() {
    server.answer("EHLO", "250-hub.test\r\n250 SIZE " + ASCII.length);
    assertThat(deliver(ASCII, BodyType.SEVEN_BIT)).isInstanceOf(Delivered.class);
  }

  @Test
  void eightBitIsDeclaredWhereTheHubOffersIt() {
    assertThat(deliver(LATIN, BodyType.EIGHT_BIT)).isInstanceOf(Delivered.class);
    assertThat(server.commands).contains("MAIL FROM:<> SIZE=" + LATIN.length + " BODY=8BITMIME");
    assertThat(server.messages.getFirst()).isEqualTo(LATIN);
  }

  @ParameterizedTest
  @EnumSource(BodyType.class)
  void eightBitIsNeverSentToAHubThatDoesNotOfferIt(BodyType declared) {
    server.answer("EHLO", "250 hub.test");
    assertThat(deliver(LATIN, declared))
        .isEqualTo(
            new Failed("5.6.3 the message has 8-bit octets, and the hub does not offer 8BITMIME"));
    assertThat(server.commands).containsExactly("EHLO gateway.test");
  }

  @Test
  void aHubThatKnowsOnlyHeloIsNotSentEightBit() {
    server.answer("EHLO", "502 what?");
    assertThat(deliver(LATIN, BodyType.EIGHT_BIT)).isInstanceOf(Failed.class);
    assertThat(deliver(ASCII, BodyType.EIGHT_BIT)).isInstanceOf(Delivered.class);
    assertThat(server.connections).hasValue(1);
  }

  @Test
  void whatWasDeclaredEightBitAndIsNotGoesAnywhere() {
    server.answer("EHLO", "250 hub.test");
    assertThat(deliver(ASCII, BodyType.EIGHT_BIT)).isInstanceOf(Delivered.class);
    assertThat(server.commands).contains("MAIL FROM:<>");
    assertThat(server.messages.getFirst()).isEqualTo(ASCII);
  }

  @Test
  void aMessageThatCannotBeReadWhileItIsLookedAtIsUnreadable() {
    server.answer("EHLO", "250 hub.test");
    Handover damaged =
        new Handover(
            "",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            10,
            out -> {
              throw new IOException("checksum");
            });
    assertThat(hub.deliver(damaged)).isInstanceOf(Unreadable.class);
    assertThat(server.commands).containsExactly("EHLO gateway.test");
  }
}
