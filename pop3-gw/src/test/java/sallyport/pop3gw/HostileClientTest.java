package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that misbehave, at every state: bounded, logged, and gone without a trace. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientTest {
  /** More than there are places. */
  private static final int STRANGERS_AT_A_TIME = 200;

  @TempDir Path folder;

  private Logins logins(String lines) throws Exception {
    return new Logins(folder, InsidePeer.honest(Logins.SECRET, 1000), "apop", lines);
  }

  private static void expectNothingIsLeft(Logins logins) throws Exception {
    assertThat(logins.gateway.isEmptySoon()).isTrue();
    assertThat(logins.gateway.fatal).hasNullValue();
    assertThat(logins.gateway.logged()).doesNotContain("session failed");
    assertThat(logins.answerToJohn()).startsWith("+OK");
  }

  static Stream<Arguments> noCommands() {
    return Stream.of(
        arguments("\u0016\u0003\u0001\u0002\u0000\u0001", "not-pop3"),
        arguments("GET / HTTP/1.1\r\n", "not-pop3"),
        arguments("EHLO evil\r\n", "not-pop3"),
        arguments("NOOP\n", "bad-command"),
        arguments("NO\rOP\r\n", "bad-command"),
        arguments("DELE 1\r\n", "bad-command"));
  }

  @ParameterizedTest
  @MethodSource("noCommands")
  void whatIsNoCommandEndsTheSession(String octets, String event) throws Exception {
    try (Logins logins = logins("")) {
      try (Client client = logins.gateway.connect()) {
        client.greeting();
        client.send(octets);
        assertThat(client.rest()).startsWith("-ERR").doesNotContain("evil");
      }
      assertThat(logins.gateway.awaitLog(event)).contains("host=127.0.0.1");
      expectNothingIsLeft(logins);
    }
  }

  @Test
  void endlessLineIsCutOff() throws Exception {
    try (Logins logins = logins("")) {
      try (Client client = logins.gateway.connect()) {
        client.greeting();
        sendUntilCut(client, "A".repeat(64 * 1024));
      }
      logins.gateway.awaitLog("bad-command", "line too long");
      expectNothingIsLeft(logins);
    }
  }

  private static void sendUntilCut(Client client, String octets) {
    try {
      for (int i = 0; i < 1000; i++) {
        client.send(octets);
      }
    } catch (IOException e) {
      // Cut off, as was meant.
    }
  }

  /** What a client has said when its connection is gone. */
  @ParameterizedTest
  @ValueSource(strings = {"", "NO", "NOOP\r\n", "USER john\r\n", "USER john\r\nPASS ", "APOP "})
  void clientMayVanishAtAnyState(String said) throws Exception {
    try (Logins logins = logins("pop3-gw: auth apop pass\npop3-gw: plaintext-pass yes\n")) {
      try (Client client = logins.gateway.connect()) {
        client.greeting();
        client.send(said).socket().setSoLinger(true, 0);
      }
      logins.gateway.awaitLog("disconnect", "how=no-login");
      expectNothingIsLeft(logins);
    }
  }

  @Test
  void clientMayVanishWhileItsLoginIsJudgedAndInTheMidstOfATransfer() throws Exception {
    try (Logins logins = logins("")) {
      for (String said : List.of("", "RETR 1\r\n".repeat(10_000))) {
        try (Client client = logins.gateway.connect()) {
          client.greeting();
          String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
          client.send("APOP john " + digest + "\r\n" + said).socket().setSoLinger(true, 0);
        }
      }
      expectNothingIsLeft(logins);
    }
  }

  @Test
  void silentClientIsSentAwayAndADrippingOneGainsNoTime() throws Exception {
    try (Logins logins = logins("pop3-gw: timeout 1")) {
      try (Client silent = logins.gateway.connect();
          Client dripping = logins.gateway.connect()) {
        silent.greeting();
        dripping.greeting();
        Thread drip = Thread.startVirtualThread(() -> drip(dripping));
        assertThat(silent.rest()).startsWith("-ERR");
        assertThat(dripping.rest()).startsWith("-ERR");
        drip.join();
      }
      logins.gateway.awaitLog("timeout");
      expectNothingIsLeft(logins);
    }
  }

  private static void drip(Client client) {
    try {
      for (int i = 0; i < 200; i++) {
        client.send("x");
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      // It was sent away.
    }
  }

  @Test
  void usersGetInThroughTenThousandIdleStrangersAndStayIn() throws Exception {
    try (Logins logins = logins("pop3-gw: max-sessions 50\npop3-gw: max-sessions-per-host 1000")) {
      List<Client> users = new ArrayList<>();
      Deque<Client> strangers = new ArrayDeque<>();
      for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 1000; j++) {
          strangers.add(logins.gateway.connect());
          if (strangers.size() > STRANGERS_AT_A_TIME) {
            strangers.remove().close();
          }
        }
        users.add(loggedIn(logins));
      }
      for (Client user : users) {
        assertThat(user.say("WHO")).isEqualTo("+OK john");
        user.close();
      }
      assertThat(logins.gateway.logged()).contains(" evicted host=127.0.0.1");
      for (Client stranger : strangers) {
        stranger.close();
      }
      expectNothingIsLeft(logins);
    }
  }

  /** A place is free again within a moment, when an evicted stranger has gone. */
  private static Client loggedIn(Logins logins) throws IOException {
    for (int i = 0; i < 200; i++) {
      Client client = logins.gateway.connect();
      String greeting = client.greeting();
      if (greeting.startsWith("+OK")) {
        String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
        if (client.say("APOP john " + digest).startsWith("+OK")) {
          return client;
        }
      }
      client.close();
    }
    throw new AssertionError(logins.gateway.logged());
  }

  @Test
  void strangerWithoutANameGoesBeforeOneThatIsLoggingIn() throws Exception {
    String lines =
        "pop3-gw: max-sessions 2\npop3-gw: auth apop pass\npop3-gw: plaintext-pass yes\n";
    try (Logins logins = logins(lines)) {
      try (Client named = logins.gateway.connect();
          Client nameless = logins.gateway.connect()) {
        named.greeting();
        nameless.greeting();
        assertThat(named.say("USER john")).startsWith("+OK");
        try (Client third = logins.gateway.connect()) {
          assertThat(nameless.line()).startsWith("-ERR [SYS/TEMP]");
          assertThat(third.greeting()).startsWith("+OK");
          assertThat(third.say("USER john")).startsWith("+OK");
          try (Client fourth = logins.gateway.connect()) {
            assertThat(named.line()).as("longest under way").startsWith("-ERR [SYS/TEMP]");
            assertThat(fourth.greeting()).startsWith("+OK");
            assertThat(third.say("PASS " + Logins.SECRET)).startsWith("+OK");
          }
        }
      }
      expectNothingIsLeft(logins);
    }
  }

  @Test
  void oneThatAuthsrvHoldsBackMakesWayAtOnce() throws Exception {
    try (Logins logins = logins("pop3-gw: max-sessions 1\n")) {
      try (Client guesser = logins.gateway.connect()) {
        guesser.greeting();
        guesser.send("APOP john " + "0".repeat(32) + "\r\n");
        logins.gateway.awaitLog("connect");
        assertThat(RunningGateway.await(() -> logins.authsrv.logged().contains("bad-digest")))
            .isTrue();
        try (Client next = logins.gateway.connect()) {
          assertThat(next.greeting()).startsWith("+OK");
          assertThat(guesser.rest()).startsWith("-ERR [SYS/TEMP]");
        }
      }
      expectNothingIsLeft(logins);
    }
  }

  @Test
  void oneHostHasNoMoreThanItsShare() throws Exception {
    try (Logins logins = logins("pop3-gw: max-sessions-per-host 2\n")) {
      try (Client one = logins.gateway.connect();
          Client two = logins.gateway.connect();
          Client three = logins.gateway.connect();
          Client elsewhere = logins.gateway.connectFrom("127.0.0.2")) {
        assertThat(one.greeting()).startsWith("+OK");
        assertThat(two.greeting()).startsWith("+OK");
        assertThat(three.greeting()).startsWith("-ERR [SYS/TEMP]");
        assertThat(elsewhere.greeting()).startsWith("+OK");
      }
      logins.gateway.awaitLog("refused", "reason=max-sessions-per-host");
      expectNothingIsLeft(logins);
    }
  }
}
