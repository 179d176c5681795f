package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.netperm.HostAndPort;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Loop;
import sallyport.smapd.Handover.Result.Unreachable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome.Deferred;

/** Several hubs for the same mail, and how long a connection serves. */
@Timeout(60)
class HubOrderTest {

  private static final byte[] MESSAGE = "\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final HubTimes TIMES =
      new HubTimes(
          Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), 100_000_000);

  private final AtomicLong clock = new AtomicLong();
  private TestHub first;
  private TestHub second;
  private Hub hub;

  @BeforeEach
  void start() throws IOException {
    first = new TestHub();
    second = new TestHub();
    hub =
        new Hub(
            new Destination.Hubs(
                List.of(
                    new HostAndPort("first.test", first.port()),
                    new HostAndPort("second.test", second.port())),
                ClientTlsOptions.off()),
            "gateway.test",
            to -> List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port())),
            HubTransport.session("gateway.test", TIMES),
            TIMES,
            TestHub.DEADLINES,
            TestHub.LOG,
            clock::get);
  }

  @AfterEach
  void stop() {
    hub.cut();
    first.close();
    second.close();
  }

  private Handover.Result deliver() {
    return hub.deliver(
        new Handover(
            "", List.of("a@x"), BodyType.SEVEN_BIT, MESSAGE.length, out -> out.write(MESSAGE)));
  }

  private String taker() {
    assertThat(deliver()).isInstanceOfSatisfying(Answered.class, this::isDelivered);
    return ((Answered) deliver()).by().text();
  }

  private void isDelivered(Answered answered) {
    assertThat(answered.outcomes().get("a@x").toString()).contains("250 ok .");
  }

  private String firstHub() {
    return "first.test[127.0.0.1]:" + first.port();
  }

  private String secondHub() {
    return "second.test[127.0.0.1]:" + second.port();
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void theFirstHubIsPreferredAndNamed() {
    assertThat(taker()).isEqualTo(firstHub());
    assertThat(second.connections).hasValue(0);
  }

  @Test
  void theSecondTakesWhatTheFirstHasNoPortFor() {
    first.close();
    assertThat(taker()).isEqualTo(secondHub());
  }

  @ParameterizedTest
  @CsvSource({
    "GREETING, 421 too many",
    "GREETING, 554 not for you",
    "GREETING, SILENT",
    "GREETING, CLOSE",
    "GREETING, HTTP/1.1 400 Bad Request",
    "EHLO, 421 not now",
    "EHLO, CLOSE",
  })
  void theSecondTakesWhatTheFirstTakesNoConnectionFor(String step, String answer) {
    first.answer(step, answer).answer("HELO", answer);
    assertThat(taker()).isEqualTo(secondHub());
  }

  @Test
  void whatTheFirstRefusesIsNotOfferedToTheSecond() {
    first.answer("MAIL", "451 4.3.0 later");
    assertThat(deliver())
        .isInstanceOfSatisfying(
            Answered.class,
            a -> assertThat(a.outcomes().get("a@x")).isEqualTo(new Deferred("451 4.3.0 later")));
    assertThat(second.connections).hasValue(0);
  }

  @Test
  void aLoopIsNotMendedByTheNextHub() {
    first.answer("GREETING", "220 gateway.test ESMTP");
    assertThat(deliver()).isInstanceOf(Loop.class);
    assertThat(second.connections).hasValue(0);
  }

  @Test
  void aHubThatTookNoConnectionIsLeftAloneForAWhile() {
    first.answer("GREETING", "421 too many");
    second.answer("MAIL", "421 closing");
    deliver();
    deliver();
    assertThat(first.connections).hasValue(1);
    assertThat(second.connections.get()).isGreaterThan(1);
    pass(Hub.AVOIDED);
    deliver();
    assertThat(first.connections).hasValue(2);
  }

  @Test
  void aHubThatIsLeftAloneIsAskedIfNoOtherIsThere() {
    first.answer("GREETING", "421 too many");
    taker();
    hub.close();
    second.close();
    first.answer("GREETING", "220 hub.test");
    assertThat(taker()).isEqualTo(firstHub());
  }

  @Test
  void everyReasonIsSaidWhenNoHubIsThere() {
    first.answer("GREETING", "421 too many");
    second.answer("GREETING", "554 closed");
    assertThat(deliver())
        .isEqualTo(new Unreachable("127.0.0.1: 421 too many; 127.0.0.1: 554 closed"));
  }

  @Test
  void mailComesBackToThePreferredHubWhenTheConnectionIsOld() {
    first.answer("GREETING", "421 too many");
    assertThat(taker()).isEqualTo(secondHub());
    first.answer("GREETING", "220 hub.test");
    pass(Hub.AGE.minusSeconds(1));
    assertThat(taker()).as("as long as the connection is young").isEqualTo(secondHub());
    pass(Duration.ofSeconds(1));
    assertThat(taker()).isEqualTo(firstHub());
    Awaitility.await().untilAsserted(() -> assertThat(second.commands).contains("QUIT"));
  }
}
