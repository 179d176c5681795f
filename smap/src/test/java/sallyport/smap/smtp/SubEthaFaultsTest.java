package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.smap.smtp.TranscriptsTest.play;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The faults in the dialogue of SubEtha SMTP as shipped, one by one: our core has none. */
class SubEthaFaultsTest {

  @Test
  void rejectedDataBodyIsNotRunAsCommands() throws IOException {
    play("rejected-body-is-not-run-as-commands");
    play("body-sent-behind-refused-data-ends-the-session");
    play("pipelined-data-without-recipients-is-refused");
  }

  @Test
  void connectionLostInAChunkIsNoMessage() throws IOException {
    play("connection-lost-in-a-chunk-is-no-message");
  }

  @Test
  void chunkOctetsAreNotRunAsCommands() throws IOException {
    play("bdat-ends-the-session");
    play("malformed-bdat-ends-the-session");
  }

  @Test
  void chunkingIsNotAdvertised() throws IOException {
    play("ehlo-advertises-what-is-there");
    assertThat(Replies.ehlo("mail.example", 1, true).lines())
        .noneMatch(l -> l.contains("CHUNKING"));
  }

  @Test
  void hugeSizeDoesNotOverflow() throws IOException {
    play("huge-size-does-not-overflow");
  }

  @Test
  void sizeBesideBodyIsHeeded() throws IOException {
    play("declared-size-is-heeded");
  }

  @Test
  void sizeIsEnforcedOnData() throws IOException {
    play("size-is-enforced-on-data");
  }

  @Test
  void verbIsMatchedWholeNotOnItsFirstFourLetters() throws IOException {
    play("verbs-are-matched-whole");
  }

  @Test
  void mailNeedsHelo() throws IOException {
    play("mail-needs-helo");
  }

  @Test
  void unknownParametersAreRefused() throws IOException {
    play("unknown-parameters-are-refused");
  }

  @Test
  void recipientAddressesAreChecked() throws IOException {
    play("recipients-are-checked");
    play("programs-and-files-are-no-recipients");
  }

  @Test
  void mailTakesNoListDisplayNameOrOpenBracket() throws IOException {
    play("lists-and-display-names-are-refused");
  }

  @Test
  void clientTextIsNeverEchoed() throws IOException {
    play("client-text-is-never-echoed");
  }

  @Test
  void replyTextIsCheckedForLineEnds() {
    new DialogueTest().replyTextCannotHoldLineEnds();
  }

  @Test
  void bareCrBareLfAndNulDoNotPassThrough() throws IOException {
    for (String each : List.of("bare-cr-is-refused", "bare-lf-is-refused", "nul-is-refused")) {
      play(each);
    }
    play("bare-line-ends-are-normalized");
  }

  @Test
  void firstLineDotIsUnstuffed() throws IOException {
    play("first-line-dot-is-unstuffed");
  }

  @Test
  void pipeliningAndEnhancedCodesAreThereAndSmtputf8IsNot() throws IOException {
    play("ehlo-advertises-what-is-there");
    play("replies-keep-step-with-pipelined-commands");
    play("smtputf8-is-refused-by-name");
  }

  @Test
  void errorsAndCommandsAreLimited() throws IOException {
    play("twenty-errors-end-the-session");
    play("junk-commands-are-bounded");
    play("ten-thousand-recipients-are-bounded");
  }
}
