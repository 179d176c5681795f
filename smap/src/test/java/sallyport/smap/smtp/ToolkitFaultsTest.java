package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.smap.smtp.TranscriptsTest.play;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The faults of the firewall toolkit's smap that lie in the dialogue, by their numbers. */
class ToolkitFaultsTest {

  @Test
  void fault2ConnectionLostInDataLeavesNoMessage() throws IOException {
    assertThat(play("connection-lost-in-data-is-no-message").messages()).isEmpty();
    assertThat(play("connection-lost-behind-the-dot-is-no-message").messages()).isEmpty();
  }

  @Test
  void fault3LongLinesAreNotSplitAndMakeNoFalseDot() throws IOException {
    play("long-body-lines-pass-unsplit");
    play("long-line-is-refused-whole");
    for (int length = 500; length < 2100; length++) {
      BodyScanner scanner =
          new BodyScanner(new BodyRules(1 << 20, 1 << 16, 1 << 16, LineEnds.REJECT));
      byte[] line = (" ".repeat(length) + ".\r\n").getBytes(StandardCharsets.US_ASCII);
      scanner.feed(line, 0, line.length, (b, o, n) -> {});
      assertThat(scanner.ended()).as("length %d", length).isFalse();
    }
  }

  @Test
  void fault4LfDotLfDoesNotEndData() throws IOException {
    for (String sequence :
        List.of(
            "lf-dot-lf",
            "lf-dot-crlf",
            "crlf-dot-lf",
            "cr-dot-cr",
            "cr-dot-crlf",
            "crlf-dot-cr",
            "crlf-nul-dot-crlf",
            "crlf-dot-nul-crlf",
            "cr-cr-lf-dot-crlf")) {
      assertThat(play(sequence + "-does-not-end-data").messages()).isEmpty();
    }
  }

  @Test
  void fault5LeadingDotIsAlwaysUnstuffed() throws IOException {
    play("first-line-dot-is-unstuffed");
  }

  @Test
  void fault15MaxrecipIsExact() throws IOException {
    assertThat(play("maxrecip-is-exact").committed.getFirst().recipients()).hasSize(2);
  }

  @Test
  void fault16SlowDripEnds() throws IOException {
    play("slow-drip-in-data-is-ended");
    play("time-out-in-a-command");
    play("time-out-in-data-is-no-message");
    play("old-session-is-ended");
  }

  @Test
  void fault17EnvelopeAddressesAreJudged() throws IOException {
    play("relaying-is-denied");
    play("programs-and-files-are-no-recipients");
    play("relay-forms-are-denied");
    play("recipients-are-checked");
    play("control-characters-in-commands-are-refused");
  }
}
