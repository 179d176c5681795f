package sallyport.transcript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** Plays one transcript against one peer, on the caller's thread. */
public final class Player {
  /** How much of the dialogue a failure shows. */
  private static final int MAX_SHOWN = 40;

  private final Transcript transcript;
  private final Peer peer;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private final Deque<String> soFar = new ArrayDeque<>();
  private int left;

  private Player(Transcript transcript, Peer peer) {
    this.transcript = transcript;
    this.peer = peer;
  }

  /**
   * Plays to the end.
   *
   * @throws AssertionError when the server does not say what the transcript says
   */
  public static void play(Transcript transcript, Peer peer) throws IOException {
    new Player(transcript, peer).play();
  }

  private void play() throws IOException {
    for (Entry entry : transcript.entries()) {
      if (!(entry instanceof Entry.Send)) {
        flush();
      }
      step(entry);
    }
    flush();
    if (peer.hasMore()) {
      throw failure(endOfFile(), "nothing more", show(peer.hear()));
    }
  }

  private int endOfFile() {
    return transcript.entries().isEmpty() ? 1 : transcript.entries().getLast().line();
  }

  private void step(Entry entry) throws IOException {
    switch (entry) {
      case Entry.Send(int line, String octets) -> {
        waiting.writeBytes(octets.getBytes(StandardCharsets.ISO_8859_1));
        remember("C: " + Escapes.show(octets) + "   (line " + line + ")");
      }
      case Entry.EndInput ignored -> {
        peer.endInput();
        remember("C$");
      }
      case Entry.Says(int line, String text) -> {
        Peer.Heard heard = peer.hear();
        if (!(heard instanceof Peer.Heard.Line(String said)) || !said.equals(text)) {
          throw failure(line, Escapes.show(text), show(heard));
        }
        remember("S: " + Escapes.show(said));
      }
      case Entry.Matches(int line, Pattern pattern) -> {
        Peer.Heard heard = peer.hear();
        if (!(heard instanceof Peer.Heard.Line(String said)) || !pattern.matcher(said).matches()) {
          throw failure(line, "a line like " + pattern, show(heard));
        }
        remember("S: " + Escapes.show(said));
      }
      case Entry.Closes(int line) -> {
        Peer.Heard heard = peer.hear();
        if (!(heard instanceof Peer.Heard.Closed)) {
          throw failure(line, "the server closes", show(heard));
        }
        remember("S$");
      }
      case Entry.Happens(int line, String event) -> {
        remember("! " + event + "   (line " + line + ")");
        peer.happen(event);
      }
      case Entry.Message(int line, List<String> lines) -> {
        String expected = String.join("\r\n", lines) + "\r\n";
        String actual = lastMessage(line);
        if (!actual.equals(expected)) {
          throw failure(line, "message " + Escapes.show(expected), Escapes.show(actual));
        }
      }
      case Entry.MessageSize(int line, int octets) -> {
        int actual = lastMessage(line).length();
        if (actual != octets) {
          throw failure(line, "a message of " + octets + " octets", actual + " octets");
        }
      }
      case Entry.MessageCount(int line, int count) -> {
        int actual = peer.messages().size();
        if (actual != count) {
          throw failure(line, count + " accepted messages", String.valueOf(actual));
        }
      }
    }
  }

  private String lastMessage(int line) throws IOException {
    List<byte[]> messages = peer.messages();
    if (messages.isEmpty()) {
      throw failure(line, "an accepted message", "none");
    }
    return new String(messages.getLast(), StandardCharsets.ISO_8859_1);
  }

  private void flush() throws IOException {
    if (waiting.size() > 0) {
      peer.send(waiting.toByteArray());
      waiting.reset();
    }
  }

  private void remember(String what) {
    soFar.addLast(what);
    if (soFar.size() > MAX_SHOWN) {
      soFar.removeFirst();
      left++;
    }
  }

  private static String show(Peer.Heard heard) {
    return switch (heard) {
      case Peer.Heard.Line(String text) -> Escapes.show(text);
      case Peer.Heard.Closed ignored -> "(the server closed)";
      case Peer.Heard.Silence ignored -> "(silence)";
    };
  }

  private AssertionError failure(int line, String expected, String actual) {
    StringBuilder text = new StringBuilder();
    text.append(transcript.name()).append(':').append(line).append(": server differs");
    text.append("\n  expected: ").append(expected);
    text.append("\n  actual:   ").append(actual);
    text.append("\n  so far:");
    if (left > 0) {
      text.append("\n    ... ").append(left).append(" lines before");
    }
    soFar.forEach(said -> text.append("\n    ").append(said));
    return new AssertionError(text.toString());
  }
}
