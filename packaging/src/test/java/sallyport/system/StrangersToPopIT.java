package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What strangers send that is no lawful POP3, and how many they are: each is ended, in bounded time
 * and memory, and users get to their mailboxes meanwhile. So they do when authsrv has come back.
 */
class StrangersToPopIT {
  private static final String SECRET = "77c2f09e5ab14d83b6e0f1d42c98ab35";
  private static final Duration LOG_TIME = Duration.ofSeconds(10);
  private static final int STRANGERS = 10_000;
  private static final int OF_ONE_HOST = 90;
  private static final int MAX_SESSIONS = 1000;
  private static final int MOST_TRIES = 20;
  private static final int HUNDRED_MEGABYTES = 100_000_000;
  private static final long MOST_MEMORY_KIB = 450_000;
  private static final int SESSIONS = 8;
  private static final int DEATHS = 3;
  private static final Duration PAUSE = Duration.ofMillis(5);

  @TempDir static Path folder;
  private static CannedPop3 inside;
  private static LoginGateway gateway;
  private static Child authsrv;
  private static Child pop3Gw;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    inside = new CannedPop3(SECRET);
    gateway = new LoginGateway(folder).server("mail", inside.port());
    gateway.line("pop3-gw: max-sessions " + MAX_SESSIONS).addUser("john", SECRET);
    authsrv = gateway.authsrv();
    pop3Gw = gateway.pop3Gw();
    port = Gateway.port(pop3Gw);
  }

  @AfterAll
  static void stop() throws IOException {
    System.out.println("pop3-gw's memory after all strangers, VmHWM: " + mostMemory() + " KiB");
    gateway.close();
    inside.close();
  }

  @AfterEach
  void usersAreStillServed() throws Exception {
    readMail();
    assertThat(mostMemory()).isLessThan(MOST_MEMORY_KIB);
    for (Child daemon : List.of(authsrv, pop3Gw)) {
      assertThat(daemon.events("fatal")).isEmpty();
      assertThat(daemon.events("trouble")).isEmpty();
    }
  }

  private static void readMail() throws IOException {
    try (Pop3Wire wire = Pop3Wire.loggedIn(port, "john", SECRET)) {
      assertThat(wire.say("RETR 1")).startsWith("+OK");
      assertThat(wire.lines()).isEqualTo(CannedPop3.MESSAGE);
      assertThat(wire.say("QUIT")).startsWith("+OK");
    }
  }

  private static long mostMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pop3Gw.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  @Test
  void randomOctetsAreRefused() throws Exception {
    byte[] garbage = new byte[5000];
    new Random(7).nextBytes(garbage);
    assertEnded("127.0.20.1", garbage);
    pop3Gw.awaitEvent(LOG_TIME, "bad-command", "host=127.0.20.1");
  }

  @Test
  void tlsHelloIsNotPop3() throws Exception {
    byte[] hello = new byte[517];
    System.arraycopy(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, 0, hello, 0, 11);
    assertEnded("127.0.21.1", hello);
    pop3Gw.awaitEvent(LOG_TIME, "not-pop3", "host=127.0.21.1", "TLS");
  }

  @Test
  void httpIsNotPop3() throws Exception {
    assertEnded(
        "127.0.22.1", Samples.octets("GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\nUSER john"));
    pop3Gw.awaitEvent(LOG_TIME, "not-pop3", "host=127.0.22.1", "HTTP");
  }

  private static void assertEnded(String source, byte[] octets) throws IOException {
    try (Pop3Wire wire = Pop3Wire.silent(source, port)) {
      assertThat(wire.line()).startsWith("+OK ");
      wire.send(octets);
      assertThat(wire.rest()).startsWith("-ERR ").hasLineCount(1);
    }
  }

  @Test
  void endlessLineIsCut() throws Exception {
    try (Pop3Wire wire = Pop3Wire.silent("127.0.23.1", port)) {
      assertThat(wire.line()).startsWith("+OK ");
      CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> sendUntilCut(wire));
      assertThat(wire.rest()).startsWith("-ERR ");
      assertThat(sent.get(30, TimeUnit.SECONDS)).isLessThan(HUNDRED_MEGABYTES);
    }
    pop3Gw.awaitEvent(LOG_TIME, "bad-command", "host=127.0.23.1");
  }

  private static int sendUntilCut(Pop3Wire wire) {
    byte[] some = new byte[100_000];
    Arrays.fill(some, (byte) 'a');
    int sent = 0;
    try {
      for (; sent < HUNDRED_MEGABYTES; sent += some.length) {
        wire.send(some);
      }
    } catch (SocketException e) {
      return sent;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sent;
  }

  @Test
  void tenThousandIdleStrangersKeepNobodyOut() throws Exception {
    List<Pop3Wire> strangers = new ArrayList<>();
    int toldToComeAgain = 0;
    try {
      for (int i = 0; i < STRANGERS; i++) {
        strangers.add(Pop3Wire.silent("127.1." + i / OF_ONE_HOST + ".1", port));
        if (i % (STRANGERS / 20) == 0) {
          toldToComeAgain += readMailPatiently();
        }
      }
      awaitQuiet();
      readMail();
      System.out.printf(
          "%d strangers: %d evicted, %d turned away; 20 users amid them told %d times to come again%n",
          STRANGERS,
          pop3Gw.events("evicted").size(),
          pop3Gw.events("refused").size(),
          toldToComeAgain);
    } finally {
      for (Pop3Wire stranger : strangers) {
        stranger.close();
      }
    }
  }

  /** Amid a rush a user may be told to come again, as mail programs do; the result is how often. */
  private static int readMailPatiently() throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        readMail();
        return tries;
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("[SYS/TEMP]");
        assertThat(tries).isLessThan(MOST_TRIES);
        Thread.sleep(100);
      }
    }
  }

  /**
   * Until all strangers were let in or turned away, and all who must go have gone, by any cause.
   */
  private static void awaitQuiet() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          int gone = pop3Gw.events("disconnect").size();
          int letIn = pop3Gw.events("connect").size();
          int turnedAway = pop3Gw.events("refused").size();
          return letIn + turnedAway >= STRANGERS && letIn - gone <= MAX_SESSIONS;
        });
  }

  @Test
  void loginsGoOnWhenAuthsrvWasKilledAndStarted() throws Exception {
    Map<String, Integer> answers = new ConcurrentHashMap<>();
    try (Crowd crowd = new Crowd(answers)) {
      crowd.enter();
      for (int i = 0; i < DEATHS; i++) {
        awaitMore(answers, "+OK");
        authsrv.kill();
        awaitMore(answers, "-ERR [SYS/TEMP]");
        authsrv = gateway.authsrv();
      }
      awaitMore(answers, "+OK");
    }
    System.out.println("authsrv killed " + DEATHS + " times under load; logins ended: " + answers);
    assertThat(answers.keySet()).isSubsetOf("+OK", "-ERR [SYS/TEMP]");
  }

  private static void awaitMore(Map<String, Integer> answers, String answer) {
    int before = answers.getOrDefault(answer, 0);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> answers.getOrDefault(answer, 0) > before + 2 * SESSIONS);
  }

  /** Logs in again and again until it is closed, and counts how each login ended. */
  private static final class Crowd implements AutoCloseable {
    private final Map<String, Integer> answers;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean going = true;

    Crowd(Map<String, Integer> answers) {
      this.answers = answers;
    }

    void enter() {
      for (int i = 0; i < SESSIONS; i++) {
        String source = "127.2." + i + ".1";
        threads.add(Thread.ofVirtual().start(() -> logIn(source)));
      }
    }

    private void logIn(String source) {
      while (going) {
        answers.merge(answer(source), 1, Integer::sum);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }

    private static String answer(String source) {
      try (Pop3Wire wire = Pop3Wire.silent(source, port)) {
        String greeting = wire.line();
        String answer =
            greeting.startsWith("+OK") ? wire.apop(greeting, "john", SECRET, "") : greeting;
        if (answer.startsWith("+OK")) {
          wire.say("QUIT");
        }
        return answer.replaceAll("^(\\+OK|-ERR \\[[A-Z/]+\\]).*", "$1");
      } catch (IOException e) {
        return e.toString();
      }
    }

    @Override
    public void close() {
      going = false;
      try {
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
