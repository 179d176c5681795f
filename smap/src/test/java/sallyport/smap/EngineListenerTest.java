package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/**
 * The accept loop's faults: an Error that ends it while the port stays open, and failing accepts.
 */
class EngineListenerTest {

  private final RecordedFaults faults = new RecordedFaults();

  @Test
  void errorInTheAcceptLoopEndsTheProcessNotJustTheLoop() throws IOException {
    try (ServerSocket bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(bound.getInetAddress(), bound.getLocalPort())) {
      EngineListener listener =
          new EngineListener(
              bound,
              socket -> {
                throw new StackOverflowError();
              },
              faults);
      assertThatThrownBy(listener::accept).isInstanceOf(StackOverflowError.class);
      assertThat(faults.fatal).hasSize(1);
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void failedAcceptIsReportedAndTriedAgain() throws Exception {
    Queue<IOException> failures =
        new ArrayDeque<>(List.of(new SocketException("Too many open files")));
    try (ServerSocket bound = new FailingFirst(failures);
        Socket client = new Socket(bound.getInetAddress(), bound.getLocalPort())) {
      List<Socket> seen = new ArrayList<>();
      EngineListener listener =
          new EngineListener(
              bound,
              socket -> {
                seen.add(socket);
                closeQuietly(bound);
                return Optional.empty();
              },
              faults);
      Thread accepting = Thread.ofPlatform().start(() -> assertThatThrownBy(listener::accept));
      org.awaitility.Awaitility.await().until(bound::isClosed);
      listener.close();
      accepting.join();
      assertThat(faults.inAccept).hasSize(1);
      assertThat(seen).hasSize(1);
      assertThat(client.isConnected()).isTrue();
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final class FailingFirst extends ServerSocket {
    private final Queue<IOException> failures;

    FailingFirst(Queue<IOException> failures) throws IOException {
      super(0, 1, InetAddress.getLoopbackAddress());
      this.failures = failures;
    }

    @Override
    public Socket accept() throws IOException {
      IOException failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      return super.accept();
    }
  }
}
