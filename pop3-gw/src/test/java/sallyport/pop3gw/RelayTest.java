package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayTest {
  private static final Duration IDLE = Duration.ofDays(1);
  private static final byte[] NOTHING = {};
  private static final int MEBI = 1 << 20;

  private final RelayBuffers buffers = new RelayBuffers();
  private Socket client;
  private Socket server;
  private Relay relay;
  private CompletableFuture<Relay.End> end;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      client = new Socket(listener.getInetAddress(), listener.getLocalPort());
      Socket ofClient = listener.accept();
      Socket toServer = new Socket(listener.getInetAddress(), listener.getLocalPort());
      server = listener.accept();
      relay =
          new Relay(
              new Leg(ofClient, Optional.empty()),
              new Leg(toServer, Optional.empty()),
              buffers,
              IDLE);
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    server.close();
  }

  private void start(byte[] ofClient) {
    end = new CompletableFuture<>();
    relay.start(ofClient, NOTHING, Thread.ofVirtual().factory(), end::complete);
  }

  private Relay.End end() throws Exception {
    return end.get(30, TimeUnit.SECONDS);
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String hear(Socket socket, int octets) throws IOException {
    return new String(socket.getInputStream().readNBytes(octets), US_ASCII);
  }

  @Test
  void octetsThatCameWithTheLoginGoFirst() throws Exception {
    start("STAT\r\n".getBytes(US_ASCII));
    say(client, "LIST\r\n");
    assertThat(hear(server, 12)).isEqualTo("STAT\r\nLIST\r\n");
    say(server, "+OK 0 0\r\n");
    assertThat(hear(client, 9)).isEqualTo("+OK 0 0\r\n");
    client.close();
    server.close();
    end();
    assertThat(relay.octetsIn()).isEqualTo(12);
    assertThat(relay.octetsOut()).isEqualTo(9);
  }

  @Test
  void clientThatClosesItsSideStillGetsTheAnswerToItsQuit() throws Exception {
    start(NOTHING);
    say(client, "QUIT\r\n");
    client.shutdownOutput();
    assertThat(new String(server.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("QUIT\r\n");
    say(server, "+OK bye\r\n");
    server.close();
    assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
        .isEqualTo("+OK bye\r\n");
    assertThat(end()).isEqualTo(Relay.End.CLIENT);
  }

  @Test
  void serverThatClosesEndsItAndItsLastWordArrives() throws Exception {
    start(NOTHING);
    say(server, "+OK bye\r\n");
    server.close();
    assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
        .isEqualTo("+OK bye\r\n");
    client.close();
    assertThat(end()).isEqualTo(Relay.End.SERVER);
  }

  @Test
  void clientThatStaysWhenTheServerHasClosedIsCut() throws Exception {
    start(NOTHING);
    server.close();
    assertThat(client.getInputStream().read()).isNegative();
    relay.check(System.nanoTime());
    assertThat(end).isNotDone();
    relay.check(System.nanoTime() + Relay.LINGER.toNanos());
    assertThat(end()).isEqualTo(Relay.End.SERVER);
  }

  @Test
  void silenceOnBothSidesEndsItAfterTheBound() throws Exception {
    start(NOTHING);
    say(client, "NOOP\r\n");
    hear(server, 6);
    await().until(() -> relay.octetsIn() == 6);
    long spoken = System.nanoTime();
    relay.check(spoken + IDLE.toNanos() - TimeUnit.SECONDS.toNanos(50));
    say(server, "+OK\r\n");
    assertThat(hear(client, 5)).isEqualTo("+OK\r\n");
    await().until(() -> relay.octetsOut() == 5);
    relay.check(System.nanoTime() + IDLE.plusSeconds(1).toNanos());
    assertThat(end()).isEqualTo(Relay.End.IDLE);
    assertThat(client.getInputStream().read()).isNegative();
  }

  @Test
  void serverThatNeverAnswersAHalfClosedClientIsNotWaitedForLong() throws Exception {
    start(NOTHING);
    client.shutdownOutput();
    assertThat(server.getInputStream().read()).isNegative();
    relay.check(System.nanoTime() + Relay.HALF_CLOSED_TIME.toNanos());
    assertThat(end()).isEqualTo(Relay.End.CLIENT);
  }

  @Test
  void clientThatTakesNothingIsCutAfterTheBound() throws Exception {
    start(NOTHING);
    Thread flood = Thread.ofVirtual().start(() -> floodFrom(server));
    while (!end.isDone()) {
      relay.check(System.nanoTime() + Relay.WRITE_TIME.toNanos());
      Thread.sleep(10);
    }
    assertThat(end()).isEqualTo(Relay.End.CLIENT_STUCK);
    flood.join();
  }

  @Test
  void cutEndsItAtOnce() throws Exception {
    start(NOTHING);
    relay.cut();
    assertThat(end()).isEqualTo(Relay.End.STOPPED);
  }

  @Test
  void fiftyMebiBytesArriveUntouchedInBothDirectionsAtOnce() throws Exception {
    start(NOTHING);
    CompletableFuture<Long> up =
        CompletableFuture.supplyAsync(() -> send(client, 1), Thread::startVirtualThread);
    CompletableFuture<Long> down =
        CompletableFuture.supplyAsync(() -> send(server, 2), Thread::startVirtualThread);
    CompletableFuture<Long> atServer =
        CompletableFuture.supplyAsync(() -> receive(server), Thread::startVirtualThread);
    assertThat(receive(client)).isEqualTo(down.get());
    assertThat(atServer.get()).isEqualTo(up.get());
    client.close();
    end();
    assertThat(relay.octetsIn()).isEqualTo(50L * MEBI);
    assertThat(relay.octetsOut()).isEqualTo(50L * MEBI);
  }

  @Test
  void transferWithoutALargeBufferGoesOnWithAnOrdinaryOne() throws Exception {
    for (int i = 0; i < RelayBuffers.MOST; i++) {
      assertThat(buffers.take()).hasSize(RelayBuffers.LARGE);
    }
    assertThat(buffers.take()).hasSize(RelayBuffers.ORDINARY);
    start(NOTHING);
    CompletableFuture<Long> down =
        CompletableFuture.supplyAsync(() -> send(server, 3), Thread::startVirtualThread);
    assertThat(receive(client)).isEqualTo(down.get());
    buffers.give(new byte[RelayBuffers.ORDINARY]);
    assertThat(buffers.take()).as("an ordinary one is not kept").hasSize(RelayBuffers.ORDINARY);
  }

  /** Sends 50 MiB in pieces of many sizes, closes its side, and returns the check sum. */
  private static long send(Socket socket, long seed) {
    try {
      CheckedOutputStream out = new CheckedOutputStream(socket.getOutputStream(), new CRC32C());
      Random random = new Random(seed);
      byte[] piece = new byte[MEBI];
      random.nextBytes(piece);
      for (int left = 50 * MEBI; left > 0; ) {
        int length = Math.min(left, 1 + random.nextInt(1 << random.nextInt(21)));
        out.write(piece, 0, length);
        left -= length;
      }
      socket.shutdownOutput();
      return out.getChecksum().getValue();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long receive(Socket socket) {
    try {
      InputStream plain = socket.getInputStream();
      CheckedInputStream in = new CheckedInputStream(plain, new CRC32C());
      in.transferTo(OutputStream.nullOutputStream());
      return in.getChecksum().getValue();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void floodFrom(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write(new byte[MEBI]);
      }
    } catch (IOException e) {
      // The relay was ended under it, as was meant.
    }
  }
}
