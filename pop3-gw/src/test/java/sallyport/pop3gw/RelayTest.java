package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for each kind of relay. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ParameterizedClass
@EnumSource
class RelayTest {
  enum Kind {
    STREAMS,
    CHANNELS,
    /** The same by pipes, from the first octet on. */
    PIPES
  }

  private static final Duration IDLE = Duration.ofDays(1);
  private static final byte[] NOTHING = {};
  private static final int MEBI = 1 << 20;

  private final Kind kind;
  private final RelayBuffers buffers;
  private final RelayPipes pipes;
  private final AtomicReference<Throwable> fatal = new AtomicReference<>();
  private RelayLoop loop;
  private Socket client;
  private Socket server;
  private Relay relay;
  private CompletableFuture<Relay.End> end;

  RelayTest(Kind kind) {
    this.kind = kind;
    this.buffers =
        switch (kind) {
          case STREAMS -> RelayBuffers.forStreams();
          case CHANNELS, PIPES -> RelayBuffers.forChannels();
        };
    this.pipes = new RelayPipes(kind == Kind.PIPES ? 0 : Long.MAX_VALUE);
  }

  @BeforeEach
  void connect() throws IOException {
    loop = new RelayLoop("relay", buffers, pipes, Thread.ofVirtual().factory(), fatal::set);
    loop.start();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client = SocketChannel.open(listener.getLocalAddress()).socket();
      Leg ofClient = new Leg(listener.accept().socket(), Optional.empty());
      Leg toServer =
          new Leg(SocketChannel.open(listener.getLocalAddress()).socket(), Optional.empty());
      server = listener.accept().socket();
      relay =
          switch (kind) {
            case STREAMS ->
                new StreamRelay(ofClient, toServer, buffers, Thread.ofVirtual().factory(), IDLE);
            case CHANNELS, PIPES -> new ChannelRelay(ofClient, toServer, loop, IDLE);
          };
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    server.close();
    loop.close();
    assertThat(fatal).hasNullValue();
    pipes.close();
    assertThat(pipes.open()).as("pipes that nobody gave back").isZero();
  }

  private void start(byte[] ofClient) {
    end = new CompletableFuture<>();
    relay.start(ofClient, NOTHING, this::over);
  }

  private void over(Relay.End how) {
    if (!end.complete(how)) {
      fatal.set(new AssertionError("told twice"));
    }
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
    assertThat(endOfFloodFrom(server)).isEqualTo(Relay.End.CLIENT_STUCK);
  }

  @Test
  void serverThatTakesNothingIsCutAfterTheBound() throws Exception {
    assertThat(endOfFloodFrom(client)).isEqualTo(Relay.End.SERVER_STUCK);
  }

  /** What becomes of the relay when one side sends for ever and the other takes nothing. */
  private Relay.End endOfFloodFrom(Socket socket) throws Exception {
    start(NOTHING);
    Thread flood = Thread.ofVirtual().start(() -> floodFrom(socket));
    while (!end.isDone()) {
      relay.check(System.nanoTime() + Relay.WRITE_TIME.toNanos());
      Thread.sleep(10);
    }
    flood.join();
    return end();
  }

  @Test
  void serverThatBreaksEndsItAndItsLastWordArrives() throws Exception {
    start(NOTHING);
    server.setSoLinger(true, 0);
    say(server, "+OK bye\r\n");
    await().until(() -> relay.octetsOut() == 9);
    server.close();
    assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
        .isEqualTo("+OK bye\r\n");
    assertThat(end()).isEqualTo(Relay.End.SERVER_LOST);
  }

  @Test
  void whatAClientSendsAfterTheServersEndIsDroppedUntilItCloses() throws Exception {
    start(NOTHING);
    say(server, "+OK bye\r\n");
    server.close();
    assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
        .isEqualTo("+OK bye\r\n");
    for (int i = 0; i < 100; i++) {
      say(client, "NOOP\r\n");
    }
    assertThat(end).isNotDone();
    client.close();
    assertThat(end()).isEqualTo(Relay.End.SERVER);
  }

  @Test
  void whatOneSideIsSlowToTakeArrivesWholeBeforeTheEnd() throws Exception {
    start(NOTHING);
    CompletableFuture<Long> down =
        CompletableFuture.supplyAsync(() -> send(server, 4), Thread::startVirtualThread);
    await().until(() -> relay.octetsOut() > 0);
    assertThat(receive(client)).isEqualTo(down.get());
    client.close();
    assertThat(end()).isEqualTo(Relay.End.SERVER);
  }

  @Test
  void cutBeforeItBeginsClosesBothAndIsToldOnce() throws Exception {
    relay.cut();
    start("NOOP\r\n".getBytes(US_ASCII));
    assertThat(end()).isEqualTo(Relay.End.STOPPED);
    assertThat(client.getInputStream().read()).isNegative();
    assertThat(server.getInputStream().read()).isNegative();
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
    assertThat(pipes.open() > 0).as("went by pipes").isEqualTo(kind == Kind.PIPES);
  }

  @Test
  void transferWithoutALargeBufferGoesOnWithAnOrdinaryOne() throws Exception {
    for (int i = 0; i < RelayBuffers.MOST; i++) {
      assertThat(buffers.take().capacity()).isEqualTo(RelayBuffers.LARGE);
    }
    ByteBuffer ordinary = buffers.take();
    assertThat(ordinary.capacity()).isEqualTo(RelayBuffers.ORDINARY);
    assertThat(ordinary.isDirect()).as("memory that is collected late").isFalse();
    start(NOTHING);
    CompletableFuture<Long> down =
        CompletableFuture.supplyAsync(() -> send(server, 3), Thread::startVirtualThread);
    assertThat(receive(client)).isEqualTo(down.get());
    buffers.give(ByteBuffer.allocate(RelayBuffers.ORDINARY));
    assertThat(buffers.take().capacity())
        .as("an ordinary one is not kept")
        .isEqualTo(RelayBuffers.ORDINARY);
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
