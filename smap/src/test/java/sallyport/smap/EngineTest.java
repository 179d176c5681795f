package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the watchdog is told of the accept loops. */
class EngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RecordedFaults faults = new RecordedFaults();

  private static ServerSocket bound() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static Optional<EngineSocket> turnedAway(Socket socket) {
    try {
      socket.close();
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertTurnedAway(ServerSocket at) throws IOException {
    try (Socket client = new Socket(at.getInetAddress(), at.getLocalPort())) {
      client.setSoTimeout((int) PATIENCE.toMillis());
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void loopThatHasEndedIsNamedWhileTheOthersGoOn() throws Exception {
    try (ServerSocket good = bound();
        ServerSocket bad = bound();
        Engine engine =
            new Engine(
                List.of(
                    new Engine.Door(good, EngineTest::turnedAway),
                    new Engine.Door(
                        bad,
                        socket -> {
                          throw new StackOverflowError("of this test");
                        })),
                faults)) {
      assertThat(engine.ailing()).isEmpty();
      engine.start();
      assertTurnedAway(good);
      assertThat(engine.ailing()).isEmpty();
      try (Socket client = new Socket(bad.getInetAddress(), bad.getLocalPort())) {
        assertThat(client.isConnected()).isTrue();
        // await() would fail by what ends the loop's thread, if it is waiting by then.
        await()
            .dontCatchUncaughtExceptions()
            .atMost(PATIENCE)
            .until(() -> engine.ailing().isPresent());
      }
      assertThat(engine.ailing()).contains("accept-" + bad.getLocalPort() + " has ended");
      assertThat(faults.fatal).hasSize(1);
      assertThat(faults.fatal.getFirst()).hasMessage("of this test");
      assertTurnedAway(good);
      assertThat(faults.inAccept).isEmpty();
    }
  }

  @Test
  void loopsThatWereAskedToEndAreNotAiling() throws Exception {
    ServerSocket one = bound();
    try {
      Engine engine = new Engine(List.of(new Engine.Door(one, EngineTest::turnedAway)), faults);
      engine.start();
      assertTurnedAway(one);
      one.close();
      assertThat(engine.ailing()).as("draining").isEmpty();
      engine.close();
      assertThat(engine.ailing()).as("closed").isEmpty();
      assertThat(faults.fatal).isEmpty();
    } finally {
      one.close();
    }
  }
}
