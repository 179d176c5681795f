package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.Table;

/** Arguments, help, and the lines and exit codes of what goes wrong. */
class MainTest {
  private static final int TERMINAL_WIDTH = 80;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void makeFolder() throws IOException {
    cli = new Cli(folder);
  }

  private void fails(int code, String line, String... args) {
    assertThat(cli.run(args)).as("%s%s", cli.err(), cli.out()).isEqualTo(code);
    assertThat(cli.err()).isEqualTo("authdb: " + line + "\n");
    assertThat(cli.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                                   | expected a command, such as adduser or list
          nonsense                 | there is no command 'nonsense'
          key                      | expected a command: rotate or list
          key nonsense             | there is no command 'nonsense'
          list john                | too many arguments; a secret is never an argument
          list --jsno              | there is no option '--jsno'
          list --json=yes          | option --json takes no value
          display                  | Missing required parameter: 'USER'
          rename john              | Missing required parameter: 'NEW'
          passwd a --generate --stdin | expected only one of --generate, --stdin
          log john -n 0            | '-n 0': expected a number from 1 to 100
          log john -n 101          | '-n 101': expected a number from 1 to 100
          log john -n many         | '-n many': expected a number from 1 to 100
          log john -n              | Missing required parameter for option '-n' (N)
          """)
  void wrongArgumentsAreExitCode64AndOneLine(String args, String line) {
    String[] split = args == null ? new String[0] : args.split(" ");
    fails(64, line + " (--help lists what there is)", split);
  }

  @Test
  void nameThatIsNoneIsRefusedEverywhere() {
    String expected =
        ": expected a name: a-z, 0-9, then also . _ + -, at most 64 characters (--help lists what"
            + " there is)";
    fails(64, "'j smith'" + expected, "adduser", "j smith", "--generate");
    fails(64, "'jöhn'" + expected, "display", "jöhn");
    fails(64, "'a?[31m'" + expected, "display", "a\u001b[31m");
    fails(64, "'a%b'" + expected, "rename", "john", "a%b");
    fails(64, "'" + "x".repeat(60) + "…'" + expected, "map", "john", "x".repeat(65), "--stdin");
  }

  @Test
  void tableThatIsNotThereIsExitCode66() throws IOException {
    Files.delete(cli.table);
    fails(66, "TABLE: there is no such file (--table names another)", "list");
  }

  @Test
  void databaseThatIsNotThereIsExitCode66() {
    assertThat(cli.run("list")).isEqualTo(66);
    assertThat(cli.err())
        .isEqualTo(
            "authdb: DIR/users.db: there is no such database (the first 'authdb adduser' makes"
                + " it)\n");
    assertThat(cli.database).doesNotExist();
    assertThat(cli.run("passwd", "john", "--generate")).isEqualTo(66);
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void errorsInTheTableAreExitCode78() throws IOException {
    cli.addToTable("authsrv: database a b");
    cli.addToTable("authsrv: nonsense");
    assertThat(cli.run("list")).isEqualTo(78);
    assertThat(cli.err())
        .startsWith("authdb: authsrv does not start with this table:\nTABLE:6: error: ")
        .contains("\nTABLE:7: error: ");
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void withoutADirectoryLineTheUsersAreWhereAuthsrvLooks() throws Exception {
    Place place = Place.of(Table.parse("TABLE", "*: hostname gate.example.com\n"));
    assertThat(place.database()).isEqualTo(Path.of("/var/lib/sallyport/auth/users.db"));
    assertThat(place.keys()).isEqualTo(Path.of("/var/lib/sallyport/auth/keys"));
  }

  @Test
  void databaseThatIsBusyIsExitCode69() throws Exception {
    cli.withJohn();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + cli.database);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThat(cli.run("disable", "john")).isEqualTo(69);
      assertThat(cli.err()).startsWith("authdb: DIR/users.db").hasLineCount(1);
      statement.execute("ROLLBACK");
    }
    assertThat(cli.run("disable", "john")).isZero();
  }

  @Test
  void errorsInLinesForOthersDoNotMatter() throws IOException {
    cli.withJohn().addToTable("smap: timeout soon");
    assertThat(cli.run("list")).isZero();
  }

  @Test
  void nothingIsOpenedBeforeTheAccountIsRight() {
    cli.withJohn();
    cli.becomesBy(_ -> {
      throw new StartupException(ExitCode.NO_PERMISSION, "not you");
    });
    for (List<String> args :
        List.of(
            List.of("list"),
            List.of("adduser", "bob", "--generate"),
            List.of("dump", cli.folder + "/dump"),
            List.of("load", "/nonexistent"),
            List.of("key", "list"))) {
      fails(77, "not you", args.toArray(String[]::new));
    }
    assertThat(cli.folder.resolve("dump")).doesNotExist();
  }

  @Test
  void newKeyIsNeverMadeBesideAnOldDatabase() throws IOException {
    cli.withJohn();
    moveKeysAway();
    assertThat(cli.piping("long enough now").run("adduser", "bob", "--stdin")).isEqualTo(78);
    assertThat(cli.err())
        .isEqualTo("authdb: DIR/keys: there is no such key folder; put it back from its backup\n");
    assertThat(cli.run("list")).isEqualTo(78);
    assertThat(cli.run("key", "rotate")).isEqualTo(78);
    assertThat(cli.keys).doesNotExist();
  }

  @Test
  void newDatabaseIsNeverMadeBesideOldKeys() throws IOException {
    cli.withJohn();
    Files.delete(cli.database);
    assertThat(cli.piping("long enough now").run("adduser", "bob", "--stdin")).isEqualTo(73);
    assertThat(cli.err()).startsWith("authdb: ").contains("DIR/keys").hasLineCount(1);
    assertThat(cli.database).doesNotExist();
  }

  @Test
  void keyOfAnotherDatabaseIsExitCode78() throws IOException {
    cli.withJohn();
    Cli other = new Cli(folder).withJohn();
    moveKeysAway();
    Files.move(other.keys, cli.keys);
    assertThat(cli.run("list")).isEqualTo(78);
    assertThat(cli.err()).startsWith("authdb: ").contains("DIR/keys").hasLineCount(1);
  }

  @Test
  void keyFileThatIsLostIsExitCode78() throws IOException {
    cli.withJohn();
    moveKeysAway();
    Files.createDirectory(
        cli.keys,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    assertThat(cli.run("list")).isEqualTo(78);
    assertThat(cli.err())
        .startsWith("authdb: ")
        .contains("no key ", "put it back from its backup")
        .hasLineCount(1);
  }

  @Test
  void directoryThatIsNotThereIsExitCode73() throws IOException {
    Files.delete(cli.folder);
    assertThat(cli.run("adduser", "john", "--generate")).isEqualTo(73);
    assertThat(cli.err()).startsWith("authdb: DIR").hasLineCount(1);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void databaseThatOthersMayReadIsExitCode77() throws IOException {
    cli.withJohn();
    Files.setPosixFilePermissions(cli.database, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(cli.run("list")).isEqualTo(77);
    assertThat(cli.err()).startsWith("authdb: DIR/users.db: ").hasLineCount(1);
  }

  private void moveKeysAway() throws IOException {
    Files.move(cli.keys, folder.resolve("away"));
  }

  @Test
  void databaseThatIsNoneIsExitCode74() throws IOException {
    cli.withJohn();
    Files.writeString(cli.database, "This is not a database, though it is long enough for one.\n");
    assertThat(cli.run("list")).isEqualTo(74);
    assertThat(cli.err()).startsWith("authdb: ").contains("DIR/users.db").hasLineCount(1);
  }

  @Test
  void helpNamesEveryCommandInOneLine() {
    assertThat(cli.run("--help")).isZero();
    assertThat(cli.out())
        .contains("--table=FILE", "Exit codes: 0 done")
        .contains("adduser ", "deluser ", "passwd ", "enable ", "disable ", "rename ", "group ")
        .contains("longname ", "map ", "unmap ", "unlock ", "list ", "display ", "log ", "verify ")
        .contains("dump ", "load ", "key ", "completion ");
    String commands = cli.out().substring(cli.out().indexOf("Commands:"));
    assertThat(commands.lines().skip(1).takeWhile(line -> !line.isBlank()))
        .hasSize(19)
        .allMatch(line -> line.length() < TERMINAL_WIDTH && line.matches("  [a-z]+ +[A-Z].*\\."));
  }

  @Test
  void everyCommandHasHelpThatFitsATerminal() {
    for (String command :
        "adduser deluser passwd enable disable rename group longname map unmap unlock list display log verify dump load key completion"
            .split(" ")) {
      assertThat(cli.run(command, "--help")).isZero();
      assertThat(cli.out()).contains("Usage: authdb " + command, "--table=FILE");
      assertThat(cli.out().lines()).allMatch(line -> line.length() <= TERMINAL_WIDTH);
    }
  }

  @Test
  void versionIsGiven() {
    assertThat(cli.run("--version")).isZero();
    assertThat(cli.out()).isEqualTo("authdb unpackaged\n");
  }

  @Test
  void completionIsAScriptThatBashReads() throws Exception {
    assertThat(cli.run("completion")).isZero();
    assertThat(cli.out()).contains("adduser", "--generate");
    Path script = Files.writeString(folder.resolve("completion"), cli.out());
    Process bash = new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start();
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).isZero();
  }
}
