package sallyport.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final int MESSAGES = 40;

  @TempDir Path folder;

  /** With no gateway in between: the clients send to the hub. */
  @Test
  void whatTheClientsSendArrivesAtTheHub() throws Exception {
    FutureTask<Boolean> peers =
        new FutureTask<>(() -> {
          Peers.run(folder, MESSAGES);
          return true;
        });
    Thread.ofPlatform().daemon().start(peers);
    long end = System.nanoTime() + BOUND.toNanos();
    while (!Files.exists(folder.resolve("hub")) && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    Path port = Files.copy(folder.resolve("hub"), folder.resolve("smap.part"));
    Files.move(port, folder.resolve("smap"), StandardCopyOption.ATOMIC_MOVE);
    assertThat(peers.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
