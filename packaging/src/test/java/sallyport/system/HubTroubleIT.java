package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that is dead, and daemons that are asked to stop while something is under way. */
class HubTroubleIT {
  private static final Duration LOG_TIME = Duration.ofSeconds(30);
  private static final String SENDER = "ann@outside.example";
  private static final String RECIPIENT = "john@" + Gateway.DOMAIN;

  @TempDir Path folder;
  private final List<RecordingHub.Taken> taken = new CopyOnWriteArrayList<>();
  private final CountDownLatch atHub = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void mailWaitsForADeadHub() throws Exception {
    int port = Ports.free();
    try (Gateway gateway = new Gateway(folder).relay(port)) {
      int smap = Gateway.port(gateway.smap());
      Child smapd = gateway.smapd();
      String first = send(smap, "first");
      smapd.awaitEvent(LOG_TIME, "deferred", first);
      String second = send(smap, "second");
      smapd.awaitEvent(LOG_TIME, "hub-down");
      try (RecordingHub hub = new RecordingHub(port, taken::add)) {
        assertThat(hub.port()).isEqualTo(port);
        smapd.awaitEvent(LOG_TIME, "delivered", first);
        smapd.awaitEvent(LOG_TIME, "delivered", second);
        smapd.awaitEvent(LOG_TIME, "hub-up");
        gateway.awaitEmpty("new", "queue", "bad");
      }
      assertThat(taken).hasSize(2);
    }
  }

  @Test
  void smapTakesMailWhileSmapdIsDown() throws Exception {
    try (RecordingHub hub = new RecordingHub(0, taken::add);
        Gateway gateway = new Gateway(folder).relay(hub.port())) {
      int smap = Gateway.port(gateway.smap());
      String id = send(smap, "alone");
      assertThat(gateway.in("new")).containsExactly(id + ".batch");
      gateway.smapd().awaitEvent(LOG_TIME, "delivered", id);
      gateway.awaitEmpty("new", "queue", "bad");
      assertThat(taken).hasSize(1);
    }
  }

  @Test
  void smapFinishesTheMessageUnderWayWhenAskedToStop() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Child smap = gateway.smap();
      int port = Gateway.port(smap);
      try (Wire busy = Wire.greeted(port);
          Wire idle = Wire.greeted(port)) {
        busy.begin(SENDER, RECIPIENT);
        busy.send(Samples.header("under-way") + "Half of it, ");
        smap.terminate();
        assertThat(idle.reply()).startsWith("421 4.3.2");
        busy.send("and the other half.\r\n.\r\n");
        String id = Wire.queueId(busy.reply());
        assertThat(busy.rest()).startsWith("421 4.3.2");
        assertThat(smap.awaitExit(Gateway.STOP_TIME)).isZero();
        assertThat(gateway.in("new")).containsExactly(id + ".batch");
      }
      assertThat(smap.lines()).last().asString().contains(" stopped");
    }
  }

  @Test
  void secondSignalCutsSmap() throws Exception {
    try (Gateway gateway = new Gateway(folder).relay(9)) {
      Child smap = gateway.smap();
      try (Wire busy = Wire.greeted(Gateway.port(smap))) {
        busy.begin(SENDER, RECIPIENT);
        smap.terminate();
        smap.awaitEvent(LOG_TIME, "draining");
        long cut = System.nanoTime();
        smap.terminate();
        assertThat(smap.awaitExit(Gateway.STOP_TIME)).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(Duration.ofSeconds(10));
        assertThat(gateway.in("new")).isEmpty();
      }
    }
  }

  @Test
  void smapdFinishesTheDeliveryUnderWayWhenAskedToStop() throws Exception {
    stopWhileTheHubThinks((smapd, id) -> {
      goOn.countDown();
      assertThat(smapd.awaitExit(Gateway.STOP_TIME)).as(smapd.text()).isZero();
      assertThat(smapd.events("delivered")).hasSize(1).first().asString().contains(id);
    });
    assertThat(taken).as("none twice").hasSize(2);
  }

  @Test
  void secondSignalCutsSmapdAndTheMessageIsSentAgain() throws Exception {
    stopWhileTheHubThinks((smapd, id) -> {
      long cut = System.nanoTime();
      smapd.terminate();
      assertThat(smapd.awaitExit(Gateway.STOP_TIME)).as(smapd.text()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(Duration.ofSeconds(12));
      assertThat(smapd.events("delivered")).isEmpty();
      goOn.countDown();
    });
  }

  /** What a test does with a smapd that was asked to stop, and the message under way. */
  private interface Ending {
    void of(Child smapd, String id) throws Exception;
  }

  /** Afterwards a new smapd has nothing left but the next message, and delivers that. */
  private void stopWhileTheHubThinks(Ending ending) throws Exception {
    try (RecordingHub hub = new RecordingHub(0, this::hold);
        Gateway gateway = new Gateway(folder).relay(hub.port())) {
      int smap = Gateway.port(gateway.smap());
      Child smapd = gateway.smapd();
      String id = send(smap, "under-way");
      assertThat(atHub.await(30, TimeUnit.SECONDS)).isTrue();
      smapd.terminate();
      smapd.awaitEvent(LOG_TIME, "draining");
      ending.of(smapd, id);
      gateway.smapd().awaitEvent(LOG_TIME, "delivered", send(smap, "next"));
      gateway.awaitEmpty("new", "queue", "bad");
    }
  }

  private void hold(RecordingHub.Taken message) {
    atHub.countDown();
    try {
      if (!goOn.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the hub go on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    taken.add(message);
  }

  private static String send(int port, String token) throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      return Wire.queueId(wire.message(SENDER, RECIPIENT, Samples.header(token) + "Text."));
    }
  }
}
