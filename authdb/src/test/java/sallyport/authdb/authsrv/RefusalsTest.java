package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.authsrv.TestBroker.digest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.UserDatabase;

/** Whatever the cause, a refusal looks and lasts the same. */
class RefusalsTest {
  private TestBroker it;

  /** By what the log says, a login from a source that is refused for it. */
  private final Map<String, Function<String, Broker.Ruling>> causes = new LinkedHashMap<>();

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    it = TestBroker.in(folder);
    try (UserDatabase other = it.commandLine()) {
      other.setFrontSecret("jane", TestBroker.secret("changed"));
    }
    it.keeper.tick();
    causes.put("unknown-user", source -> it.login("nobody", "x", source));
    causes.put("bad-digest", source -> it.login("john", "x", source));
    causes.put("bad-password", source -> it.password("john", "x", source));
    causes.put("old-secret", source -> it.login("jane", "opensesame", source));
    causes.put("no-secret", source -> it.login("nell", "x", source));
    causes.put("disabled", source -> it.login("dora", "dormouse", source));
    causes.put("no-such-server", source -> it.login("john%other", "tanstaaf", source));
    causes.put("denied-by-rule", source -> it.deny("john", source));
    causes.put("replayed-challenge", this::replay);
  }

  @AfterEach
  void stop() throws Exception {
    it.close();
  }

  private Broker.Ruling replay(String source) {
    String challenge = it.challenge();
    it.verify("nobody", challenge, digest(challenge, "x"), "198.51.100.1");
    return it.verify("john", challenge, digest(challenge, "tanstaaf"), source);
  }

  private static String network(int number) {
    return "10.0." + number + ".1";
  }

  @Test
  void everyCauseHasTheSameTextAndTheSameTime() {
    int network = 0;
    for (String cause : causes.keySet()) {
      String source = network(++network);
      List<Duration> held = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Broker.Ruling ruling = causes.get(cause).apply(source);
        assertThat(ruling.reply().line()).as(cause).isEqualTo(ruling.reply().tag() + " refused");
        held.add(it.held(ruling));
      }
      assertThat(held).as(cause).containsExactly(seconds(1, 2, 4, 8, 15, 15, 15));
      assertThat(it.logged()).contains("host=" + source).contains("reason=" + cause);
    }
  }

  private static Duration[] seconds(int... seconds) {
    return java.util.Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toArray(Duration[]::new);
  }

  @Test
  void anAsleepUserIsRefusedLikeOneWhoDoesNotExist() {
    for (int i = 0; i < 5; i++) {
      it.login("john", "x", "10.1.1.1");
      it.login("nobody", "x", "10.2.2.2");
    }
    Broker.Ruling asleep = it.login("john", "tanstaaf", "10.1.1.1");
    Broker.Ruling unknown = it.login("nobody", "x", "10.2.2.2");
    assertThat(it.logged()).contains("login-refused host=10.1.1.1 user=john reason=asleep");
    assertThat(TestBroker.isRefused(asleep)).isTrue();
    assertThat(it.held(asleep)).isEqualTo(it.held(unknown));
  }

  @Test
  void whatIsNoLoginNameNamesNobody() {
    int network = 0;
    for (String login :
        List.of(
            "",
            "john%",
            "%mail",
            "john%mail@",
            "john%mail@other.example.com",
            "john@gate.example.com",
            "john%%mail",
            "john%10.0.0.1",
            "john%mail:110",
            "john%mail%archive",
            "john mail",
            "j\u00f6hn",
            "john\u0000",
            "john\nlogin user=jane",
            "x".repeat(255))) {
      Broker.Ruling ruling = it.login(login, "tanstaaf", network(++network));
      assertThat(TestBroker.isRefused(ruling)).as(login).isTrue();
      assertThat(it.held(ruling)).isEqualTo(Duration.ofSeconds(1));
    }
    assertThat(
            it.logged()
                .lines()
                .filter(line -> line.contains(">login ") || line.startsWith("login")))
        .isEmpty();
  }

  @Test
  void theDelayIsOfTheNetworkAndNeverOfTheUser() {
    for (int i = 0; i < 5; i++) {
      it.login("john", "x", "10.1.1.1");
    }
    assertThat(it.held(it.login("john", "x", "10.9.9.9"))).isEqualTo(Duration.ofSeconds(1));
    assertThat(it.held(it.login("other", "x", "10.1.1.99"))).isEqualTo(Duration.ofSeconds(15));
    assertThat(it.held(it.login("a", "x", "2001:db8::1"))).isEqualTo(Duration.ofSeconds(1));
    assertThat(it.held(it.login("b", "x", "2001:db8::2:1"))).isEqualTo(Duration.ofSeconds(2));
    assertThat(it.held(it.login("c", "x", "2001:db8:0:1::1"))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void tenQuietMinutesForgiveANetwork() {
    for (int i = 0; i < 5; i++) {
      it.login("john", "x", "10.1.1.1");
    }
    it.pass(Delays.FORGOTTEN_AFTER);
    assertThat(it.held(it.login("john", "x", "10.1.1.1"))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aRightLoginIsNotDelayedByRefusalsOfItsNetwork() {
    for (int i = 0; i < 5; i++) {
      it.login("nobody", "x", TestBroker.HOME);
    }
    Broker.Ruling ruling = it.login("john", "tanstaaf", TestBroker.HOME);
    assertThat(TestBroker.isOk(ruling)).isTrue();
    assertThat(it.held(ruling)).isZero();
  }
}
