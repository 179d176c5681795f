package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that is not as a daemon needs it: each of the four says so in one line, and ends. */
class TroubleIT {
  private static final Duration END_TIME = Duration.ofSeconds(40);
  private static final int STRANGER = 61009;

  @TempDir Path folder;
  private Gateway mail;
  private LoginGateway login;

  @BeforeEach
  void makeGateways() throws Exception {
    Needs.root();
    Files.setAttribute(folder, "unix:mode", 0755);
    mail = new Gateway(Files.createDirectory(folder.resolve("mail"))).relay(9);
    login = new LoginGateway(Files.createDirectory(folder.resolve("login"))).server("mail", 9);
    login.addUser("john", "0d4f8a51c2e94b7f8c6a1b3de59f7024");
    mail.writeTable();
  }

  @Test
  void accountThatIsNotThereIsOneLine() throws Exception {
    for (String name : List.of("smap", "smapd", "authsrv", "pop3-gw")) {
      Path table = table(name);
      List<String> lines = new ArrayList<>(Files.readAllLines(table));
      lines.replaceAll(
          line -> line.startsWith(name + ": userid") ? name + ": userid nobody-here" : line);
      Files.write(table, lines);
      int line = lines.indexOf(name + ": userid nobody-here") + 1;
      try (Child daemon = start(List.of(), name)) {
        assertThat(daemon.awaitExit(END_TIME)).as(daemon.text()).isEqualTo(78);
        assertThat(daemon.lines())
            .containsExactly(
                table
                    + ":"
                    + line
                    + ": error: userid 'nobody-here' is neither in passwd nor a number");
      }
    }
  }

  @Test
  void missingCapabilityIsNamedBeforeAnythingElse() throws Exception {
    for (String name : List.of("smapd", "authsrv")) {
      for (String capability : List.of("setuid", "setgid")) {
        List<String> without = List.of(Needs.program("setpriv"), "--bounding-set=-" + capability);
        String expected = "root lacks CAP_" + capability.toUpperCase(Locale.ROOT);
        assertRefused(start(without, name), 77, expected);
      }
    }
  }

  @Test
  void hostWithoutProcIsOneLine() throws Exception {
    List<String> without =
        List.of(
            Needs.program("unshare"),
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            "umount -l /proc && exec \"$@\"",
            "sh");
    for (String name : List.of("smap", "authsrv")) {
      try (Child daemon = start(without, name)) {
        assertThat(daemon.awaitExit(END_TIME)).as(daemon.text()).isEqualTo(71);
        assertThat(daemon.lines())
            .containsExactly(name + ": there is no /proc/self; expected /proc to be mounted");
      }
    }
  }

  @Test
  void directoryThatIsNotThereIsNamed() throws Exception {
    Files.move(mail.spool(), folder.resolve("spool-away"));
    assertRefused(start(List.of(), "smap"), 77, "spool: " + mail.spool() + " is missing");
    assertRefused(start(List.of(), "smapd"), 77, "spool: " + mail.spool() + " is missing");
    Files.move(login.vault(), folder.resolve("vault-away"));
    assertRefused(
        start(List.of(), "authsrv"),
        73,
        "directory " + login.vault() + ": there is no such folder");
    Files.delete(login.socket());
    Files.move(login.jail(), folder.resolve("gate-away"));
    assertRefused(
        start(List.of(), "pop3-gw"), 73, "directory " + login.jail() + ": there is no such folder");
    assertRefused(
        start(List.of(), "authsrv"), 73, "listen " + login.socket() + ": there is no such folder");
  }

  @Test
  void folderOfAnotherAccountIsNamed() throws Exception {
    Files.setAttribute(login.jail(), "unix:uid", STRANGER);
    assertRefused(
        start(List.of(), "authsrv"), 73, "listen " + login.socket() + ": permission denied in");
    Files.setAttribute(login.jail(), "unix:gid", STRANGER);
    assertRefused(start(List.of(), "pop3-gw"), 77, "directory " + login.jail(), "may not enter it");
  }

  @Test
  void keyThatIsNotAuthsrvsAloneIsNamed() throws Exception {
    Path key;
    try (Stream<Path> keys = Files.list(login.vault().resolve("keys"))) {
      key = keys.findFirst().orElseThrow();
    }
    String inside = "/keys/" + key.getFileName();
    String where = "(seen from inside " + login.vault() + ")";
    Files.setAttribute(key, "unix:mode", 0440);
    assertRefused(start(List.of(), "authsrv"), 77, inside + ": others may read", "chmod", where);
    Files.setAttribute(key, "unix:mode", 0400);
    Files.setAttribute(key, "unix:uid", STRANGER);
    assertRefused(
        start(List.of(), "authsrv"),
        77,
        inside + ": belongs to account 61009; expected our own, 61004",
        where);
  }

  private Path table(String name) {
    return name.startsWith("smap") ? mail.table() : folder.resolve("login/netperm-table");
  }

  private Child start(List<String> wrapper, String name) throws IOException {
    return Child.start(
        Gateway.command(wrapper, Gateway.program(name), "--table", table(name).toString()));
  }

  private static void assertRefused(Child started, int code, String... texts) throws Exception {
    try (Child daemon = started) {
      assertThat(daemon.awaitExit(END_TIME)).as(daemon.text()).isEqualTo(code);
      List<String> refusals = daemon.events("not-started");
      assertThat(refusals).as(daemon.text()).hasSize(1);
      assertThat(refusals.getFirst()).contains("exit=" + code).contains(texts);
      assertThat(daemon.text()).doesNotContain("\tat ").doesNotContain("Exception");
    }
  }
}
