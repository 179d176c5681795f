package sallyport.authdb.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.protocol.AuthsrvClient.Answer;

/** The gateway's side, against an authsrv that does what a test says. */
class AuthsrvClientTest {
  private static final InetAddress SOURCE = InetAddress.ofLiteral("192.0.2.7");
  private static final String GRANT = "0123456789abcdef0123456789abcdef";
  private static final String DIGEST = "c4c9334bac560ecc979e58001b3e22fb";

  @TempDir Path folder;
  private Path socket;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private AuthsrvClient client;
  private ServerSocketChannel server;
  private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();
  private final List<String> received = new CopyOnWriteArrayList<>();

  @BeforeEach
  void makeClient() {
    socket = folder.resolve("socket");
    client =
        new AuthsrvClient(
            socket,
            new AuthsrvClient.Listener() {
              @Override
              public void connected() {
                events.add("connected");
              }

              @Override
              public void lost(String why) {
                events.add("lost " + why);
              }
            });
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    stopServer();
  }

  /** Answers each line by what the function makes of it; nothing for the empty text. */
  private void startServer(String greeting, Function<String, String> answers) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    opened.bind(UnixDomainSocketAddress.of(socket));
    server = opened;
    Thread.ofPlatform().daemon().start(() -> accept(opened, greeting, answers));
  }

  private void accept(
      ServerSocketChannel opened, String greeting, Function<String, String> answers) {
    try {
      while (true) {
        SocketChannel channel = opened.accept();
        accepted.add(channel);
        send(channel, greeting);
        Thread.ofPlatform().daemon().start(() -> serve(channel, answers));
      }
    } catch (IOException e) {
      // The server was stopped.
    }
  }

  private void serve(SocketChannel channel, Function<String, String> answers) {
    LineSplitter lines = new LineSplitter();
    ByteBuffer octets = ByteBuffer.allocate(4096);
    try {
      while (channel.read(octets) >= 0) {
        lines.feed(
            octets.flip(),
            line -> {
              received.add(line);
              send(channel, answers.apply(line));
            });
        octets.clear();
      }
    } catch (IOException e) {
      // The server was stopped.
    }
  }

  private static void send(SocketChannel channel, String text) {
    try {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private void stopServer() throws IOException {
    if (server != null) {
      server.close();
    }
    for (SocketChannel channel : accepted) {
      channel.close();
    }
    accepted.clear();
  }

  private static String tag(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private void startHonestServer() throws IOException {
    startServer(
        "sallyport-authsrv 1\n",
        line ->
            tag(line)
                + switch (line.split(" ")[1]) {
                  case "challenge" -> " ok <sp.x.y@gate>\n";
                  case "verify", "password" -> " ok " + GRANT + " mail jd\n";
                  case "respond" -> " ok " + DIGEST + "\n";
                  case "secret" -> " ok old%20iron\n";
                  default -> " refused\n";
                });
  }

  private Answer whenConnected() {
    await().until(() -> !(client.challenge() instanceof Answer.Unavailable));
    return client.challenge();
  }

  @Test
  void everyCallHasItsAnswer() throws Exception {
    startHonestServer();
    assertThat(client.challenge()).isEqualTo(new Answer.Challenge("<sp.x.y@gate>"));
    assertThat(client.verify("john", "<sp.x.y@gate>", DIGEST, SOURCE))
        .isEqualTo(new Answer.Granted(GRANT, "mail", "jd"));
    assertThat(client.password("john", new SecretText("x"), SOURCE))
        .isInstanceOf(Answer.Granted.class);
    assertThat(client.deny("john", SOURCE, "rule")).isInstanceOf(Answer.Refused.class);
    assertThat(client.respond(GRANT, "<a@b>")).isEqualTo(new Answer.Digest(DIGEST));
    assertThat(client.secret(GRANT)).isEqualTo(new Answer.Secret(new SecretText("old iron")));
    assertThat(events).containsExactly("connected");
    assertThat(accepted).hasSize(1);
  }

  @Test
  void withoutAuthsrvItIsUnavailableAndTheLogHearsItOnce() {
    for (int i = 0; i < 20; i++) {
      assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
    }
    assertThat(events).hasSize(1);
    assertThat(events.getFirst()).startsWith("lost " + socket);
  }

  @Test
  void afterARestartOfAuthsrvItIsThereAgain() throws Exception {
    startHonestServer();
    assertThat(client.challenge()).isInstanceOf(Answer.Challenge.class);
    stopServer();
    await().until(() -> events.size() == 2);
    assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
    startHonestServer();
    assertThat(whenConnected()).isInstanceOf(Answer.Challenge.class);
    assertThat(events).hasSize(3).last().isEqualTo("connected");
  }

  @Test
  void whoWaitsWhenAuthsrvDiesIsToldAtOnce() throws Exception {
    startServer("sallyport-authsrv 1\n", line -> "");
    CompletableFuture<Answer> waiting = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> waiting.complete(client.challenge()));
    await().until(() -> received.size() == 1);
    stopServer();
    assertThat(waiting.join()).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void challengesAreFetchedAheadAndEachIsGivenOnce() throws Exception {
    AtomicInteger made = new AtomicInteger();
    startServer(
        "sallyport-authsrv 1\n", line -> tag(line) + " ok <sp." + made.incrementAndGet() + "@x>\n");
    List<Answer> given = new ArrayList<>();
    for (int i = 0; i < 4 * ChallengesAhead.MOST; i++) {
      given.add(client.challenge());
    }
    assertThat(given).doesNotHaveDuplicates().allMatch(Answer.Challenge.class::isInstance);
    await().until(() -> received.size() > given.size());
  }

  @Test
  void challengeOfALostConnectionIsNotGiven() throws Exception {
    startServer("sallyport-authsrv 1\n", line -> tag(line) + " ok <sp.old@x>\n");
    client.challenge();
    await().until(() -> received.size() == 1 + ChallengesAhead.MOST);
    stopServer();
    await().until(() -> events.size() == 2);
    startServer("sallyport-authsrv 1\n", line -> tag(line) + " ok <sp.new@x>\n");
    assertThat(whenConnected()).isEqualTo(new Answer.Challenge("<sp.new@x>"));
  }

  private AuthsrvConnection connect(Function<String, String> answers) throws Exception {
    startServer("sallyport-authsrv 1\n", answers);
    AuthsrvConnection connection = AuthsrvConnection.open(socket, () -> {}, events::add);
    assertThat(connection.awaitGreeting(30, TimeUnit.SECONDS)).isTrue();
    return connection;
  }

  private static CompletableFuture<Optional<Reply>> ask(AuthsrvConnection connection) {
    CompletableFuture<Optional<Reply>> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer.complete(connection.ask(Request.Challenge::new));
          } catch (InterruptedException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Test
  void whoWaitsTooLongIsLetGoAndASilentAuthsrvIsGivenUp() throws Exception {
    AuthsrvConnection connection = connect(line -> "");
    CompletableFuture<Optional<Reply>> answer = ask(connection);
    await().until(() -> received.size() == 1);
    connection.checkTime(System.nanoTime());
    assertThat(answer).isNotDone();
    connection.checkTime(System.nanoTime() + AuthsrvClient.ANSWER_TIME.plusSeconds(1).toNanos());
    assertThat(answer.get()).isEmpty();
    assertThat(connection.isOpen()).isFalse();
    assertThat(events).containsExactly("no answer for 30 s");
  }

  @Test
  void whoWaitsTooLongIsLetGoWhileOthersAreAnswered() throws Exception {
    AuthsrvConnection connection =
        connect(line -> tag(line).equals("1") ? "" : tag(line) + " ok <sp.x@y>\n");
    CompletableFuture<Optional<Reply>> first = ask(connection);
    await().until(() -> received.size() == 1);
    assertThat(ask(connection).get()).isPresent();
    connection.checkTime(System.nanoTime() + AuthsrvClient.ANSWER_TIME.plusSeconds(1).toNanos());
    assertThat(first.get()).isEmpty();
    assertThat(connection.isOpen()).isTrue();
    connection.end("enough");
  }

  @Test
  void repliesMayComeInAnyOrder() throws Exception {
    List<String> held = new ArrayList<>();
    startServer(
        "sallyport-authsrv 1\n",
        line -> {
          held.add(tag(line) + " ok <sp." + held.size() + "@" + tag(line) + ">\n");
          return held.size() < 8 ? "" : String.join("", held.reversed());
        });
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(client::challenge);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> texts = new ArrayList<>();
      for (Future<Answer> answer : threads.invokeAll(calls)) {
        texts.add(((Answer.Challenge) answer.get()).text());
      }
      assertThat(texts).doesNotHaveDuplicates().hasSize(8);
    }
  }

  @Test
  void garbageIsSurvivedAndNothingIsMadeOfIt() throws Exception {
    for (String garbage :
        List.of(
            "\n",
            "\u0000\u00ff\n",
            "HTTP/1.1 200 OK\r\n",
            "1 ok\r\n",
            "x".repeat(5000),
            "1 ok a b c d e f g\n")) {
      makeClient();
      startServer("sallyport-authsrv 1\n", line -> garbage);
      assertThat(client.challenge()).as(garbage).isInstanceOf(Answer.Unavailable.class);
      stopServer();
      startHonestServer();
      assertThat(whenConnected()).isInstanceOf(Answer.Challenge.class);
      stopServer();
      client.close();
    }
  }

  @Test
  void anAnswerOfTheWrongFormIsUnavailable() throws Exception {
    startServer("sallyport-authsrv 1\n", line -> tag(line) + " ok\n");
    assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
    stopServer();
    for (String fields : List.of("", " short mail john", " " + GRANT + " mail")) {
      makeClient();
      startServer("sallyport-authsrv 1\n", line -> tag(line) + " ok" + fields + "\n");
      assertThat(client.verify("john", "c", DIGEST, SOURCE)).isInstanceOf(Answer.Unavailable.class);
      stopServer();
    }
    makeClient();
    startServer("sallyport-authsrv 1\n", line -> tag(line) + " ok nothex\n");
    assertThat(client.respond(GRANT, "<a@b>")).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void aReplyThatNobodyWaitsForIsNobodys() throws Exception {
    startServer(
        "sallyport-authsrv 1\n",
        line -> "fff ok <sp.forged@x>\n" + tag(line) + " ok <sp.real@x>\n");
    assertThat(client.challenge()).isEqualTo(new Answer.Challenge("<sp.real@x>"));
  }

  @Test
  void onlyAuthsrvOfThisVersionIsTalkedTo() throws Exception {
    for (String greeting : List.of("sallyport-authsrv 2\n", "+OK POP3 <a@b>\n", "1 ok x\n")) {
      makeClient();
      startServer(greeting, line -> tag(line) + " ok <sp.x@y>\n");
      assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
      assertThat(received).isEmpty();
      stopServer();
    }
  }

  @Test
  void whatTheProtocolCannotCarryIsHeldLikeAnyRefusal() throws Exception {
    startHonestServer();
    assertThat(client.verify("john", "c", "tooshort", SOURCE)).isInstanceOf(Answer.Refused.class);
    assertThat(client.verify("x".repeat(300), "c", DIGEST, SOURCE))
        .isInstanceOf(Answer.Refused.class);
    assertThat(client.password("\u20ac", new SecretText("x"), SOURCE))
        .isInstanceOf(Answer.Refused.class);
    assertThat(received).hasSize(3).allMatch(line -> line.contains(" deny "));
  }

  @Test
  void aThreadThatIsInterruptedIsLetGo() throws Exception {
    startServer("sallyport-authsrv 1\n", line -> "");
    CompletableFuture<String> end = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> end.complete(client.challenge() + " " + Thread.interrupted()));
    await().until(() -> received.size() == 1);
    thread.interrupt();
    assertThat(end.join()).isEqualTo("Unavailable[] true");
  }

  @Test
  void afterCloseItIsUnavailable() throws Exception {
    startHonestServer();
    assertThat(client.challenge()).isInstanceOf(Answer.Challenge.class);
    client.close();
    assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
  }
}
