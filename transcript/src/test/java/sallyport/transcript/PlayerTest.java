package sallyport.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlayerTest {

  /** Answers each line with "got LINE"; closes at "bye". */
  private static final class Echo implements Peer {
    private final Deque<Heard> said = new ArrayDeque<>(List.of(new Heard.Line("hello")));
    private final List<Integer> writes = new ArrayList<>();
    private String rest = "";

    @Override
    public void send(byte[] octets) {
      writes.add(octets.length);
      rest += new String(octets, StandardCharsets.ISO_8859_1);
      for (int end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        String line = rest.substring(0, end);
        rest = rest.substring(end + 2);
        said.add(line.equals("bye") ? new Heard.Closed() : new Heard.Line("got " + line));
      }
    }

    @Override
    public void endInput() {
      said.add(new Heard.Closed());
    }

    @Override
    public Heard hear() {
      return said.isEmpty() ? new Heard.Silence() : said.removeFirst();
    }

    @Override
    public boolean hasMore() {
      return !said.isEmpty();
    }

    @Override
    public void happen(String event) {
      said.add(new Heard.Line("happened " + event));
    }

    @Override
    public List<byte[]> messages() {
      return List.of("one\r\ntwo\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {}
  }

  private static void play(Peer peer, String text) throws IOException {
    Player.play(Transcript.parse("sample", text), peer);
  }

  @Test
  void everyKindOfLineIsPlayed() {
    String text =
        """
        # a comment
        @ colour red
        S: hello
        C: a
        S: got a
        C- b
        C: c
        S~ got b.
        C*3: x
        S*3: got x
        C: \\x41\\{3:ab}\\s
        S: got Aababab\\s
        ! a storm
        S: happened a storm
        M: one
        M: two
        M= 10
        M# 1
        C: bye
        S$
        """;
    assertThatCode(() -> play(new Echo(), text)).doesNotThrowAnyException();
    assertThat(Transcript.parse("sample", text).settings()).containsEntry("colour", "red");
  }

  @Test
  void clientLinesBehindEachOtherGoOutInOneWrite() throws IOException {
    Echo echo = new Echo();
    play(echo, "S: hello\nC: a\nC: b\nS: got a\nS: got b\nC: c\nS: got c\n");
    assertThat(echo.writes).containsExactly(6, 3);
  }

  @Test
  void failureShowsExpectedActualAndTheDialogue() {
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nC: a\\x00\nS: got b\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(
            "sample:3:", "expected: got b", "actual:   got a\\0", "S: hello", "C: a\\0\\r\\n");
  }

  @Test
  void whatNobodyAskedForFails() {
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nC: a\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nothing more")
        .hasMessageContaining("got a");
  }

  @Test
  void silenceAndCloseAreNotTakenForLines() {
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nS: more\n"))
        .hasMessageContaining("(silence)");
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nC: bye\nS: more\n"))
        .hasMessageContaining("(the server closed)");
    assertThatThrownBy(() -> play(new Echo(), "S$\n")).hasMessageContaining("hello");
  }

  @Test
  void wrongMessageFails() {
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nM: one\n"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nM# 2\n"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> play(new Echo(), "S: hello\nM= 9\n"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void mistakesNameTheirLine() {
    for (String wrong :
        List.of("X: a", "C? a", "S? a", "M? a", "C: \\q", "C: \\x1", "C*: a", "@ alone", "M# x")) {
      assertThatThrownBy(() -> Transcript.parse("sample", "# first\n" + wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("sample:2: ");
    }
  }

  @Test
  void theSameTranscriptPlaysOverASocket() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = Thread.ofVirtual().start(() -> serve(server));
      InetSocketAddress address =
          new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
      try (Peer peer = SocketPeer.connect(address)) {
        play(peer, "S: hello\nC: a\nC: b\nS: got a\nS: got b\nC$\nS: end\nS$\n");
      }
      thread.join();
    }
  }

  private static void serve(ServerSocket server) {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      say(socket, "hello");
      StringBuilder line = new StringBuilder();
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        if (octet == '\n') {
          say(socket, "got " + line.toString().strip());
          line.setLength(0);
        } else {
          line.append((char) octet);
        }
      }
      say(socket, "end");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }
}
