package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;

/** Users written to and read from files. What stands in the files is the store's to test. */
class DumpTest {
  private static final String OF_FWTK =
      """

      user=john
      longname=John Smith
      group=staff
      pass=3k2lKs93jsl2
      flags=0
      bad_count=0
      proto=p
      last=757382400

      user=jane
      longname=
      group=guests
      pass=
      flags=3
      bad_count=2
      proto=s
      last=0
      """;

  @TempDir private Path folder;
  private Cli cli;
  private Path file;

  @BeforeEach
  void makeFolder() throws IOException {
    cli = new Cli(folder);
    file = folder.resolve("dump");
  }

  @Test
  void usersGoThroughAFileWithTheirSecrets() throws Exception {
    cli.withJohn().run("map", "john", "mail", "--name", "jsmith");
    cli.piping("inner-secret").run("map", "john", "archive", "--stdin");
    assertThat(cli.run("dump", "--secrets", file.toString())).isZero();
    assertThat(cli.out()).isEqualTo("1 user written to " + file + ".\n");
    assertThat(cli.err())
        .isEqualTo("The dump holds all secrets in clear: keep it like the keys.\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Cli other = new Cli(folder);
    assertThat(other.run("load", file.toString())).isZero();
    assertThat(other.out()).isEqualTo("1 user added, 0 replaced.\n");
    assertThat(other.err()).startsWith("Made the database DIR/users.db");
    assertThat(other.open().find("john")).isEqualTo(cli.open().find("john"));
    try (UserDatabase database = other.open();
        Secret front = database.frontSecret("john").orElseThrow();
        Secret inside = database.insideSecret("john", "archive").orElseThrow()) {
      assertThat(front.octets()).asString().isEqualTo("tanstaaf");
      assertThat(inside.octets()).asString().isEqualTo("inner-secret");
    }
  }

  @Test
  void dumpWithoutSecretsTakesNoneAwayWhenItIsLoaded() throws Exception {
    cli.withJohn();
    assertThat(cli.run("dump")).isZero();
    String dump = cli.out();
    assertThat(dump).contains("\"john\"").doesNotContain("tanstaaf");
    assertThat(cli.err()).isEmpty();
    cli.run("group", "john", "guests");
    assertThat(cli.piping(dump).run("load", "-")).isZero();
    assertThat(cli.out()).isEqualTo("0 users added, 1 replaced.\n");
    assertThat(cli.open().find("john").orElseThrow().group()).isEqualTo("staff");
    try (UserDatabase database = cli.open();
        Secret front = database.frontSecret("john").orElseThrow()) {
      assertThat(front.octets()).asString().isEqualTo("tanstaaf");
    }
  }

  @Test
  void secretsAreNotWrittenToATerminal() {
    cli.withJohn().typing();
    assertThat(cli.run("dump", "--secrets")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo(
            "authdb: secrets are not written to a terminal; expected a FILE, or a redirection\n");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void fileThatIsThereIsNotWrittenOver() throws IOException {
    Files.writeString(file, "precious");
    assertThat(cli.withJohn().run("dump", file.toString())).isEqualTo(73);
    assertThat(cli.err())
        .isEqualTo("authdb: " + file + ": is already there; nothing was written\n");
    assertThat(file).hasContent("precious");
    Path nowhere = folder.resolve("none/dump");
    assertThat(cli.run("dump", nowhere.toString())).isEqualTo(73);
    assertThat(cli.err()).isEqualTo("authdb: " + nowhere + ": there is no such folder\n");
  }

  @Test
  void dumpOfTheToolkitIsTakenOverAsFarAsItGoes() throws IOException {
    Files.writeString(file, OF_FWTK);
    assertThat(cli.run("load", file.toString())).isZero();
    assertThat(cli.out()).isEqualTo("2 users added, 0 replaced.\n");
    assertThat(cli.err().replace(file.toString(), "dump"))
        .isEqualTo(
            """
            Made the database DIR/users.db and its key in DIR/keys.
            Back up DIR/keys, apart from the database: without the key no secret
            in the database can be read, by you or by anybody else.
            dump: user john: not taken over: password (protocol p)
            dump: user jane: not taken over: login method (protocol s), which had no password, flag wizard
            Without a secret yet, see 'authdb passwd': 2 users.
            """);
    cli.piping("").run("list");
    assertThat(cli.out().replaceAll("\\d{4}-\\S+", "TIME"))
        .isEqualTo(
            """
            jane|guests|disabled|never|-|-
            john|staff|no-secret|TIME|-|John Smith
            """
                .replace('|', '\t'));
  }

  @Test
  void oldDumpNeedNotBeUtf8() throws IOException {
    Files.writeString(file, OF_FWTK.replace("Smith", "Möller"), StandardCharsets.ISO_8859_1);
    assertThat(cli.run("load", file.toString())).isZero();
    cli.run("list");
    assertThat(cli.out()).contains("John Möller");
  }

  @Test
  void fileWithErrorsLoadsNothing() throws IOException {
    Files.writeString(file, OF_FWTK.replace("flags=3", "flags=3\nshell=csh"));
    assertThat(cli.run("load", file.toString())).isEqualTo(66);
    assertThat(cli.err()).startsWith(file + ": line ").endsWith("\nNothing was loaded.\n");
    assertThat(cli.out()).isEmpty();
    assertThat(cli.database).doesNotExist();
    Files.writeString(file, "Dear diary,\n");
    assertThat(cli.run("load", file.toString())).isEqualTo(66);
    assertThat(cli.err()).startsWith(file + ": ").endsWith("\nNothing was loaded.\n");
  }

  @Test
  void fileThatIsNotThereIsExitCode66() {
    assertThat(cli.run("load", file.toString())).isEqualTo(66);
    assertThat(cli.err()).isEqualTo("authdb: " + file + ": there is no such file\n");
    assertThat(cli.run("load", folder.toString())).isEqualTo(66);
    assertThat(cli.err()).startsWith("authdb: " + folder + ": ").hasLineCount(1);
  }
}
