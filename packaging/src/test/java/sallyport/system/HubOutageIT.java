package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Postfix inside that is stopped for a while, and mail that comes in all the same. */
class HubOutageIT {
  private static final int MESSAGES = 400;
  private static final int SESSIONS = 4;
  private static final int MORE = 50;
  private static final Duration LOG_TIME = Duration.ofSeconds(60);
  private static final Duration DRAIN_TIME = Duration.ofSeconds(120);
  private static final Pattern QUEUE_ID =
      Pattern.compile("Sallyport smap\\).* id ([0-9a-f]{16}-[0-9a-f]{1,16})", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void mailForAStoppedPostfixWaitsAcrossARestartAndArrivesOnceWhenItIsBack() throws Exception {
    Needs.root();
    Needs.programs("postfix");
    try (Gateway gateway = new Gateway(folder);
        PostfixHub hub = new PostfixHub(folder, Gateway.DOMAIN);
        Load load = new Load(SESSIONS)) {
      gateway.relay(hub.port());
      int smap = Gateway.port(gateway.smap());
      Child first = gateway.smapd();
      hub.stop();
      send(load, smap, MESSAGES);
      first.awaitEvent(LOG_TIME, "hub-down");
      assertThat(first.events("delivered")).isEmpty();
      first.terminate();
      assertThat(first.awaitExit(Gateway.STOP_TIME)).as(first.text()).isZero();

      Child second = gateway.smapd();
      second.awaitEvent(LOG_TIME, "hub-down");
      send(load, smap, MORE);
      hub.start();
      second.awaitEvent(LOG_TIME, "hub-up");
      gateway.awaitEmpty("new", "queue", "bad");
      assertAllArrivedOnce(load.acknowledged(), hub);
      assertThat(second.events("hub-down")).hasSize(1);
      assertThat(second.events("deferred"))
          .as("only probes are tried while the hub is down")
          .hasSizeLessThan(MESSAGES / 4);
      assertThat(second.events("delivered")).hasSize(load.acknowledged().size());
    }
  }

  private static void send(Load load, int port, int messages) throws InterruptedException {
    int wanted = load.acknowledged().size() + messages;
    load.startOn(port);
    Awaitility.await().atMost(DRAIN_TIME).until(() -> load.acknowledged().size() >= wanted);
    load.pause();
  }

  private static void assertAllArrivedOnce(Set<String> acknowledged, PostfixHub hub) {
    Awaitility.await()
        .atMost(DRAIN_TIME)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> hub.headers().size() >= acknowledged.size());
    List<String> arrived = ids(hub);
    assertThat(new TreeSet<>(arrived)).isEqualTo(new TreeSet<>(acknowledged));
    assertThat(arrived).as("none twice").doesNotHaveDuplicates();
  }

  private static List<String> ids(PostfixHub hub) {
    try {
      return hub.headers().stream()
          .map(QUEUE_ID::matcher)
          .filter(Matcher::find)
          .map(matcher -> matcher.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
