package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Changes.Outcome;
import sallyport.authdb.Changes.PairCount;
import sallyport.authdb.Changes.UserCount;
import sallyport.authdb.Snapshot.Account;

/** Several processes at work on one database. */
final class SharedDatabaseTest {
  private static final int ROUNDS = 40;
  private static final String UID = "65534";

  @TempDir Path folder;
  @TempDir Path jars;

  /** Two commands and an authsrv; this process is the authsrv. */
  @Test
  void noneUndoesOrMissesWhatAnotherHasDone() throws Exception {
    Site site = new Site(folder);
    int seconds = 0;
    UserDatabase.create(site.database, site.keys).close();
    try (UserDatabase authsrv = UserDatabase.open(site.database, site.keys)) {
      for (String user : List.of("john", "jane", "shared")) {
        authsrv.add(user, "", "", some("secret0"), false);
      }
      List<Process> commands = new ArrayList<>();
      for (String user : List.of("john", "jane")) {
        commands.add(
            OtherProcess.start(
                jars, "administer", folder.toString(), user, String.valueOf(ROUNDS)));
      }
      boolean seen = false;
      while (commands.stream().anyMatch(Process::isAlive)) {
        seen |= authsrv.changedByOthers();
        seconds++;
        authsrv.write(second(authsrv.snapshot(), seconds));
        Thread.sleep(5);
      }
      for (Process command : commands) {
        assertThat(new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo("done\n");
      }
      assertThat(seen).isTrue();
    }
    try (UserDatabase database = site.open()) {
      assertThat(database.list()).hasSize(3 + 2 * ROUNDS);
      for (String name : List.of("john", "jane")) {
        User user = database.find(name).orElseThrow();
        assertThat(user.group()).isEqualTo("group" + ROUNDS);
        assertThat(text(database.frontSecret(name))).contains("secret" + ROUNDS);
        assertThat(user.inside().get("mail").name()).contains("inside" + ROUNDS);
        assertThat(database.snapshot().accounts().get(name).unlocks()).isEqualTo(ROUNDS);
      }
      User shared = database.find("shared").orElseThrow();
      assertThat(shared.lastLogin()).contains(Site.START.plusSeconds(seconds));
      assertThat(shared.badCount()).isEqualTo(seconds);
      assertThat(shared.disabled()).isEqualTo(ROUNDS % 2 == 0);
      assertThat(database.log("shared", 1000)).hasSize(Math.min(seconds, UserDatabase.LOG_KEPT));
    }
  }

  private static Changes second(Snapshot snapshot, int second) {
    List<Outcome> outcomes = new ArrayList<>();
    List<UserCount> users = new ArrayList<>();
    List<PairCount> pairs = new ArrayList<>();
    Instant now = Site.START.plusSeconds(second);
    Map<String, Account> accounts = snapshot.accounts();
    for (String name : List.of("john", "jane", "shared")) {
      Account account = accounts.get(name);
      long id = account.id();
      outcomes.add(new Outcome(id, new LoginRecord(now, "192.0.2.7", LoginRecord.Outcome.LOGIN)));
      users.add(new UserCount(id, account.unlocks(), second, Optional.empty()));
      Snapshot.Pair pair =
          new Snapshot.Pair(
              "192.0.2.0/24", second, Optional.of(now), Optional.empty(), Optional.of(now));
      pairs.add(new PairCount(id, account.unlocks(), pair));
    }
    return new Changes(outcomes, users, pairs);
  }

  @Test
  void itIsWorkedOnFromWithinAJail() throws Exception {
    Root.needed();
    Site site = new Site(folder);
    try (UserDatabase database = site.create()) {
      database.add("john", "", "", some("sesame"), false);
    }
    give(site);
    Process authsrv = OtherProcess.start(jars, "confined", folder.toString(), UID);
    try (BufferedReader said = authsrv.inputReader();
        OutputStream go = authsrv.getOutputStream()) {
      assertThat(said.readLine()).isEqualTo("sesame");
      rotateAsOwner(site);
      go.write('\n');
      go.flush();
      assertThat(said.lines()).containsExactly("true", "sesame", "2");
    }
    assertThat(authsrv.waitFor()).isZero();
  }

  /** Another process of the same account does so outside of the jail; root would be refused. */
  private void rotateAsOwner(Site site) throws Exception {
    Process command = OtherProcess.start(jars, "rotate", site.folder.toString(), UID);
    assertThat(new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("done\n");
  }

  private static void give(Site site) throws Exception {
    try (var files = Files.walk(site.folder)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", Integer.valueOf(UID));
        Files.setAttribute(file, "unix:gid", Integer.valueOf(UID));
      }
    }
  }
}
