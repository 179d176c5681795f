package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.daemon.tls.TlsRehearsal;

/**
 * What a session touches, touched once before the jail is entered, so that whatever the JDK loads
 * from outside when it is first needed (its network libraries) is there afterwards: a question to
 * an authsrv that is not there, a whole relay on loopback, and handshakes where the table has TLS.
 */
final class Rehearsal {
  private static final Path NOWHERE = Path.of("/nonexistent/authsrv");
  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final byte[] WORD = "rehearsal".getBytes(US_ASCII);

  private Rehearsal() {}

  static void run(Pop3Config config) throws StartupException {
    try (AuthsrvClient client = new AuthsrvClient(NOWHERE, new Silent());
        ServerSocket listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      client.challenge();
      relay(listener);
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

  private static void relay(ServerSocket listener) throws IOException {
    try (Socket client = connect(listener);
        Socket ofClient = listener.accept();
        Socket toServer = connect(listener);
        Socket server = listener.accept()) {
      Relay relay =
          new Relay(
              new Leg(ofClient, Optional.empty()),
              new Leg(toServer, Optional.empty()),
              new RelayBuffers(),
              BOUND);
      CountDownLatch over = new CountDownLatch(1);
      relay.start(WORD, new byte[0], Thread.ofVirtual().factory(), end -> over.countDown());
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
    Socket socket = new Socket();
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
