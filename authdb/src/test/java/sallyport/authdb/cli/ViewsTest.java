package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Changes;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.Secret;
import sallyport.authdb.Snapshot;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.UserEntry;

/** What list, display and log show, letter by letter. */
class ViewsTest {
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T11:30:00Z");

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void fillDatabase() throws Exception {
    cli = new Cli(folder);
    cli.withJohn().run("deluser", "john", "--yes");
    Secret secret = Secret.of("long enough now".getBytes(StandardCharsets.US_ASCII));
    try (UserDatabase database = cli.open()) {
      database.load(
          List.of(
              entry("john", "staff", "John Smith", Optional.of(secret)),
              entry("jane", "", "", Optional.of(secret)),
              entry("zoe", "guests", "Zoë Müller", Optional.empty()),
              entry("bob", "staff", "Bob", Optional.of(secret))));
      database.setDisabled("bob", true);
      database.map("john", "mail", Optional.of("jsmith"), Optional.empty());
      database.map("john", "archive", Optional.empty(), Optional.of(secret));
      recordLogins(database);
    }
  }

  private static UserEntry entry(
      String name, String group, String longName, Optional<Secret> secret) {
    return new UserEntry(
        name,
        group,
        longName,
        false,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.of(NEW_YEAR),
        secret.map(_ -> NEW_YEAR),
        secret,
        Map.of());
  }

  /** john logs in, then forgets his secret; jane is put to sleep. */
  private static void recordLogins(UserDatabase database) throws DatabaseTrouble {
    long john = database.snapshot().accounts().get("john").id();
    Instant morning = Cli.NOW.minus(Duration.ofHours(2));
    List<Changes.Outcome> outcomes = new ArrayList<>();
    outcomes.add(outcome(john, morning, "2001:db8::7", LoginRecord.Outcome.LOGIN));
    outcomes.add(
        outcome(john, morning.plusSeconds(75), "192.0.2.7", LoginRecord.Outcome.WRONG_SECRET));
    database.write(
        new Changes(
            outcomes,
            List.of(
                count(database, "john", 1, Optional.empty()),
                count(database, "jane", 5, Optional.of(Cli.NOW.plusSeconds(1200)))),
            List.of()));
  }

  private static Changes.UserCount count(
      UserDatabase database, String user, int bad, Optional<Instant> sleepingUntil)
      throws DatabaseTrouble {
    Snapshot.Account account = database.snapshot().accounts().get(user);
    return new Changes.UserCount(account.id(), account.unlocks(), bad, sleepingUntil);
  }

  private static Changes.Outcome outcome(
      long user, Instant time, String source, LoginRecord.Outcome outcome) {
    return new Changes.Outcome(user, new LoginRecord(time, source, outcome));
  }

  private String onTerminal(String... args) {
    assertThat(cli.typing().run(args)).isZero();
    return cli.out();
  }

  private String toPipe(String... args) {
    assertThat(cli.piping("").run(args)).isZero();
    return cli.out();
  }

  @Test
  void listStandsInColumnsOnATerminal() {
    assertThat(onTerminal("list"))
        .isEqualTo(
            """
            USER  GROUP   STATUS     LAST LOGIN           FROM         NAME
            bob   staff   disabled   never                -            Bob
            jane  -       asleep     never                -            -
            john  staff   enabled    2026-07-25 10:00:00  2001:db8::7  John Smith
            zoe   guests  no-secret  never                -            Zoë Müller
            """);
  }

  @Test
  void listStandsBetweenTabsInAPipe() {
    assertThat(toPipe("list"))
        .isEqualTo(
            """
            bob|staff|disabled|never|-|Bob
            jane|-|asleep|never|-|-
            john|staff|enabled|2026-07-25T10:00:00+02:00|2001:db8::7|John Smith
            zoe|guests|no-secret|never|-|Zoë Müller
            """
                .replace('|', '\t'));
  }

  @Test
  void listOfNobodySaysSoBesideTheAnswer() throws IOException {
    for (String user : List.of("bob", "jane", "john", "zoe")) {
      cli.run("deluser", user, "--yes");
    }
    assertThat(toPipe("list")).isEmpty();
    assertThat(cli.err()).isEqualTo("No users.\n");
    assertThat(toPipe("list", "--json")).isEqualTo("[]\n");
  }

  @Test
  void displayIsAReport() {
    assertThat(onTerminal("display", "john"))
        .isEqualTo(
            """
            Report for user john, group staff (John Smith)
            Status:              enabled
            Last authenticated:  2026-07-25 10:00:00 from 2001:db8::7
            Bad logins:          1
            Secret:              changed 2026-01-01 12:30:00
            Added:               2026-01-01 12:30:00
            At archive:          as here, with a secret of its own
            At mail:             as jsmith, with the same secret
            """);
    assertThat(onTerminal("display", "jane"))
        .isEqualTo(
            """
            Report for user jane
            Status:              asleep until 2026-07-25 12:20:00
            Last authenticated:  never
            Bad logins:          5
            Secret:              changed 2026-01-01 12:30:00
            Added:               2026-01-01 12:30:00
            """);
    assertThat(toPipe("display", "zoe"))
        .isEqualTo(
            """
            Report for user zoe, group guests (Zoë Müller)
            Status:              enabled, but no secret to log in with
            Last authenticated:  never
            Bad logins:          0
            Secret:              none
            Added:               2026-01-01T12:30:00+01:00
            """);
  }

  @Test
  void userIsAnObjectInJson() {
    assertThat(toPipe("display", "john", "--json"))
        .isEqualTo(
            """
            {"name": "john", "group": "staff", "longName": "John Smith", "status": "enabled", \
            "disabled": false, "badCount": 1, "sleepingUntil": null, \
            "lastLogin": "2026-07-25T08:00:00Z", "lastSource": "2001:db8::7", \
            "created": "2026-01-01T11:30:00Z", "secretChanged": "2026-01-01T11:30:00Z", \
            "inside": {"archive": {"name": null, "ownSecret": true}, \
            "mail": {"name": "jsmith", "ownSecret": false}}}
            """);
    assertThat(toPipe("list", "--json"))
        .startsWith("[{\"name\": \"bob\", ")
        .contains("\"sleepingUntil\": \"2026-07-25T10:20:00Z\"")
        .endsWith("\"secretChanged\": null, \"inside\": {}}]\n");
  }

  @Test
  void logHasTheNewestFirst() {
    assertThat(onTerminal("log", "john"))
        .isEqualTo(
            """
            TIME                 SOURCE       OUTCOME
            2026-07-25 10:01:15  192.0.2.7    wrong-secret
            2026-07-25 10:00:00  2001:db8::7  login
            """);
    assertThat(toPipe("log", "john", "-n", "1"))
        .isEqualTo("2026-07-25T10:01:15+02:00\t192.0.2.7\twrong-secret\n");
    assertThat(toPipe("log", "john", "-n", "1", "--json"))
        .isEqualTo(
            """
            [{"time": "2026-07-25T08:01:15Z", "source": "192.0.2.7", "outcome": "wrong-secret"}]
            """);
    assertThat(toPipe("log", "bob")).isEmpty();
    assertThat(cli.err()).isEqualTo("No logins of bob yet.\n");
  }

  @Test
  void unlockedUserIsAwake() {
    assertThat(toPipe("unlock", "jane")).isEqualTo("User jane unlocked.\n");
    assertThat(toPipe("display", "jane"))
        .contains("Status:              enabled\n", "logins:          0\n");
  }

  @Test
  void sleepThatIsOverIsNotShown() throws Exception {
    try (UserDatabase database = cli.open()) {
      Optional<Instant> past = Optional.of(Cli.NOW.minusSeconds(1));
      database.write(new Changes(List.of(), List.of(count(database, "jane", 5, past)), List.of()));
    }
    assertThat(toPipe("list")).contains("jane\t-\tenabled\t");
  }
}
