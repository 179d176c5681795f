package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** authsrv may come and go: clients get a temporary error, and never anything else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AuthsrvTroubleTest {
  @TempDir Path folder;

  private Logins logins() throws Exception {
    return new Logins(folder, InsidePeer.honest(Logins.SECRET, 1000), "apop", "");
  }

  @Test
  void withoutAuthsrvTheGreetingIsATemporaryError() throws Exception {
    try (Logins logins = logins()) {
      logins.authsrv.close();
      try (Client client = logins.gateway.connect()) {
        assertThat(client.greeting()).startsWith("-ERR [SYS/TEMP]");
        assertThat(client.rest()).isEmpty();
      }
      logins.gateway.awaitLog("authsrv-down");
      logins.restartAuthsrv();
      assertThat(RunningGateway.await(() -> succeeds(logins))).isTrue();
      logins.gateway.awaitLog("authsrv-up");
    }
  }

  @Test
  void authsrvThatDiesBetweenChallengeAndLoginIsATemporaryError() throws Exception {
    try (Logins logins = logins()) {
      try (Client client = logins.gateway.connect()) {
        client.greeting();
        String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
        logins.authsrv.close();
        assertThat(client.say("APOP john " + digest)).startsWith("-ERR [SYS/TEMP]");
      }
      assertThat(logins.gateway.awaitLog("login-failed")).contains("user=john");
    }
  }

  /** Else a mail program would ask its user for another password. */
  @Test
  void challengeOfAnAuthsrvThatIsGoneIsATemporaryError() throws Exception {
    try (Logins logins = logins();
        Client client = logins.gateway.connect()) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
      logins.restartAuthsrv();
      assertThat(RunningGateway.await(() -> succeeds(logins))).isTrue();
      assertThat(client.say("APOP john " + digest)).startsWith("-ERR [SYS/TEMP]");
    }
  }

  @Test
  void sessionThatIsLoggedInOutlivesAuthsrv() throws Exception {
    try (Logins logins = logins();
        Client client = logins.gateway.login("john", Logins.SECRET)) {
      assertThat(client.say("WHO")).isEqualTo("+OK john");
      logins.authsrv.close();
      assertThat(client.say("WHO")).isEqualTo("+OK john");
    }
  }

  @Test
  void authsrvKilledAndRestartedUnderLoadCostsNothingButTemporaryErrors() throws Exception {
    try (Logins logins = logins()) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger succeeded = new AtomicInteger();
      List<String> strange = java.util.Collections.synchronizedList(new ArrayList<>());
      List<Thread> load = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        load.add(
            Thread.startVirtualThread(() -> {
              while (!over.get()) {
                String answer = attempt(logins);
                if (answer.startsWith("+OK")) {
                  succeeded.incrementAndGet();
                } else if (!answer.startsWith("-ERR [SYS/TEMP]")) {
                  strange.add(answer);
                }
              }
            }));
      }
      for (int restart = 0; restart < 5; restart++) {
        int before = succeeded.get();
        assertThat(RunningGateway.await(() -> succeeded.get() > before + 20)).isTrue();
        logins.restartAuthsrv();
      }
      over.set(true);
      for (Thread thread : load) {
        thread.join();
      }
      assertThat(strange).isEmpty();
      assertThat(RunningGateway.await(() -> succeeds(logins))).isTrue();
      assertThat(logins.gateway.isEmptySoon()).isTrue();
      assertThat(logins.gateway.fatal).hasNullValue();
    }
  }

  private static boolean succeeds(Logins logins) {
    return attempt(logins).startsWith("+OK");
  }

  /** The greeting if it is an error, else the answer to john's login. */
  private static String attempt(Logins logins) {
    try (Client client = logins.gateway.connect()) {
      String greeting = client.greeting();
      return greeting.startsWith("+OK")
          ? client.say("APOP john " + InsidePeer.digest(client.challenge(), Logins.SECRET))
          : greeting;
    } catch (IOException e) {
      return e.toString();
    }
  }
}
