package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Changes.PairCount;
import sallyport.authdb.Changes.UserCount;
import sallyport.authdb.LoginRecord.Outcome;
import sallyport.authdb.Snapshot.Account;
import sallyport.authdb.Snapshot.Pair;

final class UserDatabaseTest {
  private static final Optional<Instant> NEVER = Optional.empty();

  @TempDir Path folder;
  private Site site;
  private UserDatabase database;

  @BeforeEach
  void makeDatabase() throws Exception {
    site = new Site(folder);
    database = site.create();
  }

  @AfterEach
  void closeDatabase() throws Exception {
    database.close();
  }

  private Account account(String name) throws Exception {
    return database.snapshot().accounts().get(name);
  }

  private static Changes outcome(long id, LoginRecord login) {
    return new Changes(List.of(new Changes.Outcome(id, login)), List.of(), List.of());
  }

  @Test
  void aNewUserHasOnlyWhatWasGiven() throws Exception {
    assertThat(database.add("john", "staff", "John Doe", some("sesame"), true)).isTrue();
    assertThat(database.find("john"))
        .contains(
            new User(
                "john",
                "staff",
                "John Doe",
                true,
                0,
                NEVER,
                NEVER,
                Optional.empty(),
                Site.START,
                Optional.of(Site.START),
                Map.of()));
    assertThat(text(database.frontSecret("john"))).contains("sesame");
  }

  @Test
  void everyColumnOfAUserComesBackAsItWasWritten() throws Exception {
    database.add("john", "staff", "John", some("sesame"), false);
    database.setGroup("john", "guests");
    database.setLongName("john", "Jöhn \"Doe\" 🗝");
    database.setDisabled("john", true);
    database.map("john", "mail", Optional.of("jdoe"), Optional.empty());
    database.map("john", "archive", Optional.empty(), some("other"));
    Account account = account("john");
    Instant asleep = Site.START.plusSeconds(1200);
    Instant login = Site.START.plusSeconds(7);
    database.write(outcome(account.id(), new LoginRecord(login, "192.0.2.7", Outcome.LOGIN)));
    database.write(
        new Changes(
            List.of(),
            List.of(new UserCount(account.id(), account.unlocks(), 3, Optional.of(asleep))),
            List.of()));
    site.now = Site.START.plusSeconds(60);
    database.setDisabled("john", false);
    database.setDisabled("john", true);

    User expected =
        new User(
            "john",
            "guests",
            "Jöhn \"Doe\" 🗝",
            true,
            3,
            Optional.of(asleep),
            Optional.of(login),
            Optional.of("192.0.2.7"),
            Site.START,
            Optional.of(Site.START),
            Map.of(
                "mail", new Inside(Optional.of("jdoe"), false),
                "archive", new Inside(Optional.empty(), true)));
    assertThat(database.find("john")).contains(expected);
    assertThat(database.list()).containsExactly(expected);
    assertThat(account("john").user()).isEqualTo(expected);
  }

  @Test
  void nothingIsDoneForAUserWhoIsNotThere() throws Exception {
    assertThat(database.find("john")).isEmpty();
    assertThat(database.frontSecret("john")).isEmpty();
    assertThat(database.insideSecret("john", "mail")).isEmpty();
    assertThat(database.log("john", 10)).isEmpty();
    assertThat(database.remove("john")).isFalse();
    assertThat(database.rename("john", "jane")).isEqualTo(Rename.NO_SUCH_USER);
    assertThat(database.setGroup("john", "x")).isFalse();
    assertThat(database.setLongName("john", "x")).isFalse();
    assertThat(database.setDisabled("john", true)).isFalse();
    assertThat(database.setFrontSecret("john", Site.secret("x"))).isFalse();
    assertThat(database.map("john", "mail", Optional.of("j"), some("x"))).isFalse();
    assertThat(database.unmap("john", "mail")).isFalse();
    assertThat(database.unlock("john")).isFalse();
    assertThat(database.list()).isEmpty();
  }

  @Test
  void aNameIsGivenOnce() throws Exception {
    database.add("john", "staff", "", some("first"), false);
    assertThat(database.add("john", "other", "", some("second"), false)).isFalse();
    assertThat(database.find("john").orElseThrow().group()).isEqualTo("staff");
    assertThat(text(database.frontSecret("john"))).contains("first");
  }

  @Test
  void usersComeInTheOrderOfTheirNames() throws Exception {
    for (String name : List.of("zoe", "adam", "m.x", "m-x")) {
      database.add(name, "", "", Optional.empty(), false);
    }
    assertThat(database.list()).extracting(User::name).containsExactly("adam", "m-x", "m.x", "zoe");
  }

  @Test
  void whatIsNotANameOrATextIsNotTaken() {
    assertThatIllegalArgumentException().isThrownBy(() -> add("John", "", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> add("a".repeat(65), "", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> add("john%mail", "", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> add("john", "a\nb", ""));
    assertThatIllegalArgumentException().isThrownBy(() -> add("john", "", "a\u001b[2J"));
    assertThatIllegalArgumentException().isThrownBy(() -> add("john", "", "a".repeat(256)));
  }

  private void add(String name, String group, String longName) throws DatabaseTrouble {
    database.add(name, group, longName, Optional.empty(), false);
  }

  @Test
  void aRemovedUserLeavesNothingToTheNextOfThatName() throws Exception {
    database.add("john", "", "", some("sesame"), false);
    database.map("john", "mail", Optional.of("jdoe"), some("inside"));
    long old = account("john").id();
    database.write(outcome(old, new LoginRecord(Site.START, "192.0.2.7", Outcome.LOGIN)));
    assertThat(database.remove("john")).isTrue();
    database.add("john", "", "", Optional.empty(), false);

    assertThat(account("john").id()).isNotEqualTo(old);
    assertThat(database.frontSecret("john")).isEmpty();
    assertThat(database.insideSecret("john", "mail")).isEmpty();
    assertThat(database.log("john", 10)).isEmpty();
    database.write(outcome(old, new LoginRecord(Site.START, "192.0.2.7", Outcome.LOGIN)));
    assertThat(database.log("john", 10)).isEmpty();
    assertThat(database.find("john").orElseThrow().lastLogin()).isEmpty();
  }

  @Test
  void aRenamedUserKeepsSecretsAndLog() throws Exception {
    database.add("john", "", "", some("old"), false);
    database.setFrontSecret("john", Site.secret("sesame"));
    database.map("john", "mail", Optional.empty(), some("inside"));
    long id = account("john").id();
    database.write(outcome(id, new LoginRecord(Site.START, "192.0.2.7", Outcome.LOGIN)));
    database.add("jane", "", "", Optional.empty(), false);

    assertThat(database.rename("john", "jane")).isEqualTo(Rename.NAME_TAKEN);
    assertThat(database.rename("john", "jack")).isEqualTo(Rename.DONE);
    assertThat(database.find("john")).isEmpty();
    assertThat(text(database.frontSecret("jack"))).contains("sesame");
    assertThat(text(database.insideSecret("jack", "mail"))).contains("inside");
    assertThat(database.log("jack", 10)).hasSize(1);
    Account account = account("jack");
    assertThat(account.id()).isEqualTo(id);
    Sealed previous = account.previous().orElseThrow().sealed();
    assertThat(text(Optional.of(database.keyring().open("jack", Purpose.APOP_PREVIOUS, previous))))
        .contains("old");
  }

  @Test
  void theSecretBeforeIsRememberedForFourteenDays() throws Exception {
    database.add("john", "", "", some("first"), false);
    database.setFrontSecret("john", Site.secret("second"));
    assertThat(account("john").previous().orElseThrow().until())
        .isEqualTo(Site.START.plus(Duration.ofDays(14)));
    site.now = Site.START.plus(Duration.ofDays(14));
    assertThat(account("john").previous()).isEmpty();
    assertThat(text(database.frontSecret("john"))).contains("second");
  }

  @Test
  void toSetTheSameSecretAgainKeepsTheOneBefore() throws Exception {
    database.add("john", "", "", some("first"), false);
    database.setFrontSecret("john", Site.secret("second"));
    database.setFrontSecret("john", Site.secret("second"));
    Sealed previous = account("john").previous().orElseThrow().sealed();
    assertThat(text(Optional.of(database.keyring().open("john", Purpose.APOP_PREVIOUS, previous))))
        .contains("first");
  }

  @Test
  void aMappingKeepsWhatIsNotGiven() throws Exception {
    database.add("john", "", "", some("sesame"), false);
    database.map("john", "mail", Optional.of("jdoe"), Optional.empty());
    database.map("john", "mail", Optional.empty(), some("inside"));
    assertThat(database.find("john").orElseThrow().inside())
        .isEqualTo(Map.of("mail", new Inside(Optional.of("jdoe"), true)));
    assertThat(account("john").inside()).containsOnlyKeys("mail");
    assertThat(database.unmap("john", "mail")).isTrue();
    assertThat(database.insideSecret("john", "mail")).isEmpty();
    assertThat(database.find("john").orElseThrow().inside()).isEmpty();
    assertThat(database.unmap("john", "mail")).isFalse();
  }

  @Test
  void theServersOfAUserAreBounded() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    for (int i = 0; i < UserDatabase.INSIDE_MOST; i++) {
      database.map("john", "s" + i, Optional.empty(), Optional.empty());
    }
    database.map("john", "s0", Optional.of("again"), Optional.empty());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> database.map("john", "more", Optional.empty(), Optional.empty()));
    assertThat(database.find("john").orElseThrow().inside()).hasSize(UserDatabase.INSIDE_MOST);
  }

  @Test
  void theLogKeepsTheNewestOfEachUser() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    database.add("jane", "", "", Optional.empty(), false);
    database.write(
        outcome(account("jane").id(), new LoginRecord(Site.START, "::1", Outcome.DISABLED)));
    long john = account("john").id();
    for (int round = 0; round < 3; round++) {
      List<Changes.Outcome> outcomes = new java.util.ArrayList<>();
      for (int i = 0; i < 70; i++) {
        Instant time = Site.START.plusSeconds(70 * round + i);
        outcomes.add(
            new Changes.Outcome(john, new LoginRecord(time, "192.0.2.7", Outcome.WRONG_SECRET)));
      }
      database.write(new Changes(outcomes, List.of(), List.of()));
    }
    List<LoginRecord> log = database.log("john", 1000);
    assertThat(log).hasSize(UserDatabase.LOG_KEPT);
    assertThat(log.getFirst().time()).isEqualTo(Site.START.plusSeconds(209));
    assertThat(log.getLast().time()).isEqualTo(Site.START.plusSeconds(110));
    assertThat(database.log("john", 3)).hasSize(3);
    assertThat(database.log("jane", 10))
        .extracting(LoginRecord::outcome)
        .containsExactly(Outcome.DISABLED);
  }

  @Test
  void whatIsInTheFileBeyondTheLogIsBounded() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    long john = account("john").id();
    int most = 0;
    for (int i = 0; i < 3 * Outcomes.LOG_SLACK; i++) {
      database.write(
          outcome(
              john, new LoginRecord(Site.START.plusSeconds(i), "192.0.2.7", Outcome.WRONG_SECRET)));
      most = Math.max(most, linesInFile());
    }
    assertThat(most)
        .isBetween(UserDatabase.LOG_KEPT, UserDatabase.LOG_KEPT + Outcomes.LOG_SLACK - 1);
    assertThat(database.log("john", 1000)).hasSize(UserDatabase.LOG_KEPT);
  }

  @Test
  void whatAnEarlierRunLeftInTheFileIsTrimmedByTheNext() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    long john = account("john").id();
    LoginRecord refused = new LoginRecord(Site.START, "192.0.2.7", Outcome.WRONG_SECRET);
    for (int i = 0; i < UserDatabase.LOG_KEPT + Outcomes.LOG_SLACK; i++) {
      database.write(outcome(john, refused));
    }
    assertThat(linesInFile()).isGreaterThan(UserDatabase.LOG_KEPT);
    try (UserDatabase next = site.open()) {
      next.write(outcome(john, refused));
    }
    assertThat(linesInFile()).isEqualTo(UserDatabase.LOG_KEPT);
  }

  private int linesInFile() throws Exception {
    return Integer.parseInt(Sqlite.ask(site.database, "SELECT count(*) FROM logins"));
  }

  @Test
  void theLastOfSeveralLoginsAtOnceIsTheLast() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    long john = account("john").id();
    List<Changes.Outcome> outcomes = new java.util.ArrayList<>();
    for (int second : new int[] {3, 9, 9, 5}) {
      String source = "192.0.2." + outcomes.size();
      outcomes.add(
          new Changes.Outcome(
              john, new LoginRecord(Site.START.plusSeconds(second), source, Outcome.LOGIN)));
    }
    outcomes.add(
        new Changes.Outcome(
            john, new LoginRecord(Site.START.plusSeconds(10), "192.0.2.99", Outcome.WRONG_SECRET)));
    database.write(new Changes(outcomes, List.of(), List.of()));
    User user = database.find("john").orElseThrow();
    assertThat(user.lastLogin()).contains(Site.START.plusSeconds(9));
    assertThat(user.lastSource()).contains("192.0.2.2");
  }

  @Test
  void everyOutcomeCanBeLogged() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    long id = account("john").id();
    for (Outcome outcome : Outcome.values()) {
      database.write(outcome(id, new LoginRecord(Site.START, "2001:db8::1", outcome)));
    }
    assertThat(database.log("john", 100))
        .extracting(LoginRecord::outcome)
        .containsExactlyInAnyOrder(Outcome.values());
  }

  @Test
  void countsOfPairsComeBackUntilTheyAreBlank() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    Account john = account("john");
    Pair pair =
        new Pair(
            "192.0.2.0/24",
            4,
            Optional.of(Site.START),
            Optional.of(Site.START.plusSeconds(5)),
            Optional.of(Site.START.minusSeconds(5)));
    database.write(pairs(john, pair));
    assertThat(account("john").pairs()).containsExactly(pair);
    database.write(pairs(john, new Pair("192.0.2.0/24", 0, NEVER, NEVER, NEVER)));
    assertThat(account("john").pairs()).isEmpty();
  }

  private static Changes pairs(Account account, Pair... pairs) {
    List<PairCount> counts =
        java.util.Arrays.stream(pairs)
            .map(pair -> new PairCount(account.id(), account.unlocks(), pair))
            .toList();
    return new Changes(List.of(), List.of(), counts);
  }

  @Test
  void aFloodOfSourcesDoesNotPushOutTheOnesWithALogin() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    Account john = account("john");
    Pair home = new Pair("198.51.100.0/24", 0, NEVER, NEVER, Optional.of(Site.START));
    database.write(pairs(john, home));
    for (int i = 0; i < 200; i++) {
      Optional<Instant> later = Optional.of(Site.START.plusSeconds(i));
      database.write(pairs(john, new Pair("10.0." + i + ".0/24", 1, later, NEVER, NEVER)));
    }
    List<Pair> kept = account("john").pairs();
    assertThat(kept).hasSize(UserDatabase.PAIRS_KEPT).contains(home);
    assertThat(kept)
        .extracting(Pair::source)
        .contains("10.0.199.0/24")
        .doesNotContain("10.0.0.0/24");
  }

  @Test
  void anUnlockIsNotUndoneByCountsFromBefore() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    Account before = account("john");
    Optional<Instant> then = Optional.of(Site.START);
    Pair asleep = new Pair("192.0.2.0/24", 5, then, then, NEVER);
    Pair home = new Pair("198.51.100.0/24", 5, then, then, then);
    database.write(pairs(before, asleep, home));
    assertThat(database.unlock("john")).isTrue();
    assertThat(account("john").pairs())
        .containsExactly(new Pair("198.51.100.0/24", 0, NEVER, NEVER, then));

    database.write(pairs(before, asleep));
    database.write(
        new Changes(
            List.of(),
            List.of(new UserCount(before.id(), before.unlocks(), 9, Optional.of(Site.START))),
            List.of()));
    User user = database.find("john").orElseThrow();
    assertThat(user.badCount()).isZero();
    assertThat(user.sleepingUntil()).isEmpty();
    assertThat(account("john").pairs()).hasSize(1);
    assertThat(account("john").unlocks()).isEqualTo(before.unlocks() + 1);
  }

  @Test
  void aNewSecretUnlocks() throws Exception {
    database.add("john", "", "", some("first"), false);
    long before = account("john").unlocks();
    database.setFrontSecret("john", Site.secret("second"));
    assertThat(account("john").unlocks()).isEqualTo(before + 1);
  }

  @Test
  void anEarlierLoginDoesNotReplaceALaterOne() throws Exception {
    database.add("john", "", "", Optional.empty(), false);
    long id = account("john").id();
    database.write(outcome(id, new LoginRecord(Site.START, "192.0.2.7", Outcome.LOGIN)));
    database.write(
        outcome(id, new LoginRecord(Site.START.minusSeconds(9), "192.0.2.8", Outcome.LOGIN)));
    assertThat(database.find("john").orElseThrow().lastSource()).contains("192.0.2.7");
  }

  @Test
  void onlyChangesOfOthersAreReported() throws Exception {
    assertThat(database.changedByOthers()).isFalse();
    database.add("john", "", "", Optional.empty(), false);
    assertThat(database.changedByOthers()).isFalse();
    try (UserDatabase other = site.open()) {
      other.setDisabled("john", true);
    }
    assertThat(database.changedByOthers()).isTrue();
    assertThat(database.changedByOthers()).isFalse();
  }

  @Test
  void filesAreForTheirOwnerAlone() throws Exception {
    database.add("john", "", "", some("sesame"), false);
    for (String name : List.of("users.db", "users.db-wal", "users.db-shm", "users.db.lock")) {
      assertThat(mode(folder.resolve(name))).as(name).isEqualTo("rw-------");
    }
    assertThat(mode(site.keys)).isEqualTo("rwx------");
    String key = database.currentKeyId() + ".key";
    try (var files = Files.list(site.keys)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly(key);
    }
    assertThat(mode(site.keys.resolve(key))).isEqualTo("r--------");
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aRehearsalLeavesNothingBehind() throws Exception {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    UserDatabase.rehearse();
    try (var files = Files.list(temporary)) {
      String ours = "sallyport-sqlite-" + ProcessHandle.current().pid() + "-";
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(ours));
    }
  }
}
