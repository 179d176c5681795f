package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pipe between two sockets, and how their descriptors are found. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelPipeTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private ServerSocketChannel listener;
  private Socket sender;
  private SocketChannel from;
  private Socket receiver;
  private SocketChannel to;
  private KernelPipe pipe;

  @BeforeEach
  void connect() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    sender = connected();
    from = accepted();
    receiver = connected();
    to = accepted();
    pipe = KernelPipe.open().orElseThrow();
    open.addAll(List.of(listener, pipe));
  }

  private Socket connected() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
    open.add(socket);
    return socket;
  }

  private SocketChannel accepted() throws IOException {
    SocketChannel channel = listener.accept();
    channel.configureBlocking(false);
    open.add(channel);
    return channel;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private static int descriptor(SocketChannel channel) {
    return Descriptors.of(channel).orElseThrow();
  }

  private int filled() throws IOException {
    int socket = descriptor(from);
    int[] read = new int[1];
    await().until(() -> (read[0] = pipe.fill(socket)) != 0);
    return read[0];
  }

  @Test
  void octetsGoFromOneSocketToTheOther() throws Exception {
    byte[] octets = new byte[10_000];
    new Random(1).nextBytes(octets);
    sender.getOutputStream().write(octets);
    assertThat(filled()).isEqualTo(octets.length);
    assertThat(pipe.held()).isEqualTo(octets.length);
    assertThat(pipe.drain(descriptor(to))).isEqualTo(octets.length);
    assertThat(pipe.held()).isZero();
    assertThat(receiver.getInputStream().readNBytes(octets.length)).isEqualTo(octets);
  }

  @Test
  void nothingNowIsNotTheEnd() throws Exception {
    assertThat(pipe.fill(descriptor(from))).isZero();
    sender.shutdownOutput();
    assertThat(filled()).isEqualTo(KernelPipe.ENDED);
  }

  @Test
  void whatIsNotTakenStaysInThePipe() throws Exception {
    Thread.ofVirtual().start(this::flood);
    int sink = descriptor(to);
    int given = 0;
    do {
      assertThat(pipe.held()).isZero();
      filled();
      given += pipe.drain(sink);
    } while (pipe.held() == 0);
    assertThat(pipe.drain(sink)).as("taken by one who takes nothing").isZero();
    int held = pipe.held();
    assertThat(held).isBetween(1, KernelPipe.OCTETS);
    assertThatThrownBy(() -> pipe.fill(descriptor(from))).isInstanceOf(IllegalStateException.class);
    receiver.getInputStream().readNBytes(given);
    await().until(() -> pipe.drain(sink) == 0 && pipe.held() < held || pipe.held() == 0);
  }

  private void flood() {
    try {
      while (true) {
        sender.getOutputStream().write(new byte[100_000]);
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  @Test
  void connectionsThatBrokeAreToldFromAnEnd() throws Exception {
    sender.getOutputStream().write(1);
    filled();
    int source = descriptor(from);
    int sink = descriptor(to);
    receiver.setSoLinger(true, 0);
    receiver.close();
    assertThatThrownBy(() -> pipe.drain(sink)).isInstanceOf(IOException.class);
    sender.setSoLinger(true, 0);
    sender.close();
    try (KernelPipe other = KernelPipe.open().orElseThrow()) {
      assertThatThrownBy(() -> other.fill(source))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("splice");
    }
  }

  @Test
  void closedPipeKeepsNoDescriptor() throws Exception {
    long before = descriptors();
    List<KernelPipe> pipes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      pipes.add(KernelPipe.open().orElseThrow());
    }
    assertThat(descriptors()).isEqualTo(before + 40);
    for (KernelPipe one : pipes) {
      one.close();
      one.close();
    }
    assertThat(descriptors()).isEqualTo(before);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void eachOfManyChannelsIsFoundAndKeepsNoMark() throws Exception {
    Set<Integer> found = new HashSet<>();
    for (int i = 1; i <= 20; i++) {
      Socket peer = connected();
      SocketChannel channel = accepted();
      int before = i % 2 == 0 ? -1 : i;
      channel.setOption(StandardSocketOptions.SO_LINGER, before);
      int descriptor = descriptor(channel);
      assertThat(found.add(descriptor)).isTrue();
      assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(before);
      peer.getOutputStream().write(new byte[i]);
      try (KernelPipe own = KernelPipe.open().orElseThrow()) {
        await().until(() -> own.held() > 0 || own.fill(descriptor) > 0);
        assertThat(own.held()).isEqualTo(i);
      }
    }
  }

  @Test
  void closedChannelIsNotFound() throws Exception {
    from.close();
    assertThat(Descriptors.of(from)).isEmpty();
  }
}
