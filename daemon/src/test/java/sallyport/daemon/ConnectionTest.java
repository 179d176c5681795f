package sallyport.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionTest {

  private static final int MOST = 100;

  private static final Duration PERIOD = Duration.ofMillis(20);

  private final Watchdog watchdog = new Watchdog(Duration.ofMillis(200), PERIOD);
  private final AtomicInteger closings = new AtomicInteger();
  private Socket client;
  private Connection connection;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      client = new Socket(listener.getInetAddress(), listener.getLocalPort());
      client.setSoTimeout(10_000);
      connection = new Connection(listener.accept(), watchdog, closings::incrementAndGet);
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    connection.close();
    watchdog.close();
  }

  @Test
  void readsLinesOneByOneAndKeepsTheRest() throws IOException {
    say("one\r\ntwo\r\nrest");
    assertThat(line()).isEqualTo("one");
    assertThat(line()).isEqualTo("two");
    assertThat(connection.hasInput()).isTrue();
    assertThat(new String(connection.buffer(), connection.position(), 4, ISO_8859_1))
        .isEqualTo("rest");
  }

  @Test
  void lineOfExactlyTheBoundIsTakenAndOneOctetMoreIsNot() throws IOException {
    say("x".repeat(MOST) + "\r\n" + "x".repeat(MOST + 1) + "\r\nnext\r\n");
    assertThat(line()).hasSize(MOST);
    assertThat(read()).isInstanceOf(Received.LineTooLong.class);
    assertThat(line()).isEqualTo("next");
  }

  @Test
  void overlongLineIsSkippedToItsEndWithoutBeingKept() throws IOException {
    Thread.ofVirtual().start(() -> sayQuietly("x".repeat(300_000) + "\r\nnext\r\n"));
    assertThat(read()).isInstanceOf(Received.LineTooLong.class);
    assertThat(line()).isEqualTo("next");
  }

  @Test
  void endlessLineIsGivenUp() {
    Thread writer =
        Thread.ofVirtual().start(() -> sayQuietly("x".repeat(Connection.LINE_SKIP_MOST + 100_000)));
    assertThat(read()).isInstanceOf(Received.LineEndless.class);
    connection.cut();
    assertThat(writer).isNotNull();
  }

  @Test
  void bareLineEndsAreToldApartFromLines() throws IOException {
    say("a\nb\rc\r\n\r\nok\r\n");
    assertThat(read()).isInstanceOf(Received.BareLineEnd.class);
    assertThat(read()).isInstanceOf(Received.BareLineEnd.class);
    assertThat(line()).isEmpty();
    assertThat(line()).isEqualTo("ok");
  }

  @Test
  void tlsHelloIsSeenWithoutWaitingForALineEnd() throws IOException {
    say("\u0016\u0003\u0001");
    assertThat(read()).isInstanceOf(Received.TlsHello.class);
  }

  @Test
  void oneOctetAtATimeDoesNotMoveTheDeadline() throws IOException {
    Thread drip =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 200 && !connection.isClosed(); i++) {
                sayQuietly("x");
                pause();
              }
            });
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
    assertThat(connection.readLine(1000, deadline)).isInstanceOf(Received.TimedOut.class);
    connection.cut();
    assertThat(drip).isNotNull();
  }

  @Test
  void lineWithoutAnEndAtEndOfInputIsNoLine() throws IOException {
    say("QUIT");
    client.shutdownOutput();
    assertThat(read()).isInstanceOf(Received.EndOfInput.class);
  }

  @Test
  void repliesToPipelinedCommandsLeaveInOneWrite() throws IOException {
    say("a\r\nb\r\n");
    line();
    connection.send("250 a\r\n");
    line();
    connection.send("250 b\r\n");
    assertThat(client.getInputStream().available()).isZero();
    client.shutdownOutput();
    read();
    byte[] got = new byte[64];
    int count = client.getInputStream().read(got);
    assertThat(new String(got, 0, count, ISO_8859_1)).isEqualTo("250 a\r\n250 b\r\n");
  }

  @Test
  void interruptionEndsTheWaitAndLeavesALastWord() throws Exception {
    Thread.ofVirtual()
        .start(() -> connection.interrupt(Received.Interruption.SHUTTING_DOWN))
        .join();
    assertThat(read()).isEqualTo(new Received.Interrupted(Received.Interruption.SHUTTING_DOWN));
    connection.send("421 bye\r\n");
    connection.close();
    assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
        .isEqualTo("421 bye\r\n");
  }

  @Test
  void lastReplyReachesAPeerThatIsStillSending() throws IOException {
    say("x".repeat(100_000));
    connection.send("554 no\r\n");
    Thread.ofVirtual().start(connection::close);
    InputStream in = client.getInputStream();
    assertThat(new String(in.readNBytes(8), ISO_8859_1)).isEqualTo("554 no\r\n");
  }

  @Test
  void closingTwiceReleasesOnce() {
    connection.close();
    connection.cut();
    connection.close();
    assertThat(closings).hasValue(1);
  }

  @Test
  void deadlineInThePastStillTakesWhatHasArrived() throws IOException {
    say("here\r\n");
    while (!connection.hasInput()) {
      Thread.onSpinWait();
    }
    assertThat(connection.fill(System.nanoTime() - 1)).isEqualTo(6);
    connection.consume(6);
    assertThatThrownBy(() -> connection.fill(System.nanoTime() - 1))
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void peerThatTakesNothingIsCutByTheWatchdog() {
    byte[] much = new byte[1 << 20];
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 200; i++) {
                connection.send(much, 0, much.length);
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void closedConnectionIsNoLongerWatched() {
    assertThat(watchdog.watched()).isOne();
    connection.close();
    assertThat(watchdog.watched()).isZero();
  }

  private Received read() {
    return connection.readLine(MOST, inOneSecond() + TimeUnit.SECONDS.toNanos(9));
  }

  private String line() {
    Received received = read();
    assertThat(received).isInstanceOf(Received.Line.class);
    return ((Received.Line) received).text();
  }

  private static long inOneSecond() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
  }

  private void say(String text) throws IOException {
    client.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private void sayQuietly(String text) {
    try {
      say(text);
    } catch (IOException e) {
      // The connection was cut under the writer, as some of these tests mean to.
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void socketThatIsGivenAwayComesWithWhatWasReadAndIsLeftAlone() throws IOException {
    say("login\r\nSTAT\r\n");
    assertThat(line()).isEqualTo("login");
    connection.send("+OK\r\n");
    ByteArrayOutputStream readAhead = new ByteArrayOutputStream();
    try (Socket given = connection.giveAway(readAhead)) {
      connection.close();
      assertThat(watchdog.watched()).isZero();
      assertThat(given.isClosed()).isFalse();
      assertThat(closings).hasValue(0);
      client.shutdownOutput();
      given.getInputStream().transferTo(readAhead);
      assertThat(readAhead.toString(ISO_8859_1)).isEqualTo("STAT\r\n");
      given.getOutputStream().write("done".getBytes(ISO_8859_1));
    }
    assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
        .isEqualTo("+OK\r\ndone");
  }

  @Test
  void closedConnectionCannotBeGivenAway() {
    connection.cut();
    assertThatThrownBy(() -> connection.giveAway(OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class);
  }
}
