package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static sallyport.daemon.tls.TestFiles.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.daemon.Account;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** Owner and mode of a key's file. */
class KeyFileTest {
  private static final int STRANGER = 61009;

  @TempDir Path folder;
  private Path key;

  @BeforeEach
  void copyKey() throws IOException {
    key = Files.copy(file("ec.key"), folder.resolve("key.pem"));
    Files.setAttribute(key, "unix:mode", 0600);
  }

  private List<String> problems() {
    Settings settings =
        Settings.of(
            Table.parse(
                "table", "smap: tls-cert %s\nsmap: tls-key %s".formatted(file("ec.crt"), key)),
            "smap");
    assertThat(ServerTls.of(settings, TestFiles.NOW)).isPresent();
    return settings.problems().stream().map(Object::toString).toList();
  }

  @Test
  void keyOfItsOwnerAndAGroupOfReadersDrawsNoWord() throws IOException {
    assertThat(problems()).isEmpty();
    Files.setAttribute(key, "unix:mode", 0640);
    assertThat(problems()).isEmpty();
  }

  @Test
  void keyThatEverybodyCanReadDrawsAWarning() throws IOException {
    Files.setAttribute(key, "unix:mode", 0644);
    assertThat(problems())
        .containsExactly(
            "table:2: warning: "
                + key
                + ": every account of this host can read the key; chmod o-r");
  }

  @Test
  void keyThatOthersCanReplaceDrawsAWarning() throws IOException {
    Files.setAttribute(key, "unix:mode", 0620);
    assertThat(problems())
        .containsExactly("table:2: warning: " + key + ": others can replace the key; chmod go-w");
  }

  @Test
  void keyOfAStrangerDrawsAWarning() throws IOException {
    assumeTrue(Account.runningUserId() == 0 || "true".equals(System.getenv("CI")), "needs root");
    Files.setAttribute(key, "unix:uid", STRANGER);
    assertThat(problems())
        .containsExactly(
            "table:2: warning: "
                + key
                + ": belongs to account 61009, who can replace it; chown root");
  }

  @Test
  void whoMayNotReadIsToldWhoseItIs() throws IOException {
    Files.setAttribute(key, "unix:mode", 0040);
    assertThat(PemFiles.denied(key))
        .isEqualTo(
            "permission denied: it belongs to account %1$d, mode 0040, and this process is %1$d"
                .formatted(Account.runningUserId()));
  }
}
