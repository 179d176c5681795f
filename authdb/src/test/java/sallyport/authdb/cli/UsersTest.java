package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Inside;
import sallyport.authdb.User;
import sallyport.authdb.UserDatabase;

/** What the commands that change a user do, answer and exit with. */
class UsersTest {
  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void makeFolder() throws IOException {
    cli = new Cli(folder);
  }

  private void answers(String expected, String... args) {
    assertThat(cli.run(args)).as("%s", cli.err()).isZero();
    assertThat(cli.out()).isEqualTo(expected + "\n");
    assertThat(cli.err()).isEmpty();
  }

  private void saysNo(String expected, String... args) {
    assertThat(cli.run(args)).isEqualTo(1);
    assertThat(cli.err()).isEqualTo(expected + "\n");
    assertThat(cli.out()).isEmpty();
  }

  private Optional<User> user(String name) throws DatabaseTrouble {
    try (UserDatabase database = cli.open()) {
      return database.find(name);
    }
  }

  @Test
  void firstUserMakesDatabaseAndKeyAndSaysSo() throws Exception {
    assertThat(cli.piping("long enough now").run("adduser", "John", "--stdin", "--group", "staff"))
        .isZero();
    assertThat(cli.out()).isEqualTo("User john added.\n");
    assertThat(cli.err())
        .isEqualTo(
            """
            Made the database DIR/users.db and its key in DIR/keys.
            Back up DIR/keys, apart from the database: without the key no secret
            in the database can be read, by you or by anybody else.
            """);
    assertThat(cli.piping("long enough now").run("adduser", "jane", "--stdin", "--disabled"))
        .isZero();
    assertThat(cli.out()).isEqualTo("User jane added, disabled.\n");
    assertThat(cli.err()).isEmpty();
    assertThat(user("john").orElseThrow().disabled()).isFalse();
    assertThat(user("john").orElseThrow().group()).isEqualTo("staff");
    assertThat(user("jane").orElseThrow().disabled()).isTrue();
  }

  @Test
  void userWhoIsThereIsNotAddedAgain() {
    cli.withJohn();
    saysNo("User john is already there.", "adduser", "JOHN", "--generate");
  }

  @Test
  void everyCommandKnowsWhenThereIsNoSuchUser() {
    cli.withJohn().piping("long enough now");
    String[][] commands = {
      {"deluser", "bob", "--yes"},
      {"passwd", "bob", "--stdin"},
      {"enable", "bob"},
      {"disable", "bob"},
      {"rename", "bob", "rob"},
      {"group", "bob", "g"},
      {"longname", "bob", "B"},
      {"map", "bob", "mail", "--name", "b"},
      {"unmap", "bob", "mail"},
      {"unlock", "bob"},
      {"display", "bob"},
      {"display", "bob", "--json"},
      {"log", "bob"},
      {"verify", "bob", "<1@a>", "--stdin"}
    };
    for (String[] command : commands) {
      saysNo("Unknown user: bob", command);
    }
  }

  @Test
  void disabledUserIsEnabledAgain() throws Exception {
    cli.withJohn();
    answers("User john disabled.", "disable", "john");
    assertThat(user("john").orElseThrow().disabled()).isTrue();
    answers("User john enabled.", "enable", "john");
    assertThat(user("john").orElseThrow().disabled()).isFalse();
    answers("User john enabled.", "enable", "john");
  }

  @Test
  void groupAndNamesAreChanged() throws Exception {
    cli.withJohn();
    answers("User john is now in group guests.", "group", "john", "guests");
    answers("Full name of john changed.", "longname", "john", "Johann Schmied");
    assertThat(user("john").orElseThrow().group()).isEqualTo("guests");
    assertThat(user("john").orElseThrow().longName()).isEqualTo("Johann Schmied");
    answers("User john is now in no group.", "group", "john", "");
    answers("User john is now johann.", "rename", "john", "johann");
    assertThat(user("john")).isEmpty();
    assertThat(user("johann")).isPresent();
    saysNo("Unknown user: john", "rename", "john", "johann");
    cli.withJohn();
    saysNo("User johann is already there.", "rename", "john", "johann");
  }

  @Test
  void textsThatCannotBeShownAreRefused() {
    cli.withJohn();
    for (String text : new String[] {"x".repeat(256), "a\u001b[31m", "a\nb"}) {
      assertThat(cli.run("longname", "john", text)).isEqualTo(64);
      assertThat(cli.err())
          .isEqualTo(
              "authdb: the name is too long or not printable; expected at most 255 characters\n");
      assertThat(cli.run("group", "john", text)).isEqualTo(64);
      assertThat(cli.run("adduser", "bob", "--generate", "--name", text)).isEqualTo(64);
      assertThat(cli.run("adduser", "bob", "--generate", "--group", text)).isEqualTo(64);
    }
  }

  @Test
  void deletionIsAskedForOnATerminal() throws Exception {
    cli.withJohn().typing("no");
    saysNo("User john stays.", "deluser", "john");
    assertThat(cli.asked())
        .containsExactly("Delete user john (John Smith), secrets and log? [y/N] ");
    cli.typing();
    saysNo("User john stays.", "deluser", "john");
    assertThat(user("john")).isPresent();
    cli.typing("Yes");
    answers("User john deleted.", "deluser", "john");
    assertThat(user("john")).isEmpty();
  }

  @Test
  void deletionWithoutTerminalNeedsConsentAmongTheArguments() throws Exception {
    cli.withJohn().piping("y\n");
    assertThat(cli.run("deluser", "john")).isEqualTo(64);
    assertThat(cli.err()).isEqualTo("authdb: no terminal to ask on; expected --yes\n");
    assertThat(user("john")).isPresent();
    answers("User john deleted.", "deluser", "john", "--yes");
    assertThat(user("john")).isEmpty();
  }

  @Test
  void userIsMappedForAListedServer() throws Exception {
    cli.withJohn();
    answers("User john mapped for mail.", "map", "john", "MAIL", "--name", "jsmith");
    cli.piping("inner-secret\n");
    answers("User john mapped for archive.", "map", "john", "archive", "--stdin");
    assertThat(user("john").orElseThrow().inside())
        .containsEntry("mail", new Inside(Optional.of("jsmith"), false))
        .containsEntry("archive", new Inside(Optional.empty(), true));
    answers("User john unmapped for mail.", "unmap", "john", "mail");
    saysNo("User john is not mapped for mail.", "unmap", "john", "mail");
    assertThat(user("john").orElseThrow().inside()).containsOnlyKeys("archive");
  }

  @Test
  void serverThatTheTableDoesNotListIsRefused() {
    cli.withJohn();
    saysNo(
        "Unknown server: mial (the table lists mail, archive)",
        "map",
        "john",
        "mial",
        "--name",
        "jsmith");
  }

  @Test
  void serverThatIsAskedByPassNeedsASecretToo() {
    cli.withJohn();
    assertThat(cli.run("map", "john", "archive", "--name", "jsmith")).isZero();
    assertThat(cli.err())
        .isEqualTo(
            "Server archive is asked by PASS and needs a secret too: --secret or --stdin.\n");
    cli.typing("inner-secret", "inner-secret");
    answers("User john mapped for archive.", "map", "john", "archive", "--secret");
    assertThat(cli.asked()).first().isEqualTo("Secret of john at archive: (hidden)");
    cli.piping("");
    answers("User john mapped for archive.", "map", "john", "archive", "--name", "j.smith");
  }

  @Test
  void mappingOfNothingIsRefused() {
    cli.withJohn();
    assertThat(cli.run("map", "john", "mail")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: nothing to change; expected --name, --secret or --stdin\n");
    assertThat(cli.run("map", "john", "mail", "--name", "j smith")).isEqualTo(64);
    assertThat(cli.err())
        .isEqualTo("authdb: --name: expected 1 to 64 printable ASCII characters\n");
  }

  /** The example of RFC 1939, section 7. */
  @Test
  void digestIsTried() {
    String challenge = "<1896.697170952@dbc.mtview.ca.us>";
    cli.withJohn().piping("C4C9334BAC560ECC979E58001B3E22FB\n");
    answers("Right.", "verify", "john", challenge, "--stdin");
    cli.typing("c4c9334bac560ecc979e58001b3e22fb");
    answers("Right.", "verify", "john", challenge);
    assertThat(cli.asked()).containsExactly("Digest: (hidden)");
    cli.piping("c4c9334bac560ecc979e58001b3e22fb");
    saysNo("Wrong.", "verify", "john", "<1896.697170953@dbc.mtview.ca.us>", "--stdin");
    cli.run("disable", "john");
    saysNo("Right, but john is disabled.", "verify", "john", challenge, "--stdin");
    cli.run("enable", "john");
    cli.run("passwd", "john", "--generate");
    saysNo(
        "Wrong: made with the secret that john had before.",
        "verify",
        "john",
        challenge,
        "--stdin");
  }

  @Test
  void whatIsNoChallengeAndNoDigestIsNamed() {
    cli.withJohn().piping("tanstaaf\n");
    for (String challenge : new String[] {"1@a", "<1@a", "<1@a> <2@b>", "<>", "<1 2@a>"}) {
      assertThat(cli.run("verify", "john", challenge, "--stdin")).isEqualTo(64);
      assertThat(cli.err())
          .isEqualTo("authdb: the challenge: expected '<...@...>' as in the greeting, quoted\n");
    }
    assertThat(cli.run("verify", "john", "<1@a>", "--stdin")).isEqualTo(64);
    assertThat(cli.err()).isEqualTo("authdb: the digest: expected 32 hexadecimal digits\n");
  }

  @Test
  void keyIsRenewed() throws Exception {
    cli.withJohn();
    String before = cli.open().currentKeyId();
    assertThat(cli.run("key", "rotate")).isZero();
    assertThat(cli.out()).matches("Every secret is now sealed with the new key \\S+\\.\n");
    assertThat(cli.err()).isEqualTo("Back up DIR/keys, apart from the database.\n");
    assertThat(cli.run("key", "list")).isZero();
    assertThat(cli.out().lines().map(line -> line.replaceAll("\t\\d{4}-[^\t]*", "")))
        .hasSize(2)
        .satisfies(lines -> assertThat(lines.getFirst()).endsWith("\t1\tcurrent"))
        .last()
        .isEqualTo(before + "\t0\t-");
  }
}
