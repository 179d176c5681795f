package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two administrators and authsrv write to one database at once: nobody is told of an error, and
 * nothing that was said to be done is undone by another. {@code -Dsallyport.concurrency.seconds=60}
 * makes it go on for a minute.
 */
class ConcurrencyIT {
  private static final Duration HOW_LONG =
      Duration.ofSeconds(Integer.getInteger("sallyport.concurrency.seconds", 6));
  private static final Duration SEEN_TIME = Duration.ofSeconds(10);
  private static final String SECRET = "c1f83b6de0924a7fb5d2960e4a7c13f8";

  @TempDir Path folder;

  @Test
  void twoAdministratorsAndAuthsrvLoseNoUpdate() throws Exception {
    try (CannedPop3 inside = new CannedPop3(SECRET);
        LoginGateway gateway = new LoginGateway(folder).server("mail", inside.port())) {
      gateway.server("a", inside.port()).server("b", inside.port());
      gateway.addUser("john", SECRET);
      Child authsrv = gateway.authsrv();
      int port = Gateway.port(gateway.pop3Gw());
      long end = System.nanoTime() + HOW_LONG.toNanos();
      AtomicInteger logins = new AtomicInteger();
      List<List<String>> done =
          atOnce(
              List.of(
                  () -> administrate(gateway, "a", end),
                  () -> administrate(gateway, "b", end),
                  () -> logIn(port, end, logins)));
      System.out.printf(
          "%d s of two authdb and authsrv on one database: %d and %d users added and mapped,"
              + " %d logins%n",
          HOW_LONG.toSeconds(), done.get(0).size(), done.get(1).size(), logins.get());
      assertNothingLost(gateway, done);
      assertThat(authsrv.events("trouble")).isEmpty();
      assertThat(authsrv.events("database-down")).isEmpty();
      awaitLogin(port, done.get(0).getLast());
    }
  }

  private static List<List<String>> atOnce(List<Callable<List<String>>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<List<String>> results = new ArrayList<>();
      for (Future<List<String>> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    }
  }

  /** One administrator: adds users, and changes his own part of john's record each time. */
  private static List<String> administrate(LoginGateway gateway, String who, long end)
      throws Exception {
    List<String> added = new ArrayList<>();
    while (System.nanoTime() < end) {
      String user = who + "-user" + added.size();
      gateway.addUser(user, SECRET);
      added.add(user);
      gateway.authdb("", "map", "john", who, "--name", "for-" + user);
    }
    return added;
  }

  /** john comes and goes; a wrong digest now and then makes authsrv count. */
  private static List<String> logIn(int port, long end, AtomicInteger logins) throws IOException {
    while (System.nanoTime() < end) {
      try (Pop3Wire wire = Pop3Wire.loggedIn(port, "john", SECRET)) {
        assertThat(wire.say("QUIT")).startsWith("+OK");
      }
      if (logins.incrementAndGet() % 50 == 1) {
        Pop3Wire stranger = Pop3Wire.silent("127.3." + logins.get() / 50 % 250 + ".1", port);
        Thread.ofVirtual().start(() -> guess(stranger));
      }
    }
    return List.of();
  }

  private static void guess(Pop3Wire stranger) {
    try (stranger) {
      stranger.apop("john", SECRET + "x");
    } catch (IOException e) {
      // The gateway has ended before it answered.
    }
  }

  private static void assertNothingLost(LoginGateway gateway, List<List<String>> done)
      throws Exception {
    List<String> users = gateway.authdb("", "list");
    for (List<String> added : done) {
      for (String user : added) {
        assertThat(users).as(user).anyMatch(line -> line.matches(user + "\\s.*"));
      }
    }
    String john = String.join("\n", gateway.authdb("", "display", "john"));
    assertThat(john)
        .contains("for-" + done.get(0).getLast())
        .contains("for-" + done.get(1).getLast());
    assertThat(gateway.authdb("", "log", "john")).hasSizeGreaterThan(10);
  }

  /** What an administrator has done is true for authsrv without anybody telling it. */
  private static void awaitLogin(int port, String user) {
    Awaitility.await()
        .atMost(SEEN_TIME)
        .ignoreExceptions()
        .until(() -> {
          Pop3Wire.loggedIn(port, user, SECRET).close();
          return true;
        });
  }
}
