package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.smapd.Handover.Result.Answered;
import sallyport.smapd.Handover.Result.Unreachable;
import sallyport.smapd.Handover.Result.Unreadable;
import sallyport.spool.BodyType;
import sallyport.spool.Outcome;
import sallyport.spool.Outcome.Deferred;
import sallyport.spool.Outcome.Delivered;
import sallyport.spool.Outcome.Failed;

@Timeout(60)
class SendmailTest {

  private static final byte[] MESSAGE = b("Subject: x\r\n\r\n.\r\nFrom here\r\n..\r\n");
  private static final HubTimes SHORT =
      new HubTimes(Duration.ofSeconds(1), Duration.ofMillis(400), Duration.ofMillis(100), 1 << 30);

  @TempDir Path folder;
  private Sendmail sendmail;

  @BeforeEach
  void prepare() {
    sendmail = new Sendmail(new Destination.Program(folder.resolve("sendmail")), HubTimes.DEFAULT);
  }

  private static byte[] b(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The program: a shell script, whose own folder is at hand as {@code $here}. */
  private void program(String script) throws IOException {
    Path path = folder.resolve("sendmail");
    Files.writeString(path, "#!/bin/sh\nhere=" + folder + "\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String wrote(String file) throws IOException {
    return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
  }

  private static Handover handover(String sender, byte[] octets, String... recipients) {
    return new Handover(
        sender, List.of(recipients), BodyType.SEVEN_BIT, octets.length, out -> out.write(octets));
  }

  private Outcome deliver() {
    return outcome(sendmail.deliver(handover("s@x", MESSAGE, "a@x", "b@x")));
  }

  private static Outcome outcome(Handover.Result result) {
    assertThat(result).isInstanceOf(Answered.class);
    Answered answered = (Answered) result;
    assertThat(answered.outcomes().keySet()).containsExactlyInAnyOrder("a@x", "b@x");
    assertThat(answered.outcomes().get("a@x")).isEqualTo(answered.outcomes().get("b@x"));
    return answered.outcomes().get("b@x");
  }

  @Test
  void theProgramGetsTheWholeMessageWithLocalLineEnds() throws IOException {
    program("cat > $here/message");
    assertThat(deliver()).isEqualTo(new Delivered("2.0.0 exit 0"));
    assertThat(wrote("message")).isEqualTo("Subject: x\n\n.\nFrom here\n..\n");
  }

  @Test
  void argumentsAreWhatSendmailTakesAndPassThroughNoShell() throws IOException {
    program("for i in \"$@\"; do echo \"[$i]\"; done > $here/arguments");
    sendmail.deliver(handover("o'hara&id|x@x", MESSAGE, "\"$HOME;`id`\"@x", "*@x"));
    assertThat(wrote("arguments"))
        .isEqualTo("[-i]\n[-f]\n[o'hara&id|x@x]\n[--]\n[\"$HOME;`id`\"@x]\n[*@x]\n");
    sendmail.deliver(handover("", MESSAGE, "a@x"));
    assertThat(wrote("arguments")).isEqualTo("[-i]\n[-f]\n[<>]\n[--]\n[a@x]\n");
  }

  @Test
  void theProgramHasAnEnvironmentAndAFolderThatAreKnown() throws IOException {
    program("pwd > $here/folder; env > $here/environment");
    assertThat(deliver()).isInstanceOf(Delivered.class);
    assertThat(wrote("folder")).isEqualTo("/\n");
    assertThat(wrote("environment").lines())
        .contains("PATH=" + Sendmail.PATH, "LANG=C")
        .allSatisfy(line -> assertThat(line).matches("(PATH|LANG|TZ|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2.0.0", "65, 5.6.0", "67, 5.1.1", "68, 5.1.2", "64, 4.3.5", "78, 4.3.5", "69, 4.3.0",
    "70, 4.3.0", "71, 4.3.0", "72, 4.3.0", "73, 4.3.0", "74, 4.3.0", "75, 4.3.0", "76, 4.3.0",
    "77, 4.3.0", "1, 4.3.0", "126, 4.3.0", "127, 4.3.0", "255, 4.3.0",
  })
  void theExitCodeDecidesForAllRecipients(int exit, String status) throws IOException {
    program("echo said; exit " + exit);
    String reply = status + " exit " + exit + " said";
    Outcome expected =
        switch (status.charAt(0)) {
          case '2' -> new Delivered(reply);
          case '5' -> new Failed(reply);
          default -> new Deferred(reply);
        };
    assertThat(deliver()).isEqualTo(expected);
  }

  @Test
  void aProgramThatIsKilledIsTriedAgain() throws IOException {
    program("kill -9 $$");
    assertThat(deliver()).isEqualTo(new Deferred("4.3.0 exit 137"));
  }

  @Test
  void whatItSaysOnBothOutputsIsKeptInPartAndMadeHarmless() throws IOException {
    program("printf 'one\\nsmapd \\033[31m\\377'; printf ' two' >&2; yes | head -c 5000; exit 75");
    assertThat(deliver())
        .isInstanceOfSatisfying(
            Deferred.class,
            later -> {
              assertThat(later.reason()).startsWith("4.3.0 exit 75 one smapd ?[31m? twoy y");
              assertThat(later.reason().length()).isLessThan(HubReply.MAX_TEXT + 20);
            });
  }

  @Test
  void aProgramThatTakesTooLongIsKilledWithItsChildren() throws IOException {
    sendmail = new Sendmail(new Destination.Program(folder.resolve("sendmail")), SHORT);
    program("sleep 1000 & echo $! > $here/child; echo waiting; wait");
    assertThat(deliver()).isEqualTo(new Deferred("4.3.0 the program took too long: waiting"));
    long child = Long.parseLong(wrote("child").strip());
    Awaitility.await()
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aProgramThatNeverStopsTalkingIsKilled() throws IOException {
    program("exec yes");
    assertThat(deliver())
        .isInstanceOfSatisfying(
            Deferred.class,
            later -> assertThat(later.reason()).startsWith("4.3.5 the program says too much: y y"));
  }

  @Test
  void aChildLeftBehindDoesNotKeepUsWaiting() throws IOException {
    program("sleep 3 & exit 0");
    long start = System.nanoTime();
    assertThat(deliver()).isEqualTo(new Delivered("2.0.0 exit 0"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aProgramThatDoesNotReadIsNoObstacle() throws IOException {
    program("exit 75");
    byte[] large = b(("x".repeat(998) + "\r\n").repeat(1_000));
    assertThat(outcome(sendmail.deliver(handover("s@x", large, "a@x", "b@x"))))
        .isEqualTo(new Deferred("4.3.0 exit 75"));
  }

  @Test
  void aProgramThatIsMissingOrNoProgramIsAHubThatIsDown() throws IOException {
    assertThat(sendmail.deliver(handover("s@x", MESSAGE, "a@x")))
        .isInstanceOfSatisfying(
            Unreachable.class,
            down -> assertThat(down.reason()).contains("sendmail").contains("No such file"));
    program("exit 0");
    Files.setPosixFilePermissions(
        folder.resolve("sendmail"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(sendmail.deliver(handover("s@x", MESSAGE, "a@x"))).isInstanceOf(Unreachable.class);
  }

  @Test
  void damageIsNoticedBeforeTheProgramIsStarted() throws IOException {
    program("touch $here/started");
    Handover damaged =
        new Handover(
            "s@x",
            List.of("a@x"),
            BodyType.SEVEN_BIT,
            100,
            out -> {
              out.write(b("Subject: x\r\n\r\nhalf"));
              throw new IOException("checksum");
            });
    assertThat(sendmail.deliver(damaged)).isInstanceOf(Unreadable.class);
    assertThat(folder.resolve("started")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\n.\nb\r\n", "a\rb\r\n", "a\0b\r\n", "a\r"})
  void whatWouldReadDifferentlyElsewhereIsNeverGivenOn(String body) throws IOException {
    program("touch $here/started");
    assertThat(sendmail.deliver(handover("s@x", b(body), "a@x"))).isInstanceOf(Unreadable.class);
    assertThat(folder.resolve("started")).doesNotExist();
  }

  @Test
  void whatAHeaderWouldReadAsSeveralAddressesIsNotGivenOn() throws IOException {
    program("printf '%s ' \"$@\" > $here/arguments");
    Handover handover =
        handover(
            "s@x", MESSAGE, "a@x", "b@x,root", "c(@x", "d:e@x", "\"f,\\\"(g\"@x", "h@[IPv6:::1]");
    Answered answered = (Answered) sendmail.deliver(handover);
    assertThat(wrote("arguments")).isEqualTo("-i -f s@x -- a@x \"f,\\\"(g\"@x h@[IPv6:::1] ");
    Failed several = new Failed("5.1.3 this is several addresses");
    assertThat(answered.outcomes())
        .containsEntry("b@x,root", several)
        .containsEntry("c(@x", several)
        .containsEntry("d:e@x", several)
        .containsEntry("a@x", new Delivered("2.0.0 exit 0"))
        .hasSize(6);
  }

  @Test
  void aSenderThatIsSeveralAddressesIsNotGivenOn() throws IOException {
    program("touch $here/started");
    assertThat(outcome(sendmail.deliver(handover("s@x,root", MESSAGE, "a@x", "b@x"))))
        .isEqualTo(new Failed("5.1.7 the sender is several addresses"));
    assertThat(folder.resolve("started")).doesNotExist();
  }

  @Test
  void cuttingKillsWhatRunsAndStartsNothingMore() throws Exception {
    program("echo $$ > $here/running; exec sleep 1000");
    AtomicReference<Handover.Result> result = new AtomicReference<>();
    Thread worker =
        Thread.ofPlatform()
            .start(() -> result.set(sendmail.deliver(handover("s@x", MESSAGE, "a@x", "b@x"))));
    Awaitility.await().until(() -> Files.exists(folder.resolve("running")));
    sendmail.cut();
    assertThat(worker.join(Duration.ofSeconds(10))).isTrue();
    assertThat(outcome(result.get())).isEqualTo(new Deferred("4.3.0 exit 137"));
    assertThat(sendmail.deliver(handover("s@x", MESSAGE, "a@x"))).isInstanceOf(Unreachable.class);
  }
}
