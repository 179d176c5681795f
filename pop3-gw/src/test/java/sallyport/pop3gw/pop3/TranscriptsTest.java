package sallyport.pop3gw.pop3;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import sallyport.transcript.Player;
import sallyport.transcript.Transcript;

/** Plays every written dialogue against the two pure cores. */
class TranscriptsTest {

  @TestFactory
  Stream<DynamicTest> everyTranscript() throws IOException {
    return Transcript.in(folder()).stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> play(each)));
  }

  /** Plays one by its name, and returns the peer for a closer look. */
  static CorePeer play(String name) throws IOException {
    return play(Transcript.read(folder().resolve(name + Transcript.SUFFIX)));
  }

  private static Path folder() {
    try {
      return Path.of(TranscriptsTest.class.getResource("/transcripts").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static CorePeer play(Transcript transcript) throws IOException {
    CorePeer peer = new CorePeer(transcript.settings());
    Player.play(transcript, peer);
    return peer;
  }
}
