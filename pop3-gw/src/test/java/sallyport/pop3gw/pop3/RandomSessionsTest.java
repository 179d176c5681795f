package sallyport.pop3gw.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.transcript.Peer.Heard;

/**
 * Strangers and inside servers that send anything at any time. The same seeds give the same
 * sessions; {@link CorePeer} itself fails a relay without both logins.
 */
class RandomSessionsTest {
  private static final int SESSIONS = 1_500;
  private static final int MOVES = 40;

  /** Stands in everything that is random, so that an echo of it is seen. */
  private static final String MARK = "zQx";

  private static final String GOOD = "APOP mrose 3a8dd0edece4f77907cb5d14e72eead0";
  private static final List<String> CLIENT =
      lines(
          "CAPA|NOOP|AUTH|AUTH PLAIN zQx|*|=|QUIT|USER mrose|USER mrose|USER zQx|PASS tanstaaf",
          "STLS|STLS|AUTH PLAIN|AUTH PLAIN AG1yb3NlAHRhbnN0YWFm|AG1yb3NlAHRhbnN0YWFm|AG1yb3Nl",
          "PASS tanstaaf|PASS zQx|APOP zQx 3a8dd0edece4f77907cb5d14e72eead0|STAT|APOP mrose zQx||");
  private static final List<String> INSIDE =
      lines(
          "+OK <1896.697170952@zQx>|+OK <1896.697170952@zQx>|+OK <1896.697170952@zQx>|+OK zQx|+OK",
          "+OK|+OK|STLS|.|.|-ERR zQx|-ERR [IN-USE] zQx|-ERR [zQx] zQx|+OK <sp.zQx@zQx>|\0zQx|\u00fezQx<a@b>");
  private static final List<String> EVENTS =
      List.of("time-out", "shutting down", "evicted", "inside closes", "inside is silent");

  private static List<String> lines(String... joined) {
    return List.of(String.join("|", joined).split("[|]", -1));
  }

  private final Set<String> replies = new HashSet<>();
  private int relayed;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void nobodyGetsInWithoutBothLoginsAndNobodyIsEchoed(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < SESSIONS; i++) {
      session(random);
    }
    assertThat(relayed).as("sessions that got in").isGreaterThan(SESSIONS / 200);
    assertThat(replies).as("all that is ever said").hasSizeLessThan(40).hasSizeGreaterThan(10);
    assertThat(replies).noneMatch(line -> line.contains(MARK));
  }

  private void session(Random random) {
    String offers = List.of("apop", "pass", "apop pass").get(random.nextInt(3));
    String inside = List.of("apop", "pass").get(random.nextInt(2));
    String listener =
        List.of("plain", "starttls", "starttls-required", "tls").get(random.nextInt(4));
    String stls = List.of("no", "if_offered", "always").get(random.nextInt(3));
    CorePeer peer =
        new CorePeer(
            Map.of(
                "offers",
                offers,
                "inside",
                inside,
                "own-secret",
                "its own",
                "listener",
                listener,
                "inside-stls",
                stls));
    for (int move = 0; move < MOVES; move++) {
      if (peer.state instanceof State.Relaying) {
        relayed++;
        hear(peer, true);
        return;
      }
      move(peer, random);
      hear(peer, false);
      assertThat(peer.notes.toString()).doesNotContain("tanstaaf", "3a8dd0ed", "AG1yb3");
      assertThat(peer.notes).allMatch(note -> Characters.arePrintable(note.detail()));
    }
  }

  private static void move(CorePeer peer, Random random) {
    if (peer.state instanceof State.Closed) {
      peer.send(octets(CLIENT, random));
    } else if (peer.state instanceof State.Negotiating) {
      happen(peer, random.nextInt(5) > 0 ? "tls starts" : "tls fails");
    } else if (peer.isInsideSecuring()) {
      happen(peer, random.nextInt(5) > 0 ? "inside tls starts" : "inside tls fails");
    } else if (peer.state instanceof State.Connecting && random.nextInt(4) > 0) {
      peer.insideSays(octets(INSIDE, random));
    } else if (random.nextInt(50) == 0) {
      happen(peer, EVENTS.get(random.nextInt(EVENTS.size())));
    } else {
      peer.send(octets(CLIENT, random));
    }
  }

  private static void happen(CorePeer peer, String event) {
    boolean ofInside = event.startsWith("inside");
    if (!ofInside || peer.state instanceof State.Connecting) {
      peer.happen(event);
    }
  }

  /** A line of the list, sometimes broken by a little noise, and sometimes nothing but noise. */
  private static byte[] octets(List<String> list, Random random) {
    String line =
        random.nextBoolean() && list == CLIENT ? GOOD : list.get(random.nextInt(list.size()));
    byte[] octets = (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    return switch (random.nextInt(20)) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(600)];
        random.nextBytes(noise);
        yield noise;
      }
      case 1 -> {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
        yield octets;
      }
      case 2 -> Arrays.copyOf(octets, random.nextInt(octets.length));
      default -> octets;
    };
  }

  private void hear(CorePeer peer, boolean relaying) {
    boolean closed = false;
    while (peer.hasMore()) {
      switch (peer.hear()) {
        case Heard.Line(String text) -> {
          assertThat(closed).as("something was said behind the end").isFalse();
          if (!relaying && !text.startsWith("[")) {
            replies.add(text);
          }
        }
        case Heard.Closed ignored -> closed = true;
        case Heard.Silence ignored -> throw new AssertionError("silence is not something heard");
      }
    }
  }
}
