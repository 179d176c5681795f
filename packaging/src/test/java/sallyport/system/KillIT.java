package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of either daemon at any moment, under load: what was acknowledged is at the hub
 * or in the spool afterwards, and nothing half-written is delivered. A message may arrive twice
 * when smapd dies between the hub's answer and its record; how many did is printed.
 */
class KillIT {
  private static final int ROUNDS = 20;
  private static final int SESSIONS = 6;
  private static final int MOST_MESSAGES = 200;
  private static final int MOST_EXTRA_MILLIS = 50;
  private static final Duration ROUND_TIME = Duration.ofSeconds(30);
  private static final Duration DRAIN_TIME = Duration.ofSeconds(60);
  private static final Pattern ID_LINE = Pattern.compile("(?m)^ID ([0-9a-f]{16}-[0-9a-f]{1,16})$");

  private static final long SEED = System.nanoTime();

  @TempDir Path folder;
  private final Random random = new Random(SEED);

  @Test
  void nothingAcknowledgedIsLostWhenSmapIsKilled() throws Exception {
    CountingHub counting = new CountingHub();
    try (RecordingHub hub = new RecordingHub(0, counting);
        Gateway gateway = new Gateway(folder).relay(hub.port());
        Load load = new Load(SESSIONS)) {
      gateway.smapd();
      for (int round = 0; round < ROUNDS; round++) {
        Child smap = gateway.smap();
        try (Child source = smtpSource(Gateway.port(smap))) {
          load.startOn(Gateway.port(smap));
          awaitMore(() -> load.acknowledged().size());
          assertThat(source.isAlive()).as(source.text()).isTrue();
          smap.kill();
        }
        load.pause();
      }
      gateway.smap();
      assertNothingLost("smap", gateway, load, counting);
      assertThat(counting.twice()).as("smap's death makes nothing arrive twice").isZero();
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhenSmapdIsKilled() throws Exception {
    CountingHub counting = new CountingHub();
    try (RecordingHub hub = new RecordingHub(0, counting);
        Gateway gateway = new Gateway(folder).relay(hub.port());
        Load load = new Load(SESSIONS)) {
      gateway.line("smapd: maxchildren " + SESSIONS);
      int port = Gateway.port(gateway.smap());
      for (int round = 0; round < ROUNDS; round++) {
        Child smapd = gateway.smapd();
        try (Child source = smtpSource(port)) {
          load.startOn(port);
          awaitMore(() -> counting.ids().size());
          smapd.kill();
          assertThat(source.isAlive()).as(source.text()).isTrue();
        }
        load.pause();
      }
      gateway.smapd();
      assertNothingLost("smapd", gateway, load, counting);
      assertThat(counting.twice())
          .as("each death repeats at most one message a worker")
          .isLessThanOrEqualTo(ROUNDS * SESSIONS);
    }
  }

  /** Load beside our own, whose queue ids nobody notes; it ends itself when smap is killed. */
  private static Child smtpSource(int port) throws IOException {
    return Child.start(
        List.of(
            Needs.program("smtp-source"),
            "-d",
            "-s",
            "4",
            "-m",
            "1000000",
            "-l",
            "3000",
            "-f",
            "source@outside.example",
            "-t",
            "source@" + Gateway.DOMAIN,
            "127.0.0.1:" + port));
  }

  /** Waits for some more messages, a different number each time, and then for a moment more. */
  private void awaitMore(IntSupplier count) throws InterruptedException {
    int wanted = count.getAsInt() + random.nextInt(1, MOST_MESSAGES);
    Awaitility.await()
        .atMost(ROUND_TIME)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> count.getAsInt() >= wanted);
    Thread.sleep(random.nextInt(MOST_EXTRA_MILLIS));
  }

  private static void assertNothingLost(
      String killed, Gateway gateway, Load load, CountingHub counting) throws Exception {
    load.close();
    awaitDrained(gateway);
    Set<String> missing = new TreeSet<>(load.acknowledged());
    missing.removeAll(counting.ids());
    missing.removeAll(idsInSpool(gateway));
    System.out.printf(
        "%d rounds of kill -9 on %s: %d of our own messages and about %d of smtp-source"
            + " acknowledged, %d at the hub, %d missing, %d twice, %d broken (seed %d)%n",
        ROUNDS,
        killed,
        load.acknowledged().size(),
        counting.ids().size() - load.acknowledged().size(),
        counting.ids().size(),
        missing.size(),
        counting.twice(),
        counting.broken().size(),
        SEED);
    assertThat(load.acknowledged()).hasSizeGreaterThan(ROUNDS);
    assertThat(missing).isEmpty();
    assertThat(counting.broken()).isEmpty();
    assertThat(gateway.in("bad")).isEmpty();
  }

  private static void awaitDrained(Gateway gateway) {
    Awaitility.await()
        .atMost(DRAIN_TIME)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> gateway.in("new").isEmpty() && gateway.in("queue").isEmpty());
  }

  private static Set<String> idsInSpool(Gateway gateway) throws IOException {
    Set<String> ids = new TreeSet<>();
    for (String name : List.of("new", "queue", "bad")) {
      List<Path> files = new ArrayList<>();
      try (Stream<Path> all = Files.list(gateway.spool().resolve(name))) {
        all.filter(Files::isRegularFile).forEach(files::add);
      }
      for (Path file : files) {
        Matcher matcher = ID_LINE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
          ids.add(matcher.group(1));
        }
      }
    }
    return ids;
  }
}
