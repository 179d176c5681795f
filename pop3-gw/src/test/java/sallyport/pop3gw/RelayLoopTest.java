package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What relays on one loop have to do with each other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayLoopTest {
  private static final byte[] NOTHING = {};

  private final RelayBuffers buffers = RelayBuffers.forChannels();
  private final RelayPipes pipes = RelayPipes.forLargeTransfers();
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  private final List<Socket> sockets = new ArrayList<>();
  private ServerSocketChannel listener;
  private RelayLoop loop;
  private Thread thread;

  /** A relay with both of its peers. */
  private record Session(
      Socket client, Socket server, Relay relay, CompletableFuture<Relay.End> end) {
    void start() {
      relay.start(NOTHING, NOTHING, end::complete);
    }

    Relay.End ended() throws Exception {
      return end.get(30, TimeUnit.SECONDS);
    }

    void askAndAnswer() throws IOException {
      client.getOutputStream().write("STAT\r\n".getBytes(US_ASCII));
      assertThat(server.getInputStream().readNBytes(6)).asString(US_ASCII).isEqualTo("STAT\r\n");
      server.getOutputStream().write("+OK\r\n".getBytes(US_ASCII));
      assertThat(client.getInputStream().readNBytes(5)).asString(US_ASCII).isEqualTo("+OK\r\n");
    }
  }

  @BeforeEach
  void begin() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    loop = new RelayLoop("relay", buffers, pipes, Thread.ofVirtual().factory(), fatal::complete);
    thread = loop.start();
  }

  @AfterEach
  void end() throws Exception {
    loop.close();
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    for (Socket socket : sockets) {
      socket.close();
    }
    listener.close();
    pipes.close();
  }

  private Session session() throws IOException {
    return session(loop);
  }

  private Session session(RelayLoop loop) throws IOException {
    Socket client = kept(SocketChannel.open(listener.getLocalAddress()).socket());
    Leg ofClient = leg(listener.accept().socket());
    Leg toServer = leg(SocketChannel.open(listener.getLocalAddress()).socket());
    Socket server = kept(listener.accept().socket());
    Relay relay = new ChannelRelay(ofClient, toServer, loop, Duration.ofDays(1));
    return new Session(client, server, relay, new CompletableFuture<>());
  }

  private Socket kept(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  private Leg leg(Socket socket) throws IOException {
    return new Leg(kept(socket), Optional.empty());
  }

  private static void flood(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write(new byte[1 << 16]);
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  private static void takeAll(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The end of the test.
    }
  }

  /** Starts one whose client takes nothing while its server sends without end. */
  private Session stuck() throws IOException {
    Session session = session();
    session.start();
    Thread.ofVirtual().start(() -> flood(session.server()));
    long late = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    await().until(() -> session.relay().fromServer().writesFor(late) > 0);
    return session;
  }

  @Test
  void clientsThatTakeNothingHoldUpNoOther() throws Exception {
    for (int i = 0; i < 5; i++) {
      stuck();
    }
    Session other = session();
    other.start();
    for (int i = 0; i < 100; i++) {
      other.askAndAnswer();
    }
  }

  @Test
  void serverThatSendsWithoutEndHoldsUpNoOther() throws Exception {
    Session large = session();
    large.start();
    Thread.ofVirtual().start(() -> flood(large.server()));
    Thread.ofVirtual().start(() -> takeAll(large.client()));
    Session other = session();
    other.start();
    for (int i = 0; i < 100; i++) {
      other.askAndAnswer();
    }
    assertThat(large.end()).isNotDone();
  }

  @Test
  void stuckOneIsCutByAnotherThread() throws Exception {
    Session session = stuck();
    session.relay().cut();
    assertThat(session.ended()).isEqualTo(Relay.End.STOPPED);
  }

  @Test
  void receiverThatIsGoneWhileOctetsWaitForItEndsIt() throws Exception {
    Session session = stuck();
    session.client().setSoLinger(true, 0);
    session.client().close();
    assertThat(session.ended()).isEqualTo(Relay.End.CLIENT_LOST);
  }

  @Test
  void buffersOfThoseThatTakeNothingAreGivenBackAtTheirEnd() throws Exception {
    List<Session> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(stuck());
    }
    for (Session session : all) {
      session.relay().cut();
      session.ended();
    }
    for (int i = 0; i < RelayBuffers.MOST - 1; i++) { // One may be the loop's own.
      assertThat(buffers.take().capacity()).isEqualTo(RelayBuffers.LARGE);
    }
  }

  @Test
  void loopThatHadToDoWithAnOrdinaryBufferGetsALargeOneAgain() throws Exception {
    List<ByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < RelayBuffers.MOST; i++) {
      all.add(buffers.take());
    }
    Session session = session();
    session.start();
    session.askAndAnswer();
    assertThat(roomOf(loop)).isEqualTo(RelayBuffers.ORDINARY);
    all.forEach(buffers::give);
    session.askAndAnswer();
    assertThat(roomOf(loop)).isEqualTo(RelayBuffers.LARGE);
  }

  private static int roomOf(RelayLoop loop) throws Exception {
    CompletableFuture<Integer> room = new CompletableFuture<>();
    loop.run(() -> room.complete(loop.emptyBuffer().remaining()));
    return room.get(30, TimeUnit.SECONDS);
  }

  @Test
  void closeCutsAllAndEndsTheThread() throws Exception {
    Session quiet = session();
    quiet.start();
    quiet.askAndAnswer();
    Session stuck = stuck();
    loop.close();
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    assertThat(quiet.ended()).isEqualTo(Relay.End.STOPPED);
    assertThat(stuck.ended()).isEqualTo(Relay.End.STOPPED);
    assertThat(quiet.client().getInputStream().read()).isNegative();
  }

  @Test
  void severalLoopsCarryTheSameShareEachAndAllEnd() throws Exception {
    RelayLoops three = new RelayLoops(3, buffers, Thread.ofVirtual().factory(), fatal::complete);
    List<Thread> threads = three.start();
    List<Session> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Session session = session(three.next());
      session.start();
      session.askAndAnswer();
      all.add(session);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(connectionsOf(three.next())).isEqualTo(4);
    }
    three.close();
    for (Session session : all) {
      assertThat(session.ended()).isEqualTo(Relay.End.STOPPED);
    }
    for (Thread one : threads) {
      assertThat(one.join(Duration.ofSeconds(30))).isTrue();
    }
    assertThat(fatal).isNotDone();
  }

  @Test
  void relayThatBeginsAfterTheEndIsCut() throws Exception {
    loop.close();
    Session late = session();
    late.start();
    assertThat(late.ended()).isEqualTo(Relay.End.STOPPED);
    assertThat(late.client().getInputStream().read()).isNegative();
    late.relay().cut();
  }

  @Test
  void loopThatCannotGoOnSaysSo() throws Exception {
    Error accident = new AssertionError("an accident");
    loop.run(() -> {
      throw accident;
    });
    assertThat(fatal.get(30, TimeUnit.SECONDS)).isSameAs(accident);
  }

  @Test
  void thousandSessionsOneAfterAnotherLeaveNothingBehind() throws Exception {
    for (int i = 0; i < 1000; i++) {
      Session session = session();
      session.start();
      session.askAndAnswer();
      session.client().close();
      assertThat(session.server().getInputStream().read()).isNegative();
      session.server().close();
      assertThat(session.ended()).isEqualTo(Relay.End.CLIENT);
    }
    assertThat(connectionsOf(loop)).isZero();
  }

  private static int connectionsOf(RelayLoop loop) throws Exception {
    CompletableFuture<Integer> keys = new CompletableFuture<>();
    loop.run(() -> keys.complete(loop.selector().keys().size()));
    return keys.get(30, TimeUnit.SECONDS);
  }
}
