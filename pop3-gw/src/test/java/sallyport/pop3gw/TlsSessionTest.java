package sallyport.pop3gw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.daemon.tls.TlsStreams;
import sallyport.daemon.tls.TruncatedException;

/** Whole sessions with TLS on either leg, over sockets, with the real authsrv. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsSessionTest {
  private static final int TLS = 0;
  private static final int STARTTLS = 1;
  private static final int REQUIRED = 2;
  private static final int PLAIN = 3;
  private static final String LISTENERS =
      """
      pop3-gw: listen 127.0.0.1:0 tls
      pop3-gw: listen 127.0.0.1:0 starttls
      pop3-gw: listen 127.0.0.1:0 starttls-required
      pop3-gw: listen 127.0.0.1:0
      """;
  private static final long MESSAGE = 8L << 20;
  private static final String REFUSED = "-ERR [AUTH] authentication failed";
  private static final String BEGIN = "+OK Begin TLS now";

  @TempDir Path folder;
  private Logins logins;
  private RunningGateway gateway;

  private void serve(InsidePeer inside, String method, String lines) throws Exception {
    logins = new Logins(folder, inside, method, lines + LISTENERS + TestTls.certificate());
    gateway = logins.gateway;
  }

  private void serve() throws Exception {
    serve(InsidePeer.honest(Logins.SECRET, MESSAGE), "apop", "");
  }

  @AfterEach
  void stop() throws IOException {
    logins.close();
    assertThat(gateway.fatal).hasNullValue();
    assertThat(gateway.logged()).doesNotContain(Logins.SECRET, "horse");
  }

  private Client connect(int listener) throws IOException {
    return gateway.connectFrom("127.0.0.1", listener);
  }

  /** Under TLS and greeted, as that listener has it. */
  private Client greeted(int listener) throws IOException {
    Client client = connect(listener);
    if (listener == TLS) {
      Client secure = client.underTls();
      secure.greeting();
      return secure;
    }
    client.greeting();
    assertThat(client.say("STLS")).isEqualTo(BEGIN);
    return client.underTls();
  }

  private static String plain(String login, String secret) {
    byte[] message = ("\0" + login + "\0" + secret).getBytes(ISO_8859_1);
    return "AUTH PLAIN " + Base64.getEncoder().encodeToString(message);
  }

  private static void logIn(Client client) throws IOException {
    assertThat(client.say(plain("john", Logins.SECRET))).isEqualTo("+OK Logged in");
  }

  @ParameterizedTest
  @ValueSource(ints = {TLS, STARTTLS, REQUIRED})
  void passwordLogsInUnderTlsAndALargeMessageComesThrough(int listener) throws Exception {
    serve();
    long octets = MESSAGE + "+OK\r\n.\r\n+OK bye\r\n".length();
    try (Client client = greeted(listener)) {
      assertThat(client.say("USER john")).startsWith("+OK");
      assertThat(client.say("PASS " + Logins.SECRET)).isEqualTo("+OK Logged in");
      assertThat(client.say("WHO")).isEqualTo("+OK john");
      client.send("RETR 1\r\nQUIT\r\n");
      assertThat(client.input().transferTo(OutputStream.nullOutputStream())).isEqualTo(octets);
    }
    assertThat(gateway.awaitLog(" login ", "user=john"))
        .contains("tls=TLSv1.3", "suite=TLS_", "group=", "sni=gateway.example", "verified=no");
    gateway.awaitLog("disconnect", "in=19 ", "how=server");
  }

  @Test
  void passwordIsOfferedUnderTlsOnly() throws Exception {
    serve();
    try (Client client = connect(STARTTLS)) {
      client.greeting();
      assertThat(client.say("AUTH")).startsWith("-ERR");
      assertThat(client.say("USER john")).startsWith("-ERR Not without TLS");
      assertThat(client.rest()).isEmpty();
    }
    try (Client client = connect(PLAIN)) {
      client.greeting();
      assertThat(client.say("USER john")).startsWith("-ERR");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void challengeOfTheGreetingIsGoodBehindStls() throws Exception {
    serve();
    try (Client client = connect(REQUIRED)) {
      client.greeting();
      String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
      assertThat(client.say("STLS")).isEqualTo(BEGIN);
      Client secure = client.underTls();
      assertThat(secure.say("APOP john " + digest)).isEqualTo("+OK Logged in");
      assertThat(secure.say("WHO")).isEqualTo("+OK john");
    }
  }

  /** CVE-2021-33515, CVE-2014-3556, CVE-2021-38084, CVE-2021-37845. */
  @ParameterizedTest
  @ValueSource(strings = {"STLS\r\nNOOP\r\n", "STLS\r\nU", "STLS\r\n\u0016\u0003\u0001"})
  void cve202133515WhatIsSentBehindStlsEndsTheSession(String octets) throws Exception {
    serve();
    try (Client client = connect(STARTTLS)) {
      client.greeting();
      client.send(octets);
      assertThat(client.line()).startsWith("-ERR Nothing may be sent behind STLS");
      assertThat(client.rest()).isEmpty();
    }
    gateway.awaitLog("bad-command", "sent ahead");
  }

  @Test
  void plainClientOnTheTlsPortIsLetGo() throws Exception {
    serve();
    try (Client client = connect(TLS)) {
      client.send("USER john\r\n");
      assertThat(client.rest()).doesNotContain("+OK", "-ERR");
    }
    gateway.awaitLog("tls-failed", "host=127.0.0.1", "does not speak TLS");
    assertThat(gateway.isEmptySoon()).isTrue();
  }

  @Test
  void tlsClientOnThePlainPortIsToldThatThisIsPop3() throws Exception {
    serve();
    try (Client client = connect(PLAIN)) {
      assertThatThrownBy(client::underTls).isInstanceOf(IOException.class);
    }
    gateway.awaitLog("not-pop3", "TLS");
    assertThat(gateway.isEmptySoon()).isTrue();
  }

  @Test
  void halfHandshakesMakeRoomForUsers() throws Exception {
    serve(InsidePeer.honest(Logins.SECRET, 0), "apop", "pop3-gw: max-sessions 4\n");
    List<Client> halves = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Client half = gateway.connectFrom("127.0.1." + i, TLS);
      half.send("\u0016\u0003\u0001\u0002\u0000");
      halves.add(half);
    }
    assertThat(RunningGateway.await(() -> turnedOut() == 16)).isTrue();
    try (Client user = greeted(TLS)) {
      logIn(user);
      assertThat(user.say("WHO")).isEqualTo("+OK john");
    }
    for (Client half : halves) {
      half.close();
    }
    assertThat(gateway.isEmptySoon()).isTrue();
  }

  private long turnedOut() {
    return gateway.logged().lines().filter(line -> line.matches(".* (evicted|refused) .*")).count();
  }

  @Test
  void handshakeThatIsEndedByAStopHearsNothingReadable() throws Exception {
    serve();
    try (Client client = connect(STARTTLS)) {
      client.greeting();
      assertThat(client.say("STLS")).isEqualTo(BEGIN);
      gateway.service().drain(Duration.ofSeconds(10));
      assertThat(client.rest()).doesNotContain("+OK", "-ERR");
    }
  }

  @Test
  void wrongPasswordByPlainTakesAsLongAsAnyOther() throws Exception {
    serve();
    String[] wrong = {
      plain("john", "x"), plain("nobody", "x"), plain("off", "x"), "AUTH PLAIN =", "AUTH PLAIN %%"
    };
    for (int i = 0; i < wrong.length; i++) {
      try (Client client = gateway.connectFrom("127.0.2" + i + ".1", TLS).underTls()) {
        client.greeting();
        long began = System.nanoTime();
        assertThat(client.say(wrong[i])).isEqualToIgnoringCase(REFUSED);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .as(wrong[i])
            .isGreaterThanOrEqualTo(Duration.ofMillis(990));
      }
    }
  }

  @Test
  void clientThatHangsUpWithoutACloseNotifyIsLoggedAsSuch() throws Exception {
    serve();
    Client raw = connect(TLS);
    Client client = raw.underTls();
    client.greeting();
    logIn(client);
    assertThat(client.say("WHO")).isEqualTo("+OK john");
    raw.socket().close();
    gateway.awaitLog("disconnect", "how=client-truncated");
    assertThat(gateway.isEmptySoon()).isTrue();
  }

  @Test
  void insideServerThatIsCutOffIsNotPassedOnAsAnEnd() throws Exception {
    InsidePeer cutting =
        InsidePeer.doing(talk -> {
          Socket raw = talk.socket;
          InsidePeer.Talk secure = talk.underTls();
          secure.say("+OK ready <1." + System.nanoTime() + "@inside>");
          secure.line();
          secure.say("+OK hello");
          secure.line();
          secure.say("+OK half of");
          raw.close();
        });
    serve(cutting, "apop tls=required start=tls", "");
    try (Client client = connect(TLS)) {
      TlsStreams streams = TestTls.streamsToGateway(client.socket());
      streams
          .output()
          .write((plain("john", Logins.SECRET) + "\r\nRETR 1\r\n").getBytes(ISO_8859_1));
      ByteArrayOutputStream heard = new ByteArrayOutputStream();
      assertThatThrownBy(() -> streams.input().transferTo(heard))
          .isInstanceOf(TruncatedException.class);
      assertThat(heard.toString(ISO_8859_1)).endsWith("+OK Logged in\r\n+OK half of\r\n");
    }
    gateway.awaitLog("disconnect", "how=server-truncated");
  }

  @Test
  void clientThatClosesItsSideByCloseNotifyStillGetsItsAnswers() throws Exception {
    serve(
        InsidePeer.honestUnderTls(Logins.SECRET, MESSAGE),
        "apop " + verify("inside.example") + " start=tls",
        "");
    try (Client client = greeted(TLS)) {
      logIn(client);
      client.send("STAT\r\nWHO\r\n").socket().shutdownOutput();
      assertThat(client.rest()).isEqualTo("+OK 1 " + MESSAGE + "\r\n+OK john\r\n");
    }
    gateway.awaitLog("disconnect", "how=client");
  }

  private static String verify(String name) {
    return "tls=verify name=" + name + " ca=" + TestTls.file("authority.pem");
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void insideServerIsVerifiedAndReadByTls(boolean first, boolean clientTls) throws Exception {
    InsidePeer inside =
        first
            ? InsidePeer.honestUnderTls(Logins.SECRET, MESSAGE)
            : InsidePeer.honestByStls(Logins.SECRET, MESSAGE);
    String start = first ? " start=tls" : "";
    serve(inside, "apop " + verify("inside.example") + start, "");
    long octets = MESSAGE + "+OK\r\n.\r\n+OK bye\r\n".length();
    try (Client client = clientTls ? greeted(TLS) : connect(PLAIN)) {
      if (clientTls) {
        logIn(client);
      } else {
        client.greeting();
        String digest = InsidePeer.digest(client.challenge(), Logins.SECRET);
        assertThat(client.say("APOP john " + digest)).isEqualTo("+OK Logged in");
      }
      client.send("RETR 1\r\nQUIT\r\n");
      assertThat(client.input().transferTo(OutputStream.nullOutputStream())).isEqualTo(octets);
    }
    assertThat(gateway.awaitLog(" login ", "user=john"))
        .contains("inside-tls=TLSv1.3", "inside-sni=inside.example", "inside-verified=yes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void insideServerOfAnotherNameGetsNoLogin(boolean first) throws Exception {
    InsidePeer inside =
        first
            ? InsidePeer.honestUnderTls(Logins.SECRET, 0)
            : InsidePeer.honestByStls(Logins.SECRET, 0);
    serve(inside, "apop " + verify("other.example") + (first ? " start=tls" : ""), "");
    try (Client client = greeted(TLS)) {
      assertThat(client.say(plain("john", Logins.SECRET)))
          .startsWith("-ERR [SYS/TEMP]")
          .doesNotContain("example");
    }
    gateway.awaitLog("inside-down", "server=mail", "tls failed: ");
    assertThat(inside.heard()).noneMatch(line -> line.startsWith("APOP"));
  }

  @Test
  void insideServerWithoutTlsGetsNoLoginWhereItIsRequired() throws Exception {
    InsidePeer inside = InsidePeer.honest(Logins.SECRET, 0);
    serve(inside, "apop tls=required", "");
    assertThat(logins.answerToJohnAt(PLAIN)).startsWith("-ERR [SYS/TEMP]");
    gateway.awaitLog("inside-down", "no tls");
    assertThat(inside.heard()).containsExactly("STLS");
  }

  @Test
  void insideServerWithABrokenHandshakeIsAskedAgainWithoutTlsWhereItMayBe() throws Exception {
    InsidePeer inside =
        InsidePeer.doing(talk -> {
          String timestamp = "<1." + System.nanoTime() + "@inside>";
          talk.say("+OK ready " + timestamp);
          String first = talk.line();
          if (first.equals("CAPA")) {
            talk.send("+OK\r\nSTLS\r\n.\r\n");
            talk.line();
            talk.say("+OK");
            talk.line();
            talk.send("what is this?");
          } else {
            InsidePeer.checkApop(talk, first, timestamp, Logins.SECRET, 0);
          }
        });
    serve(inside, "apop tls=may", "");
    assertThat(logins.answerToJohnAt(PLAIN)).isEqualTo("+OK Logged in");
    gateway.awaitLog("tls-failed", "user=john server=mail", "without TLS");
    assertThat(gateway.awaitLog(" login ", "user=john")).doesNotContain("inside-tls");
  }

  /** CVE-2020-14954 and CVE-2020-15953: readable answers behind +OK were taken for encrypted. */
  @ParameterizedTest
  @ValueSource(strings = {"+OK\r\n+OK\r\n", "+OK\r\n+"})
  void cve202014954WhatIsBehindTheAnswerToStlsEndsTheLogin(String answer) throws Exception {
    InsidePeer inside =
        InsidePeer.doing(talk -> {
          talk.say("+OK ready <1.2@inside>");
          talk.line();
          talk.send(answer);
          talk.stayUntilLeft();
        });
    serve(inside, "apop tls=required", "");
    assertThat(logins.answerToJohnAt(PLAIN)).startsWith("-ERR [SYS/TEMP]");
    gateway.awaitLog("inside-suspect", "spoke ahead");
  }
}
