package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that begins TLS, as either side. */
@Timeout(300)
class ConnectionTlsTest {
  private static final int MOST = 100;
  private static final Duration PERIOD = Duration.ofMillis(20);

  private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(60), PERIOD);
  private Socket socket;
  private Connection client;
  private Connection server;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
      client = new Connection(socket, watchdog, () -> {});
      server = new Connection(listener.accept(), watchdog, () -> {});
    }
  }

  @AfterEach
  void disconnect() {
    client.cut();
    server.cut();
    watchdog.close();
  }

  private static long soon() {
    return System.nanoTime() + Duration.ofSeconds(120).toNanos();
  }

  private void begin(String options) {
    CompletableFuture<TlsStart> served =
        CompletableFuture.supplyAsync(() -> server.startTls(TlsFiles.server(), soon()));
    TlsStart begun = client.startTls(TlsFiles.client(options), soon());
    assertThat(begun).isInstanceOf(TlsStart.Started.class);
    assertThat(served.join()).isInstanceOf(TlsStart.Started.class);
  }

  @Test
  void linesGoThroughTls() throws IOException {
    begin("tls=verify ca=" + TlsFiles.file("ca.pem"));
    client.send("EHLO client\r\nNOOP\r\n");
    client.flush();
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.Line("EHLO client"));
    assertThat(server.hasInput()).isTrue();
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.Line("NOOP"));
    assertThat(server.hasInput()).isFalse();
    assertThat(client.tls().orElseThrow().verified()).isTrue();
    assertThat(server.tls().orElseThrow().verified()).isFalse();
    assertThat(server.octetsIn()).isEqualTo(19);
  }

  @Test
  void closeSaysThatItWasAll() throws IOException {
    begin("tls=required");
    client.send("QUIT\r\n");
    client.close();
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.Line("QUIT"));
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.EndOfInput());
    assertThat(server.tlsFault()).isEmpty();
  }

  @Test
  void connectionThatBreaksIsAFault() {
    begin("tls=required");
    client.cut();
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.EndOfInput());
    assertThat(server.tlsFault()).isPresent();
  }

  @Test
  void interruptedSessionStillSaysItsLastWord() throws IOException {
    begin("tls=required");
    server.interrupt(Received.Interruption.EVICTED);
    assertThat(server.readLine(MOST, soon()))
        .isEqualTo(new Received.Interrupted(Received.Interruption.EVICTED));
    server.send("421 bye\r\n");
    server.close();
    assertThat(server.tlsFault()).isEmpty();
    assertThat(client.readLine(MOST, soon())).isEqualTo(new Received.Line("421 bye"));
    assertThat(client.readLine(MOST, soon())).isEqualTo(new Received.EndOfInput());
    assertThat(client.tlsFault()).isEmpty();
  }

  @Test
  void deadlineIsKeptUnderTlsAndTheLastWordIsSaid() throws IOException {
    begin("tls=required");
    long now = System.nanoTime() + Duration.ofMillis(50).toNanos();
    assertThat(server.readLine(MOST, now)).isEqualTo(new Received.TimedOut());
    server.send("421 too slow\r\n");
    server.close();
    assertThat(client.readLine(MOST, soon())).isEqualTo(new Received.Line("421 too slow"));
  }

  /** CVE-2011-0411, CVE-2021-33515, CVE-2020-15953: the check that every leg has. */
  @Test
  void octetsThatWaitInTheBufferAreNeverTakenForEncryptedOnes() throws IOException {
    client.send("STARTTLS\r\nRSET\r\n");
    client.flush();
    assertThat(server.readLine(MOST, soon())).isEqualTo(new Received.Line("STARTTLS"));
    assertThat(server.startTls(TlsFiles.server(), soon())).isEqualTo(new TlsStart.SentAhead());
  }

  @Test
  void octetsThatComeInsteadOfAHandshakeAreNone() throws IOException {
    client.send("RSET\r\n");
    client.flush();
    assertThat(server.startTls(TlsFiles.server(), soon())).isEqualTo(new TlsStart.NotTls());
  }

  @Test
  void handshakeHasADeadline() throws IOException {
    socket.getOutputStream().write(new byte[] {22, 3, 1, 2});
    long now = System.nanoTime() + Duration.ofMillis(50).toNanos();
    assertThat(server.startTls(TlsFiles.server(), now)).isEqualTo(new TlsStart.TimedOut());
  }

  @Test
  void handshakeCanBeInterrupted() throws IOException {
    socket.getOutputStream().write(new byte[] {22, 3, 1, 2});
    server.interrupt(Received.Interruption.SHUTTING_DOWN);
    assertThat(server.startTls(TlsFiles.server(), soon()))
        .isEqualTo(new TlsStart.Interrupted(Received.Interruption.SHUTTING_DOWN));
  }

  @Test
  void clientThatGoesAwayIsLost() {
    client.cut();
    assertThat(server.startTls(TlsFiles.server(), soon())).isEqualTo(new TlsStart.Lost());
  }

  @Test
  void whatBothCannotAgreeOnIsSaid() throws IOException {
    byte[] noHello = {22, 3, 3, 0, 4, 9, 0, 0, 0};
    socket.getOutputStream().write(noHello);
    assertThat(server.startTls(TlsFiles.server(), soon())).isInstanceOf(TlsStart.Failed.class);
    byte[] alert = socket.getInputStream().readNBytes(1);
    assertThat(alert).containsExactly(21);
  }
}
