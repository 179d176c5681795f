package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.HOME;
import static sallyport.authdb.authsrv.TestBroker.isOk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.UserDatabase;

/** Nobody waits for the database, and nobody is let in because it is in trouble. */
class KeeperTest {

  private static List<LoginRecord.Outcome> logOf(TestBroker it, String user) throws Exception {
    try (UserDatabase other = it.commandLine()) {
      return other.log(user, 100).stream().map(LoginRecord::outcome).toList();
    }
  }

  private static void serves(TestBroker it) {
    assertThat(isOk(it.login("john", "tanstaaf", HOME))).isTrue();
    assertThat(isOk(it.login("john", "wrong", HOME))).isFalse();
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void whileTheDatabaseIsLockedItServesAndWritesLater(@TempDir Path folder) throws Exception {
    try (TestBroker it = TestBroker.in(folder);
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + it.database);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      serves(it);
      it.keeper.tick();
      serves(it);
      it.keeper.tick();
      assertThat(count(it.logged(), "trouble what=database")).isEqualTo(1);
      statement.execute("ROLLBACK");
      it.keeper.tick();
      assertThat(it.logged()).contains("database-up lost=0");
      assertThat(logOf(it, "john"))
          .containsExactly(
              LoginRecord.Outcome.WRONG_SECRET,
              LoginRecord.Outcome.LOGIN,
              LoginRecord.Outcome.WRONG_SECRET,
              LoginRecord.Outcome.LOGIN);
    }
  }

  @Test
  void onAFullDiskItServesAndWritesLater(@TempDir Path folder) throws Exception {
    Root.needed();
    run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", folder.toString());
    try (TestBroker it = TestBroker.in(folder)) {
      Path filler = folder.resolve("filler");
      fill(filler);
      writesThatFail(it);
      assertThat(count(it.logged(), "trouble what=database")).isEqualTo(1);
      Files.delete(filler);
      it.keeper.tick();
      assertThat(count(it.logged(), "database-up")).isEqualTo(1);
      assertThat(logOf(it, "john")).hasSize(100);
    } finally {
      run("umount", folder.toString());
    }
  }

  /** The first page that is written anew may still fit. */
  private static void writesThatFail(TestBroker it) {
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 100; j++) {
        it.password("john", "wrong", "10.8." + j + ".1");
      }
      assertThat(isOk(it.login("jane", "opensesame", HOME))).isTrue();
      it.keeper.tick();
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[512];
    try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // Full, as it should be.
    }
  }

  @Test
  void whatWaitsIsBoundedAndTheLossIsCounted(@TempDir Path folder) throws Exception {
    try (TestBroker it = TestBroker.in(folder)) {
      for (int i = 0; i < Ledger.MAX_OUTCOMES + 7; i++) {
        it.deny("john", HOME);
      }
      assertThat(it.broker.lost()).isEqualTo(7);
      it.broker.giveBack(it.broker.takeChanges());
      it.deny("john", HOME);
      assertThat(it.broker.lost()).isEqualTo(1);
      assertThat(it.broker.takeChanges().outcomes()).hasSize(Ledger.MAX_OUTCOMES);
      assertThat(it.broker.takeChanges().isEmpty()).isTrue();
    }
  }

  @Test
  void aSecretThatCannotBeOpenedLetsNobodyIn(@TempDir Path folder) throws Exception {
    try (TestBroker it = TestBroker.in(folder)) {
      try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + it.database);
          Statement statement = other.createStatement()) {
        statement.execute(
            "UPDATE secrets SET (key_id, sealed) = (SELECT key_id, sealed FROM secrets WHERE"
                + " purpose = 'apop' AND user_id = (SELECT id FROM users WHERE name = 'jane'))"
                + " WHERE purpose = 'apop' AND user_id = (SELECT id FROM users WHERE name = 'john')");
      }
      it.keeper.tick();
      assertThat(it.login("john", "tanstaaf", HOME).reply().line()).endsWith("unavailable");
      assertThat(it.login("john", "opensesame", HOME).reply().line()).endsWith("unavailable");
      assertThat(isOk(it.login("jane", "opensesame", HOME))).isTrue();
      assertThat(it.logged()).contains("trouble what=secret user=john");
    }
  }

  @Test
  void aChangeOfAnotherProcessIsTakenOverOnce(@TempDir Path folder) throws Exception {
    try (TestBroker it = TestBroker.in(folder)) {
      try (UserDatabase other = it.commandLine()) {
        other.add("lucy", "", "", Optional.of(TestBroker.secret("diamonds")), false);
      }
      assertThat(isOk(it.login("lucy", "diamonds", HOME))).isFalse();
      it.keeper.tick();
      assertThat(isOk(it.login("lucy", "diamonds", "192.0.2.8"))).isTrue();
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as("%s", String.join(" ", command)).isZero();
  }
}
