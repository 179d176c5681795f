package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail handed on by a program of the gateway's own host: msmtp, which is called as sendmail is. */
class SendmailIT {
  private static final Duration LOG_TIME = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final List<RecordingHub.Taken> taken = new CopyOnWriteArrayList<>();

  @Test
  void aRealProgramTakesTheMailAndSmapdSaysFirstThatItIsNotConfined() throws Exception {
    String msmtp = Needs.program("msmtp");
    try (RecordingHub hub = new RecordingHub(0, taken::add);
        Gateway gateway = new Gateway(folder).line("smapd: sendmail " + folder + "/sendmail")) {
      Path rules = folder.resolve("msmtprc");
      Files.writeString(rules, "account default\nhost 127.0.0.1\nport " + hub.port() + "\n");
      Path program = folder.resolve("sendmail");
      Files.writeString(program, "#!/bin/sh\nexec " + msmtp + " -C " + rules + " \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      Child smap = gateway.smap();
      Child smapd = gateway.smapd();
      assertThat(smapd.lines().getFirst()).contains("unconfined");
      String id = send(Gateway.port(smap), "");
      smapd.awaitEvent(LOG_TIME, "delivered", id);
      assertThat(smapd.events("delivered").getFirst())
          .contains("hub=" + program)
          .contains("exit 0");
      assertThat(taken).hasSize(1);
      assertThat(taken.getFirst().from()).as("the null sender stays it").isEmpty();
      assertThat(taken.getFirst().to()).containsExactly("john@" + Gateway.DOMAIN);
      assertThat(taken.getFirst().text()).endsWith("\r\n.dot\r\n.\r\nText.\r\n");
      if (Needs.isRoot()) {
        assertRunsAsItsAccountWithoutJail(smapd);
      }
    }
  }

  private static String send(int port, String sender) throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      String text = Samples.header("program") + "..dot\r\n..\r\nText.";
      return Wire.queueId(wire.message(sender, "john@" + Gateway.DOMAIN, text));
    }
  }

  private static void assertRunsAsItsAccountWithoutJail(Child smapd) throws Exception {
    Path process = Path.of("/proc", String.valueOf(smapd.pid()));
    assertThat(Files.readSymbolicLink(process.resolve("root"))).isEqualTo(Path.of("/"));
    assertThat(Files.getAttribute(process, "unix:uid", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(Gateway.SMAPD);
    // Postfix's postdrop gets its group by the set-gid bit.
    assertThat(Files.readString(process.resolve("status"))).contains("NoNewPrivs:\t0");
  }
}
