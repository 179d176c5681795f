package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sallyport.daemon.KernelPipe;

/** When a relay goes by a pipe, and what becomes of the pipe. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortcutTest {
  private static final byte[] NOTHING = {};
  private static final int LARGE = 5_000_000;
  private static final byte[] MESSAGE = new byte[LARGE];

  static {
    new Random(1).nextBytes(MESSAGE);
  }

  private final RelayPipes pipes = RelayPipes.forLargeTransfers();
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  private final List<Socket> sockets = new ArrayList<>();
  private final CompletableFuture<Relay.End> end = new CompletableFuture<>();
  private ServerSocketChannel listener;
  private RelayLoop loop;
  private Socket client;
  private Socket server;
  private Relay relay;

  @BeforeEach
  void begin() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    loop =
        new RelayLoop(
            "relay",
            RelayBuffers.forChannels(),
            pipes,
            Thread.ofVirtual().factory(),
            fatal::complete);
    loop.start();
    connect(end);
  }

  private void connect(CompletableFuture<Relay.End> over) throws IOException {
    client = kept(SocketChannel.open(listener.getLocalAddress()).socket());
    Leg ofClient = new Leg(kept(listener.accept().socket()), Optional.empty());
    Leg toServer =
        new Leg(kept(SocketChannel.open(listener.getLocalAddress()).socket()), Optional.empty());
    server = kept(listener.accept().socket());
    relay = new ChannelRelay(ofClient, toServer, loop, Duration.ofDays(1));
    relay.start(NOTHING, NOTHING, over::complete);
  }

  private Socket kept(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  @AfterEach
  void end() throws IOException {
    loop.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    listener.close();
    assertThat(fatal).isNotDone();
    pipes.close();
    assertThat(pipes.open()).as("pipes that nobody gave back").isZero();
  }

  private Relay.End ended() throws Exception {
    return end.get(30, TimeUnit.SECONDS);
  }

  private static void send(Socket socket, byte[] octets) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            socket.getOutputStream().write(octets);
          } catch (IOException e) {
            // What it means to the other side is looked at there.
          }
        });
  }

  private void retrieve() throws IOException {
    client.getOutputStream().write("RETR 1\r\n".getBytes(US_ASCII));
    server.getInputStream().readNBytes(8);
    send(server, MESSAGE);
    assertThat(client.getInputStream().readNBytes(LARGE)).isEqualTo(MESSAGE);
  }

  /** A server that has sent what its client does not take, of which a pipe is full. */
  private void stuck() {
    send(server, new byte[50_000_000]);
    long late = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    await().until(() -> pipes.open() == 1 && relay.fromServer().writesFor(late) > 0);
  }

  @Test
  void largeMessageGoesByAPipeAndItsRelayKeepsNone() throws Exception {
    retrieve();
    await().until(() -> relay.octetsOut() == LARGE);
    assertThat(pipes.open()).isEqualTo(1);
    KernelPipe rested = pipes.take();
    assertThat(rested).isNotNull();
    assertThat(pipes.open()).as("the one that was given back").isEqualTo(1);
    pipes.give(rested);
    assertThat(relay.octetsIn()).isEqualTo(8);
  }

  @Test
  void manySmallMessagesNeedNone() throws Exception {
    byte[] small = new byte[100_000];
    for (int i = 0; i < 30; i++) {
      client.getOutputStream().write("RETR 1\r\n".getBytes(US_ASCII));
      server.getInputStream().readNBytes(8);
      send(server, small);
      assertThat(client.getInputStream().readNBytes(small.length)).isEqualTo(small);
    }
    assertThat(pipes.open()).isZero();
  }

  @Test
  void withoutAPipeItIsCopied() throws Exception {
    List<KernelPipe> all = new ArrayList<>();
    for (KernelPipe one = pipes.take(); one != null; one = pipes.take()) {
      all.add(one);
    }
    assertThat(all).hasSize(RelayPipes.MOST);
    retrieve();
    all.forEach(pipes::give);
    retrieve();
    assertThat(pipes.open()).isEqualTo(RelayPipes.MOST);
  }

  @Test
  void urgentDataHoldsNothingUp() throws Exception {
    send(server, MESSAGE);
    InputStream in = client.getInputStream();
    assertThat(in.readNBytes(LARGE)).isEqualTo(MESSAGE);
    server.sendUrgentData('!');
    send(server, MESSAGE);
    assertThat(in.readNBytes(LARGE)).isEqualTo(MESSAGE);
    await().until(() -> relay.octetsOut() == 2 * LARGE);
    assertThat(pipes.open()).isEqualTo(1);
  }

  @Test
  void whatIsInThePipeArrivesBeforeTheEnd() throws Exception {
    send(server, MESSAGE);
    await().until(() -> pipes.open() == 1);
    await().until(() -> relay.octetsOut() > RelayPipes.LARGE_TRANSFER);
    InputStream in = client.getInputStream();
    assertThat(in.readNBytes(LARGE)).isEqualTo(MESSAGE);
    server.shutdownOutput();
    assertThat(in.read()).isNegative();
    client.close();
    assertThat(ended()).isEqualTo(Relay.End.SERVER);
    assertThat(relay.octetsOut()).isEqualTo(LARGE);
  }

  @Test
  void serverThatBreaksWhileThePipeIsFullLosesNothingOfIt() throws Exception {
    stuck();
    server.setSoLinger(true, 0);
    server.close();
    long arrived = 0;
    byte[] piece = new byte[65_536];
    InputStream in = client.getInputStream();
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      arrived += read;
    }
    assertThat(ended()).isEqualTo(Relay.End.SERVER_LOST);
    assertThat(arrived).isEqualTo(relay.octetsOut());
    assertThat(pipes.open()).as("empty at the end, so kept").isEqualTo(1);
  }

  @Test
  void pipeOfARelayThatIsCutIsClosedWithWhatIsInIt() throws Exception {
    stuck();
    relay.cut();
    assertThat(ended()).isEqualTo(Relay.End.STOPPED);
    assertThat(pipes.open()).isZero();
  }

  @Test
  void pipeOfAClientThatBreaksIsClosedWithWhatIsInIt() throws Exception {
    stuck();
    client.setSoLinger(true, 0);
    client.close();
    assertThat(ended()).isEqualTo(Relay.End.CLIENT_LOST);
    assertThat(pipes.open()).isZero();
  }

  @Test
  void slowClientIsNotStuckWhileItTakesSome() throws Exception {
    stuck();
    long began = System.nanoTime();
    long late = began + Duration.ofDays(1).toNanos();
    long before = relay.fromServer().writesFor(late);
    long octets = relay.octetsOut();
    client.getInputStream().readNBytes((int) octets);
    await().until(() -> relay.octetsOut() >= octets + RelayBuffers.LARGE);
    await().until(() -> relay.fromServer().writesFor(late) < before);
  }

  @Test
  void cutTransfersLeaveNoDescriptorBehind() throws Exception {
    relay.cut();
    ended();
    long before = descriptors();
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Relay.End> over = new CompletableFuture<>();
      connect(over);
      stuck();
      relay.cut();
      assertThat(over.get(30, TimeUnit.SECONDS)).isEqualTo(Relay.End.STOPPED);
      client.close();
      server.close();
    }
    // What other tests have left is closed meanwhile, and the runtime opens one or the other.
    await().untilAsserted(() -> assertThat(descriptors()).isLessThan(before + 10));
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }
}
