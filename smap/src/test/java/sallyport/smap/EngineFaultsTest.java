package sallyport.smap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.internal.server.CommandHandler;

/**
 * What is unsafe in SubEtha SMTP as shipped, each fault as a test against a running smap that
 * stands on it: an update of the library cannot bring one back unseen.
 */
class EngineFaultsTest {

  @TempDir Path spool;
  private RunningSmap smap;

  @BeforeEach
  void start() throws Exception {
    smap =
        new RunningSmap(
            spool,
            "smap: maxbytes 10K",
            "smap: max-sessions 12",
            "smap: max-sessions-per-host 12",
            "smap: timeout 2",
            "smap: data-time 4");
  }

  @AfterEach
  void stop() {
    smap.close();
  }

  // The protocol.

  @Test
  void rejectedBodyIsNotRunAsCommands() throws IOException {
    try (Client client = smap.connect().upToData()) {
      String body = "x".repeat(70) + "\r\n";
      client.say(body.repeat(200) + "QUIT\r\nMAIL FROM:<evil@client.example>\r\n.\r\nNOOP\r\n");
      assertThat(client.reply()).startsWith("552 ");
      assertThat(client.reply())
          .as("the answer to NOOP, and to nothing before it")
          .startsWith("250 ");
      assertThat(smap.accepted()).isEmpty();
    }
  }

  @Test
  void connectionLostInABdatChunkIsNoMessage() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      client.ask("MAIL FROM:<a@client.example>");
      client.ask("RCPT TO:<b@inside.example>");
      client.say("BDAT 1000 LAST\r\nSubject: half\r\n");
      client.socket().shutdownOutput();
      assertThat(client.reply()).matches("5\\d\\d .*");
      assertThat(client.reply()).isNull();
    }
    assertThat(smap.accepted()).isEmpty();
  }

  @Test
  void chunkOctetsAreNotRunAsCommands() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      client.say("BDAT 20\r\nRSET\r\nNOOP\r\nVRFY\r\n");
      assertThat(client.reply()).matches("5\\d\\d .*");
      assertThat(client.reply()).isNull();
    }
  }

  @Test
  void chunkingAndSmtputf8AreNotAdvertised() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.say("EHLO client.example\r\n");
      List<String> said = new ArrayList<>();
      do {
        said.add(client.hear());
      } while (said.getLast().charAt(3) == '-');
      assertThat(said)
          .containsExactly(
              "250-mail.example",
              "250-PIPELINING",
              "250-SIZE 10240",
              "250-8BITMIME",
              "250 ENHANCEDSTATUSCODES");
    }
  }

  @Test
  void hugeSizeIsNoAccident() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("MAIL FROM:<a@b.example> SIZE=99999999999999999999999"))
          .matches("5\\d\\d 5\\..*");
      assertThat(client.ask("MAIL FROM:<a@b.example> SIZE=20000 BODY=8BITMIME")).startsWith("552 ");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @Test
  void sizeIsEnforcedOnData() throws IOException {
    try (Client client = smap.connect().upToData()) {
      client.say("x".repeat(11_000) + "\r\n.\r\n");
      assertThat(client.reply()).startsWith("552 ");
    }
  }

  @Test
  void verbIsNotMatchedByItsFirstFourLetters() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("EHLOxyz client.example")).startsWith("500 ");
      assertThat(client.ask("NOOPxyz")).startsWith("500 ");
      assertThat(client.ask("TURN"))
          .as("the engine's own word means nothing here")
          .startsWith("502 ");
    }
  }

  @Test
  void mailNeedsHelo() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("MAIL FROM:<a@b.example>")).startsWith("503 ");
    }
  }

  @Test
  void unknownParametersAreRefused() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("MAIL FROM:<a@b.example> FOO=bar")).startsWith("555 ");
    }
  }

  @Test
  void recipientsAndSendersAreChecked() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("MAIL FROM:<a@b.example>, <c@d.example>")).matches("5\\d\\d .*");
      assertThat(client.ask("MAIL FROM:<a@b.example")).matches("5\\d\\d .*");
      assertThat(client.ask("MAIL FROM:<a@b.example>")).startsWith("250 ");
      for (String bad :
          List.of("<-oX@inside.example>", "<>", "<a\u0001b@inside.example>", "<|/bin/sh>")) {
        assertThat(client.ask("RCPT TO:" + bad)).as(bad).matches("5\\d\\d .*");
      }
    }
  }

  @Test
  void clientTextIsNeverEchoed() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("XMARKER")).doesNotContain("MARKER");
      assertThat(client.ask("EHLO marker.example")).doesNotContain("marker");
      assertThat(client.ask("MAIL FROM:<marker@marker.example>")).doesNotContain("marker");
    }
  }

  @Test
  void bareLineEndsAndNulInDataAreRefused() throws IOException {
    for (String bad : List.of("a\nb\r\n", "a\rb\r\n", "a\0b\r\n", "a\n.\nRSET\r\n")) {
      try (Client client = smap.connect().upToData()) {
        client.say("Subject: x\r\n\r\n" + bad + ".\r\n");
        assertThat(client.reply()).startsWith("550 5.6.11");
      }
    }
    assertThat(smap.accepted()).isEmpty();
  }

  @Test
  void dotThatOpensTheFirstLineIsUnstuffed() throws IOException {
    try (Client client = smap.connect().upToData()) {
      client.say("..first\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(smap.accepted()).singleElement().isEqualTo(".first\r\n".getBytes());
  }

  @Test
  void octetsThatAreNoUtf8AreNotAnsweredByTheEngine() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("NOOP \u00ff\u00fe")).matches("(250 2|50\\d 5)\\..*");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @Test
  void lineOfAThousandOctetsIsNotAnsweredByTheEngine() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("NOOP " + "x".repeat(1500))).doesNotContain("Input line length");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @Test
  void unknownVerbsAreCountedAndLogged() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      String last = "";
      for (int i = 0; i < 30 && last != null && !last.startsWith("421"); i++) {
        last = client.ask("XYZZY");
      }
      assertThat(last).startsWith("421 ");
    }
    assertThat(smap.logged()).contains("XYZZY");
  }

  @Test
  void startTlsWithCommandsBehindItOpensNothing() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("STARTTLS")).startsWith("502 ");
      assertThat(client.ask("MAIL FROM:<a@b.example>")).startsWith("250 ");
    }
  }

  @Test
  void whatFollowsAuthStaysOutOfTheLog() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      assertThat(client.ask("AUTH PLAIN AGpvaG4Ac2VjcmV0")).startsWith("502 ");
      assertThat(client.ask("AUTH LOGIN")).startsWith("502 ");
      assertThat(client.ask("c2VjcmV0LXNlY3JldA==")).startsWith("500 ");
      assertThat(client.ask("AUTH CRAM-MD5 secret\u0001")).matches("50\\d .*");
    }
    assertThat(smap.logged())
        .contains("detail=AUTH")
        .doesNotContain("AGpvaG4", "c2VjcmV0", "PLAIN", "CRAM");
  }

  @Test
  void proxyHeaderIsNotBelieved() throws IOException {
    try (Client client = smap.connect()) {
      client.reply();
      assertThat(client.ask("PROXY TCP4 192.0.2.1 192.0.2.2 1 25")).startsWith("500 ");
    }
    assertThat(smap.logged()).doesNotContain("host=192.0.2.1");
  }

  // Life.

  @Test
  void everyVerbOfTheEngineIsReplaced() {
    CommandHandler handler = new CommandHandler();
    Engine.replaceVerbs(handler);
    assertThat(handler.getVerbs()).contains("DATA", "BDAT", "STARTTLS", "AUTH", Engine.Turn.WORD);
    for (String verb : handler.getVerbs()) {
      assertThat(handler.getCommand(verb)).as(verb).isInstanceOf(Engine.Turn.class);
    }
  }

  @Test
  void timeOutIsForTheWholeCommand() throws Exception {
    try (Client client = smap.connect()) {
      client.reply();
      Thread drip = drip(client);
      assertThat(client.reply()).startsWith("421 4.4.2");
      drip.interrupt();
    }
  }

  @Test
  void timeOutInDataIsForTheWholeBody() throws Exception {
    try (Client client = smap.connect().upToData()) {
      Thread drip = drip(client);
      assertThat(client.reply()).startsWith("421 4.4.2");
      drip.interrupt();
    }
    assertThat(smap.accepted()).isEmpty();
  }

  @Test
  void fullHouseDoesNotBlockTheAcceptLoop() throws IOException {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Client client = smap.connect();
        clients.add(client);
        assertThat(client.reply()).startsWith("220 ");
      }
      for (int i = 0; i < 30; i++) {
        try (Client more = smap.connect()) {
          assertThat(more.reply()).startsWith("421 ");
        }
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
    awaitGreeting();
  }

  @Test
  void clientThatIsGoneBeforeItIsServedDoesNotHurt() throws IOException {
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket()) {
        socket.setSoLinger(true, 0);
        socket.connect(smap.address());
      }
    }
    awaitGreeting();
    assertThat(smap.fatal).hasNullValue();
    assertThat(smap.logged()).doesNotContain(" library ").doesNotContain("Exception");
  }

  @Test
  void drainTellsWaitingSessionsAndEndsInTime() throws Exception {
    try (Client client = smap.connect()) {
      client.reply();
      client.ask("EHLO client.example");
      smap.service().drain(Duration.ofSeconds(5));
      assertThat(client.reply()).startsWith("421 4.3.2");
      assertThat(client.reply()).isNull();
    }
    smap.service().close();
    assertThat(smap.fatal).hasNullValue();
  }

  @Test
  void drainLetsAMessageUnderWayFinish() throws Exception {
    try (Client client = smap.connect().upToData()) {
      client.say("Subject: under way\r\n\r\n");
      Thread drain = Thread.ofVirtual().start(() -> smap.service().drain(Duration.ofSeconds(10)));
      client.say("the rest\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
      assertThat(client.reply()).startsWith("421 4.3.2");
      drain.join();
    }
    assertThat(smap.accepted()).hasSize(1);
  }

  @Test
  void stoppingCutsWhatDoesNotEnd() throws Exception {
    try (Client client = smap.connect().upToData()) {
      client.say("never ending\r\n");
      smap.service().drain(Duration.ofMillis(100));
      smap.service().close();
      assertThat(client.reply()).isNull();
    }
    assertThat(smap.accepted()).isEmpty();
  }

  @Test
  void anOrdinarySessionLeavesNoLineOfTheLibrary() throws IOException {
    try (Client client = smap.connect().upToData()) {
      client.say("Subject: x\r\n\r\nx\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
      assertThat(client.ask("QUIT")).startsWith("221 ");
      assertThat(client.reply()).isNull();
    }
    await().until(() -> smap.logged().contains("disconnect"));
    assertThat(smap.logged()).doesNotContain("library");
  }

  @Test
  void connectionThatIsOverIsHeldByNobody() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Client client = smap.connect()) {
        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.ask("QUIT")).startsWith("221 ");
      }
    }
    await().untilAsserted(() -> assertThat(smap.service().held()).isZero());
  }

  /** An octet now and then, for longer than any time-out here. */
  private static Thread drip(Client client) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            for (int i = 0; i < 100; i++) {
              client.say("N");
              Thread.sleep(200);
            }
          } catch (IOException | InterruptedException e) {
            // The server has closed, as it should.
          }
        });
  }

  private void awaitGreeting() {
    await()
        .untilAsserted(() -> {
          try (Client client = smap.connect()) {
            assertThat(client.reply()).startsWith("220 ");
          }
        });
  }
}
