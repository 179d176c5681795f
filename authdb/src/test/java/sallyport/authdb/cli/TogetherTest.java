package sallyport.authdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Changes;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;

/** Two administrators and authsrv at the same database at once. */
class TogetherTest {
  private static final int ROUNDS = 40;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void makeDatabase() throws Exception {
    cli = new Cli(folder).withJohn();
  }

  @Test
  void noUpdateIsLost() throws Exception {
    CyclicBarrier round = new CyclicBarrier(3);
    try (ExecutorService three = Executors.newFixedThreadPool(3)) {
      for (Future<Boolean> one :
          three.invokeAll(List.of(adding(round), changing(round), counting(round)))) {
        assertThat(one.get()).isTrue();
      }
    }
    try (UserDatabase database = cli.open();
        Secret secret = database.frontSecret("john").orElseThrow()) {
      assertThat(database.list()).hasSize(1 + ROUNDS);
      assertThat(secret.octets()).asString().isEqualTo("secret number " + (ROUNDS - 1));
      assertThat(database.find("john").orElseThrow().group()).isEqualTo("group-" + (ROUNDS - 1));
      assertThat(database.log("john", UserDatabase.LOG_KEPT)).hasSize(ROUNDS);
    }
  }

  private Callable<Boolean> adding(CyclicBarrier round) {
    Cli own = cli.another();
    return () -> {
      for (int i = 0; i < ROUNDS; i++) {
        round.await();
        succeeds(own, "adduser", "user-" + i, "--generate");
        succeeds(own, "group", "john", "group-" + i);
      }
      return true;
    };
  }

  private Callable<Boolean> changing(CyclicBarrier round) {
    Cli own = cli.another();
    return () -> {
      for (int i = 0; i < ROUNDS; i++) {
        round.await();
        succeeds(own.piping("secret number " + i), "passwd", "john", "--stdin");
        succeeds(own, "list");
      }
      return true;
    };
  }

  private static void succeeds(Cli cli, String... args) {
    assertThat(cli.run(args)).as("%s: %s", String.join(" ", args), cli.err()).isZero();
  }

  /** As authsrv does: one connection for all, a snapshot when others wrote, then a write. */
  private Callable<Boolean> counting(CyclicBarrier round) {
    return () -> {
      try (UserDatabase database = cli.open()) {
        for (int i = 0; i < ROUNDS; i++) {
          round.await();
          count(database, i);
        }
      }
      return true;
    };
  }

  private static void count(UserDatabase database, int i) throws Exception {
    database.changedByOthers();
    var john = database.snapshot().accounts().get("john");
    LoginRecord login =
        new LoginRecord(Cli.NOW.plusSeconds(i), "192.0.2.7", LoginRecord.Outcome.WRONG_SECRET);
    database.write(
        new Changes(
            List.of(new Changes.Outcome(john.id(), login)),
            List.of(new Changes.UserCount(john.id(), john.unlocks(), i, Optional.empty())),
            List.of()));
  }
}
