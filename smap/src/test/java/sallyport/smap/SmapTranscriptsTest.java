package sallyport.smap;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import sallyport.transcript.Player;
import sallyport.transcript.SocketPeer;
import sallyport.transcript.Transcript;

/**
 * Plays the written dialogues against a running smap: SubEtha, connection, driver, core and spool
 * together. Those in which something happens around the core are for the core alone.
 */
class SmapTranscriptsTest {

  private static final Pattern FOR_THE_CORE =
      Pattern.compile("(?m)^! |^@ opening|^@ starttls|refused\\.example");
  private static final Pattern RECIPIENT =
      Pattern.compile("(?im)^C.*RCPT TO: ?<(?:@[^:>]*:)?\"?([^>\"]*)\"?@inside\\.example");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyTranscriptForASocket() throws Exception {
    Path transcripts = Path.of(getClass().getResource("/transcripts").toURI());
    List<DynamicTest> tests = new ArrayList<>();
    for (Transcript each : Transcript.in(transcripts)) {
      String text = Files.readString(transcripts.resolve(each.name()), StandardCharsets.ISO_8859_1);
      if (!FOR_THE_CORE.matcher(text).find()) {
        tests.add(DynamicTest.dynamicTest(each.name(), () -> play(each, recipientsIn(text))));
      }
    }
    return tests.stream();
  }

  private void play(Transcript transcript, String valid) throws Exception {
    Path spool = Files.createTempDirectory(folder, "spool");
    Files.writeString(spool.resolve("recipients"), valid);
    List<String> lines = new ArrayList<>(List.of("smap: recipients recipients"));
    for (Map.Entry<String, String> setting : transcript.settings().entrySet()) {
      String normalized = setting.getValue().equals("normalize") ? " 127.0.0.1" : "";
      lines.add("smap: " + setting.getKey() + " " + setting.getValue() + normalized);
    }
    try (RunningSmap smap = new RunningSmap(spool, lines.toArray(String[]::new));
        SocketPeer peer = SocketPeer.connect(smap.address(), smap::accepted)) {
      Player.play(transcript, peer);
    }
  }

  /** In the world of the transcripts every user is known but "nobody". */
  private static String recipientsIn(String text) {
    StringBuilder valid = new StringBuilder("postmaster@inside.example\n@noroute.example\n");
    Matcher recipient = RECIPIENT.matcher(text);
    while (recipient.find()) {
      String local = recipient.group(1);
      if (!local.equals("nobody") && local.indexOf(' ') < 0 && !local.contains("\\")) {
        valid.append(local).append("@inside.example\n");
      }
    }
    return valid.toString();
  }
}
