package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.daemon.tls.TlsRehearsal;

/**
 * What a session touches, touched once before the jail is entered, so that whatever the JDK loads
 * from outside when it is first needed (its network libraries) is there afterwards: a question to
 * an authsrv that is not there, a whole relay of each kind on loopback, and handshakes where the
 * table has TLS.
 */
final class Rehearsal {
  private static final Path NOWHERE = Path.of("/nonexistent/authsrv");
  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final ThreadFactory THREADS = Thread.ofVirtual().factory();
  private static final byte[] WORD = "rehearsal".getBytes(US_ASCII);

  private Rehearsal() {}

  static void run(Pop3Config config) throws StartupException {
    try (AuthsrvClient client = new AuthsrvClient(NOWHERE, new Silent());
        ServerSocketChannel listener = ServerSocketChannel.open();
        RelayPipes pipes = new RelayPipes(0);
        RelayPipes none = new RelayPipes(Long.MAX_VALUE);
        RelayLoop loop = loop(none);
        RelayLoop pipeLoop = loop(pipes)) {
      client.challenge();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      loop.start();
      pipeLoop.start();
      relay(listener.socket(), (ours, theirs) -> new ChannelRelay(ours, theirs, loop, BOUND));
      relay(listener.socket(), (ours, theirs) -> new ChannelRelay(ours, theirs, pipeLoop, BOUND));
      relay(
          listener.socket(),
          (ours, theirs) ->
              new StreamRelay(ours, theirs, RelayBuffers.forStreams(), THREADS, BOUND));
      if (config.tls().isPresent()) {
        TlsRehearsal.run(config.tls().get());
      }
      TlsRehearsal.run(
          config.insideProfile(),
          config.servers().values().stream().map(InsideServer::tls).toList());
    } catch (IOException e) {
      throw new StartupException(ExitCode.SOFTWARE, "rehearsal: " + e.getMessage(), e);
    }
  }

  private static RelayLoop loop(RelayPipes pipes) throws IOException {
    return new RelayLoop("rehearsal", RelayBuffers.forChannels(), pipes, THREADS, _ -> {});
  }

  private static void relay(ServerSocket listener, BiFunction<Leg, Leg, Relay> maker)
      throws IOException {
    try (Socket client = connect(listener);
        Socket ofClient = listener.accept();
        Socket toServer = connect(listener);
        Socket server = listener.accept()) {
      Relay relay =
          maker.apply(new Leg(ofClient, Optional.empty()), new Leg(toServer, Optional.empty()));
      CountDownLatch over = new CountDownLatch(1);
      relay.start(WORD, new byte[0], end -> over.countDown());
      server.setSoTimeout((int) BOUND.toMillis());
      client.setSoTimeout((int) BOUND.toMillis());
      client.shutdownOutput();
      byte[] arrived = server.getInputStream().readAllBytes();
      server.getOutputStream().write(arrived);
      server.shutdownOutput();
      byte[] back = client.getInputStream().readAllBytes();
      if (back.length != WORD.length || !over.await(BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("the relay does not work");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Socket connect(ServerSocket listener) throws IOException {
    Socket socket = SocketChannel.open().socket();
    socket.connect(
        new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
        (int) BOUND.toMillis());
    return socket;
  }

  private static final class Silent implements AuthsrvClient.Listener {
    @Override
    public void connected() {}

    @Override
    public void lost(String why) {}
  }
}
