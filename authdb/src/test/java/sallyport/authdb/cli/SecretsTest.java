package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;

/** How secrets come in, and that they come out nowhere. */
class SecretsTest {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void makeFolder() throws IOException {
    cli = new Cli(folder);
  }

  private String secretOf(String user) throws DatabaseTrouble {
    try (UserDatabase database = cli.open();
        Secret secret = database.frontSecret(user).orElseThrow()) {
      return new String(secret.octets(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void terminalIsAskedTwiceWithoutEcho() throws Exception {
    assertThat(cli.typing("long enough now", "long enough now").run("adduser", "john")).isZero();
    assertThat(cli.asked())
        .containsExactly("Secret for john: (hidden)", "The same again: (hidden)");
    assertThat(cli.out()).isEqualTo("User john added.\n");
    assertThat(secretOf("john")).isEqualTo("long enough now");
    assertThat(cli.typing("another secret", "another secret").run("passwd", "john")).isZero();
    assertThat(cli.asked()).first().isEqualTo("New secret for john: (hidden)");
    assertThat(cli.out()).isEqualTo("Password for john changed.\n");
    assertThat(cli.err()).isEmpty();
    assertThat(secretOf("john")).isEqualTo("another secret");
  }

  @Test
  void twoThatDifferChangeNothing() {
    assertThat(cli.typing("long enough now", "long enough not").run("adduser", "john"))
        .isEqualTo(64);
    assertThat(cli.err()).isEqualTo("authdb: the two are not the same; nothing was changed\n");
    assertThat(cli.database).doesNotExist();
    assertThat(cli.keys).doesNotExist();
  }

  @Test
  void terminalThatIsClosedChangesNothing() {
    assertThat(cli.typing("long enough now").run("adduser", "john")).isEqualTo(64);
    assertThat(cli.err()).isEqualTo("authdb: nothing was typed; nothing was changed\n");
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void withoutTerminalTheOtherWaysAreNamed() {
    assertThat(cli.run("adduser", "john")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo(
            "authdb: no terminal to ask for the secret on; expected --generate or --stdin\n");
    cli.withJohn();
    assertThat(cli.run("map", "john", "archive", "--secret")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: no terminal to ask for the secret on; expected --stdin\n");
    assertThat(cli.run("verify", "john", "<1@a>")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: no terminal to ask for the digest on; expected --stdin\n");
  }

  @Test
  void generatedSecretStandsAloneOnTheOutput() throws Exception {
    assertThat(cli.run("adduser", "john", "--generate")).isZero();
    assertThat(cli.out()).matches("[0-9a-f]{32}\n");
    assertThat(cli.out()).isEqualTo(secretOf("john") + "\n");
    assertThat(cli.err()).endsWith("User john added.\nThe secret, shown only now:\n");
    String first = cli.out();
    assertThat(cli.run("passwd", "john", "--generate")).isZero();
    assertThat(cli.out()).matches("[0-9a-f]{32}\n").isNotEqualTo(first);
    assertThat(cli.err()).isEqualTo("Password for john changed.\nThe secret, shown only now:\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"long enough now", "long enough now\n", " a b ", "ü"})
  void inputIsOneLineWithOrWithoutItsEnd(String line) throws Exception {
    assertThat(cli.piping(line).run("adduser", "john", "--stdin")).isZero();
    assertThat(secretOf("john")).isEqualTo(line.replace("\n", ""));
  }

  @Test
  void longestSecretIsTakenAndALongerOneIsNot() throws Exception {
    assertThat(cli.piping("x".repeat(255) + "\n").run("adduser", "john", "--stdin")).isZero();
    assertThat(secretOf("john")).hasSize(255);
    assertThat(cli.piping("x".repeat(256) + "\n").run("passwd", "john", "--stdin")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: standard input: the secret is longer than 255 octets\n");
    assertThat(secretOf("john")).hasSize(255);
    assertThat(cli.piping("x".repeat(100_000)).run("passwd", "john", "--stdin")).isEqualTo(64);
  }

  @Test
  void inputWithoutASecretIsRefused() {
    for (String nothing : new String[] {"", "\n"}) {
      assertThat(cli.piping(nothing).run("adduser", "john", "--stdin")).isEqualTo(64);
      assertThat(cli.err()).isEqualTo("authdb: standard input: no secret; expected one line\n");
    }
    assertThat(cli.typing("", "").run("adduser", "john")).isEqualTo(64);
    assertThat(cli.err()).contains("must not be empty; nothing was changed\n");
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void inputWithMoreThanTheSecretIsRefused() {
    for (String more :
        new String[] {"first line\nx", "first line\n\n", "first line\r\n", "a\0b\n"}) {
      assertThat(cli.piping(more).run("adduser", "john", "--stdin")).as(more).isEqualTo(64);
      assertThat(cli.err()).startsWith("authdb: ").doesNotContain("first").hasLineCount(1);
    }
    assertThat(cli.piping("first line\nx").run("adduser", "john", "--stdin")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: standard input: more than one line; expected the secret alone\n");
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void shortAndForeignSecretsAreTakenWithANote() {
    assertThat(cli.piping("kürbis").run("adduser", "john", "--stdin")).isZero();
    assertThat(cli.err())
        .contains("Note: whoever overhears one login can try out so short a secret")
        .contains("Note: the secret is not all ASCII");
  }

  /** The argument may be the secret: it is in the shell's history already, not in ours too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "passwd john hunter2",
        "adduser john hunter2 --generate",
        "passwd john --stdin=hunter2",
        "passwd john --generate=hunter2",
        "passwd john --secret=hunter2",
        "passwd john --secret hunter2",
        "passwd john --generate --stdin=hunter2",
        "map john mail --secret=hunter2",
        "map john mail --secret hunter2",
        "verify john <1@a> hunter2",
        "verify john hunter2",
      })
  void secretAmongTheArgumentsIsNotRepeated(String args) {
    cli.withJohn().typing("x", "x");
    assertThat(cli.run(args.split(" "))).isEqualTo(64);
    assertThat(cli.err()).doesNotContain("hunter2").startsWith("authdb: ").hasLineCount(1);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void secretsComeOutNowhere() throws Exception {
    cli.withJohn();
    cli.piping("inner-secret\n").run("map", "john", "archive", "--stdin");
    cli.piping("replaced-secret\n").run("passwd", "john", "--stdin");
    String[][] commands = {
      {"list"},
      {"list", "--json"},
      {"display", "john"},
      {"display", "john", "--json"},
      {"log", "john"},
      {"dump"},
      {"key", "list"},
      {"key", "list", "--json"},
      {"key", "rotate"},
      {"enable", "john"},
      {"rename", "john", "jane"},
      {"unlock", "jane"},
      {"passwd", "nobody"}
    };
    for (String[] command : commands) {
      cli.run(command);
      assertThat(cli.out() + cli.err())
          .as(String.join(" ", command))
          .isNotEmpty()
          .doesNotContain("tanstaaf", "inner-secret", "replaced-secret");
    }
    for (Path file : new Path[] {cli.database, Path.of(cli.database + "-wal")}) {
      if (Files.exists(file)) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain("tanstaaf", "inner-secret", "replaced-secret");
      }
    }
  }

  @Test
  void nobodyIsAskedForASecretThatCannotBeUsed() {
    cli.withJohn();
    assertThat(cli.typing("x", "x").run("adduser", "john")).isEqualTo(1);
    assertThat(cli.err()).isEqualTo("User john is already there.\n");
    assertThat(cli.asked()).isEmpty();
    assertThat(cli.run("passwd", "nobody")).isEqualTo(1);
    assertThat(cli.err()).isEqualTo("Unknown user: nobody\n");
    assertThat(cli.asked()).isEmpty();
    assertThat(cli.run("map", "nobody", "mail", "--secret")).isEqualTo(1);
    assertThat(cli.asked()).isEmpty();
    assertThat(Optional.of(cli.err())).contains("Unknown user: nobody\n");
  }
}
