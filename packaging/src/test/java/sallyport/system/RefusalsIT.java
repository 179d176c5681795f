package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Why a login was refused cannot be told from outside: not by the text, and not by the time, whose
 * distribution is printed.
 *
 * <p>Each login comes from a network of its own, for a refusal is held back by what that network
 * has tried before; and each network has been refused once before, for that is how a user is put to
 * sleep here.
 */
class RefusalsIT {
  private static final int OF_EACH = 200;
  private static final String SECRET = "1b7e02c94fd84e5fa8d36c0b92e1f745";

  @TempDir Path folder;

  /** Why a login is refused. */
  enum Cause {
    UNKNOWN_USER("unknown-user"),
    WRONG_DIGEST("bad-digest"),
    DISABLED("disabled"),
    ASLEEP("asleep"),
    UNLISTED_SERVER("no-such-server");

    private final String reason;

    Cause(String reason) {
      this.reason = reason;
    }

    String user(int number) {
      return name().toLowerCase(Locale.ROOT).replace('_', '-') + number;
    }

    String login(int number) {
      return user(number) + (this == UNLISTED_SERVER ? "%elsewhere" : "");
    }

    String secret() {
      return this == WRONG_DIGEST ? SECRET + "x" : SECRET;
    }

    String source(int number) {
      return "127." + (10 + ordinal()) + "." + number + ".1";
    }
  }

  private record Refusal(Cause cause, String text, double millis) {}

  @Test
  void causeOfARefusalShowsNeitherInTheTextNorInTheTime() throws Exception {
    try (CannedPop3 inside = new CannedPop3(SECRET);
        LoginGateway gateway = new LoginGateway(folder).server("mail", inside.port())) {
      gateway.line("authsrv: badtries 1").line("pop3-gw: max-sessions 10000");
      addUsers(gateway);
      Child authsrv = gateway.authsrv();
      int port = Gateway.port(gateway.pop3Gw());
      refuseEachNetworkOnce(port);
      List<Refusal> refusals = measure(port);
      report(refusals);
      Set<String> texts = new TreeSet<>(refusals.stream().map(Refusal::text).toList());
      assertThat(texts).containsExactly("-ERR [AUTH] authentication failed\n");
      for (Cause cause : Cause.values()) {
        assertThat(refusalsLogged(authsrv, cause)).as(cause.name()).isGreaterThanOrEqualTo(OF_EACH);
      }
      assertThat(inside.logins()).isZero();
    }
  }

  private static void addUsers(LoginGateway gateway) throws Exception {
    Map<String, String> users = new TreeMap<>();
    for (Cause cause : Set.of(Cause.WRONG_DIGEST, Cause.ASLEEP, Cause.UNLISTED_SERVER)) {
      numbers().forEach(number -> users.put(cause.user(number), SECRET));
    }
    gateway.addUsers(users);
    gateway.addDisabledUsers(numbers().map(Cause.DISABLED::user).toList(), SECRET);
  }

  private static Stream<Integer> numbers() {
    return IntStream.range(0, OF_EACH).boxed();
  }

  /** With a wrong secret for whoever is to fall asleep, as somebody unknown for all others. */
  private static void refuseEachNetworkOnce(int port) throws Exception {
    inParallel((cause, number) -> {
      String login = cause == Cause.ASLEEP ? cause.login(number) : "stranger" + number;
      return refuse(port, cause, number, login, SECRET + "x");
    });
  }

  private static List<Refusal> measure(int port) throws Exception {
    return inParallel(
        (cause, number) -> refuse(port, cause, number, cause.login(number), cause.secret()));
  }

  private interface Attempt {
    Refusal make(Cause cause, int number) throws IOException;
  }

  /** All causes mixed, so that none meets another machine than the others. */
  private static List<Refusal> inParallel(Attempt attempt) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Refusal>> tasks = new ArrayList<>();
      for (int i = 0; i < OF_EACH; i++) {
        int number = i;
        for (Cause cause : Cause.values()) {
          tasks.add(() -> attempt.make(cause, number));
        }
      }
      List<Refusal> made = new ArrayList<>();
      for (Future<Refusal> refusal : threads.invokeAll(tasks)) {
        made.add(refusal.get());
      }
      return made;
    }
  }

  private static Refusal refuse(int port, Cause cause, int number, String login, String secret)
      throws IOException {
    try (Pop3Wire wire = Pop3Wire.silent(cause.source(number), port)) {
      String greeting = wire.line();
      long began = System.nanoTime();
      String first = wire.apop(greeting, login, secret, "");
      double millis = (System.nanoTime() - began) / 1e6;
      return new Refusal(cause, first + "\n" + wire.rest(), millis);
    }
  }

  private static long refusalsLogged(Child authsrv, Cause cause) {
    return authsrv.events("login-refused").stream()
        .filter(line -> line.contains("reason=" + cause.reason))
        .count();
  }

  private static void report(List<Refusal> refusals) {
    Map<Cause, List<Double>> times = new EnumMap<>(Cause.class);
    for (Refusal refusal : refusals) {
      times.computeIfAbsent(refusal.cause(), c -> new ArrayList<>()).add(refusal.millis());
    }
    System.out.println("time to a refusal in ms, " + OF_EACH + " of each cause, mixed:");
    times.forEach((cause, all) -> {
      List<Double> sorted = all.stream().sorted().toList();
      System.out.printf(
          "  %-16s min %7.1f   5 %% %7.1f   median %7.1f   95 %% %7.1f   max %7.1f%n",
          cause,
          sorted.getFirst(),
          sorted.get(OF_EACH / 20),
          sorted.get(OF_EACH / 2),
          sorted.get(OF_EACH - 1 - OF_EACH / 20),
          sorted.getLast());
    });
  }
}
