package sallyport.pop3gw;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A relay of which a leg, or both, may be under TLS: one virtual thread carries the client's
 * octets, another the server's. It begins on two threads of its own because the session's would
 * keep the deep stack of the login.
 */
final class StreamRelay extends Relay {
  private final Pump ofClient;
  private final Pump ofServer;
  private final ThreadFactory threads;

  /**
   * Owns both legs from now on.
   *
   * @param threads makes virtual threads
   * @param idle the longest time without an octet in either direction
   */
  StreamRelay(Leg client, Leg server, RelayBuffers buffers, ThreadFactory threads, Duration idle) {
    super(client, server, idle);
    this.threads = threads;
    ofClient = new Pump(client, server, buffers, fromClient());
    ofServer = new Pump(server, client, buffers, fromServer());
  }

  @Override
  void start(byte[] firstOfClient, byte[] firstOfServer, Consumer<End> whenOver) {
    AtomicInteger carrying = new AtomicInteger(2);
    Runnable leave =
        () -> {
          if (carrying.decrementAndGet() == 0) {
            closeBoth();
            whenOver.accept(end());
          }
        };
    threads.newThread(() -> carry(() -> carryFromClient(firstOfClient), leave)).start();
    threads.newThread(() -> carry(() -> carryFromServer(firstOfServer), leave)).start();
  }

  private static void carry(Runnable direction, Runnable leave) {
    try {
      direction.run();
    } finally {
      leave.run();
    }
  }

  private void carryFromServer(byte[] first) {
    serverStopped(ofServer.run(first));
  }

  private void carryFromClient(byte[] first) {
    if (clientStopped(ofClient.run(first))) {
      clientDropped(ofClient.drop());
    }
  }

  @Override
  void release() {
    closeBoth();
  }
}
