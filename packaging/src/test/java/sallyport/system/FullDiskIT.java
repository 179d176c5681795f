package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spool on a small file system of its own, which is filled and emptied again. Needs root. */
class FullDiskIT {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final String SENDER = "ann@outside.example";
  private static final String RECIPIENT = "john@" + Gateway.DOMAIN;

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void mountSpool() throws Exception {
    Needs.root();
    Needs.programs("mount", "umount");
    gateway = new Gateway(folder);
    String spool = gateway.spool().toString();
    String options = "size=3m,mode=755,nosuid,nodev";
    Child.run(BOUND, new byte[0], "mount", "-t", "tmpfs", "-o", options, "none", spool);
    gateway.makeSpool();
  }

  @AfterEach
  void unmountSpool() throws Exception {
    if (gateway != null) {
      gateway.close();
      Child.run(BOUND, new byte[0], "umount", gateway.spool().toString());
    }
  }

  @Test
  void fullDiskIsATemporaryRefusalAndMailFlowsAfterwards() throws Exception {
    List<RecordingHub.Taken> taken = new CopyOnWriteArrayList<>();
    try (RecordingHub hub = new RecordingHub(0, taken::add)) {
      gateway.relay(hub.port());
      Child smap = gateway.smap();
      Child smapd = gateway.smapd();
      Path filler = fill();
      try (Wire wire = Wire.greeted(Gateway.port(smap))) {
        assertThat(send(wire, 100)).startsWith("452 4.3.1");
        assertThat(send(wire, 30_000)).startsWith("452 4.3.1");
        smap.awaitEvent(BOUND, "not-accepted", RECIPIENT);
        gateway.awaitEmpty("tmp", "new");
        Files.delete(filler);
        String id = Wire.queueId(send(wire, 100));
        smapd.awaitEvent(BOUND, "delivered", id);
        String large = Wire.queueId(send(wire, 30_000));
        smapd.awaitEvent(BOUND, "delivered", large);
      }
      assertThat(taken).hasSize(2);
      assertThat(smap.events("fatal")).isEmpty();
      assertThat(smapd.events("fatal")).isEmpty();
    }
  }

  @Test
  void smapdDeliversWithoutRoomToRecordAndStaysUp() throws Exception {
    List<RecordingHub.Taken> taken = new CopyOnWriteArrayList<>();
    try (RecordingHub hub = new RecordingHub(0, taken::add)) {
      gateway.relay(hub.port());
      Child smap = gateway.smap();
      String id;
      try (Wire wire = Wire.greeted(Gateway.port(smap))) {
        id = Wire.queueId(send(wire, 100));
      }
      Path filler = fill();
      Child smapd = gateway.smapd();
      smapd.awaitEvent(BOUND, "taken", id);
      Files.delete(filler);
      smapd.awaitEvent(BOUND, "delivered", id);
      assertThat(smapd.isAlive()).isTrue();
    }
  }

  private static String send(Wire wire, int lines) throws IOException {
    return wire.message(
        SENDER, RECIPIENT, Samples.header("disk") + "A line of the body.\r\n".repeat(lines));
  }

  /** Takes all the room there is. */
  private Path fill() throws IOException {
    Path filler = gateway.spool().resolve("filler");
    byte[] some = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int i = 0; i < 10_000; i++) {
        out.write(some);
      }
      throw new IllegalStateException("this file system has no end");
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
      return filler;
    }
  }
}
