package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four mail programs of strangers, three mail servers inside: what is below smap's {@code
 * Received:} is, octet by octet, what the program was given.
 */
class PeersIT {
  private static final String SENDER = "ann@outside.example";
  private static final int LARGE = 20 * Samples.MEBIBYTE;

  /** What stands inside; each has a domain, and the table a route to it. */
  enum Inside {
    GREENMAIL,
    SINK,
    POSTFIX;

    String domain() {
      return name().toLowerCase(java.util.Locale.ROOT) + "." + Gateway.DOMAIN;
    }
  }

  @TempDir static Path folder;
  private static final Map<Inside, Hub> HUBS = new EnumMap<>(Inside.class);
  private static Gateway gateway;
  private static Child smapd;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    Needs.programs("swaks", "msmtp", "curl", "python3", "smtp-sink", "postfix");
    Needs.root();
    gateway = new Gateway(folder);
    HUBS.put(Inside.GREENMAIL, new GreenMailHub());
    HUBS.put(Inside.SINK, new SinkHub(folder));
    HUBS.put(Inside.POSTFIX, new PostfixHub(folder, Inside.POSTFIX.domain()));
    HUBS.forEach((inside, hub) ->
        gateway.line("smapd: route " + inside.domain() + " 127.0.0.1:" + hub.port()));
    port = Gateway.port(gateway.smap());
    smapd = gateway.smapd();
  }

  @AfterAll
  static void stop() throws Exception {
    if (gateway != null) {
      gateway.close();
    }
    for (Hub hub : HUBS.values()) {
      hub.close();
    }
  }

  static Stream<Arguments> everyPeerAndServer() {
    return Stream.of(Peer.values())
        .flatMap(peer -> Stream.of(Inside.values()).map(inside -> Arguments.of(peer, inside)));
  }

  @ParameterizedTest
  @MethodSource("everyPeerAndServer")
  void awkwardBodyArrivesAsItWas(Peer peer, Inside inside) throws Exception {
    boolean takesEightBit =
        switch (inside) {
          case SINK, POSTFIX -> true;
          case GREENMAIL -> false;
        };
    carry(peer, inside, "awkward", takesEightBit ? Samples::awkward : Samples::awkwardInAscii, "");
  }

  @ParameterizedTest
  @MethodSource("everyPeerAndServer")
  void lastLineWithoutEndIsEnded(Peer peer, Inside inside) throws Exception {
    carry(peer, inside, "unended", Samples::unended, "\r\n");
  }

  @ParameterizedTest
  @MethodSource("everyPeerAndServer")
  void twentyMebibytesArriveAsTheyWere(Peer peer, Inside inside) throws Exception {
    carry(peer, inside, "large", token -> Samples.large(token, LARGE), "");
  }

  private static void carry(
      Peer peer, Inside inside, String kind, Function<String, String> sample, String added)
      throws Exception {
    String token = kind + "-" + peer.program() + "-" + inside.domain();
    String message = sample.apply(token);
    Path file = Files.write(folder.resolve("message"), Samples.octets(message));
    peer.send(port, SENDER, "box@" + inside.domain(), file);
    Hub hub = HUBS.get(inside);
    assertSame(Hub.below(awaitAt(hub, token)), hub.keeps(message + added));
  }

  private static byte[] awaitAt(Hub hub, String token) throws Exception {
    try {
      return hub.await(token);
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError("not inside: " + token + "; smapd said:\n" + smapd.text(), e);
    }
  }

  /** Says where two texts part, for 20 MiB in a failure help nobody. */
  private static void assertSame(String arrived, String expected) {
    if (arrived.equals(expected)) {
      return;
    }
    int at = 0;
    int least = Math.min(arrived.length(), expected.length());
    while (at < least && arrived.charAt(at) == expected.charAt(at)) {
      at++;
    }
    assertThat(around(arrived, at)).as("from octet " + at).isEqualTo(around(expected, at));
    assertThat(arrived.length()).isEqualTo(expected.length());
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60));
  }
}
