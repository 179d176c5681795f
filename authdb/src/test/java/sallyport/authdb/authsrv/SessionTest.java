package sallyport.authdb.authsrv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sallyport.authdb.authsrv.TestBroker.HOME;
import static sallyport.authdb.authsrv.TestBroker.digest;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.protocol.AuthsrvClient;
import sallyport.authdb.protocol.AuthsrvClient.Answer;
import sallyport.authdb.protocol.Wire;
import sallyport.daemon.StartupException;
import sallyport.daemon.UnixListener;
import sallyport.netperm.Location;

/** The socket of authsrv, as a gateway and others find it. */
class SessionTest {
  private TestBroker it;
  private Path socket;
  private Held held;
  private Door door;
  private final List<Peer> peers = new ArrayList<>();

  /** Whoever has connected. */
  private record Peer(SocketChannel channel, BufferedReader reader) {
    void say(String text) throws IOException {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** The next line; null at the end. */
    String hear() throws IOException {
      return reader.readLine();
    }

    /** Whether the connection was closed from the other side, whatever came before. */
    boolean isCut() {
      try {
        while (hear() != null) {
          // Read on.
        }
      } catch (IOException e) {
        // A reset is an end, too.
      }
      return true;
    }
  }

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    it = TestBroker.in(folder);
    it.clock = System::nanoTime;
    it.restart();
    socket = folder.resolve("socket");
    held = new Held(() -> it.clock.getAsLong());
    open();
  }

  private void open() throws Exception {
    // One that was closed is let go by the kernel when its thread has left accept().
    Files.deleteIfExists(socket);
    UnixListener listener = UnixListener.bind(socket, Optional.empty(), new Location("table", 1));
    UserPrincipal self = Files.getOwner(socket);
    door = new Door(listener, Set.of(self), it.broker, held, it.log);
    door.open();
  }

  @AfterEach
  void stop() throws Exception {
    door.close();
    held.close();
    for (Peer peer : peers) {
      peer.channel().close();
    }
    it.close();
  }

  private Peer connect() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    Peer peer =
        new Peer(
            channel, new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1)));
    peers.add(peer);
    return peer;
  }

  private Peer gateway() throws IOException {
    Peer peer = connect();
    assertThat(peer.hear()).isEqualTo(Wire.GREETING);
    return peer;
  }

  private String challenge(Peer peer) throws IOException {
    peer.say("c challenge\n");
    String line = peer.hear();
    assertThat(line).startsWith("c ok <sp.");
    return line.substring("c ok ".length());
  }

  @Test
  void aPermittedPeerIsGreetedAndServed() throws Exception {
    Peer peer = gateway();
    String challenge = challenge(peer);
    peer.say(
        "1 verify john " + challenge + " " + digest(challenge, "tanstaaf") + " " + HOME + "\n");
    String granted = peer.hear();
    assertThat(granted).matches("1 ok [0-9a-f]{32} mail john");
    peer.say("2 respond " + granted.split(" ")[2] + " <a@b>\n");
    assertThat(peer.hear()).isEqualTo("2 ok " + digest("<a@b>", "tanstaaf"));
  }

  @Test
  void linesMayComeInAnyPieces() throws Exception {
    Peer peer = gateway();
    for (char c : "1 challenge\n2 chal".toCharArray()) {
      peer.say(String.valueOf(c));
    }
    assertThat(peer.hear()).startsWith("1 ok");
    peer.say("lenge\n3 challenge\n");
    assertThat(peer.hear()).startsWith("2 ok");
    assertThat(peer.hear()).startsWith("3 ok");
  }

  @Test
  void aRefusalIsOvertakenByWhatIsReadySooner() throws Exception {
    Peer peer = gateway();
    peer.say("1 deny john 192.0.2.7 rule\n2 challenge\n");
    assertThat(peer.hear()).startsWith("2 ok");
    assertThat(held.size()).isEqualTo(1);
    assertThat(peer.hear()).isEqualTo("1 refused");
  }

  @Test
  void aBrokenLineEndsTheSessionAndIsAlerted() throws Exception {
    for (String line :
        List.of(
            "\n",
            "GET / HTTP/1.1\r\n",
            "1 challenge \n",
            "1 nothing\n",
            "\u0000\n",
            "1 secret x\n")) {
      Peer peer = gateway();
      peer.say(line);
      assertThat(peer.isCut()).isTrue();
    }
    assertThat(it.logged()).contains("suspect-gateway securityalert=yes what=\"broken line\"");
  }

  @Test
  void nothingBehindABrokenLineIsDone() throws Exception {
    Peer peer = gateway();
    peer.say("1 bad line\n2 challenge\n");
    assertThat(peer.hear()).isNull();
  }

  @Test
  void aLineThatIsTooLongEndsTheSession() throws Exception {
    Peer peer = gateway();
    peer.say("1 verify " + "x".repeat(Wire.MAX_LINE));
    assertThat(peer.isCut()).isTrue();
    assertThat(it.logged()).contains("what=\"line too long\"");
  }

  @Test
  void whatIsBeyondTheOutstandingIsUnavailableAtOnce() throws Exception {
    it.now = System.nanoTime();
    it.clock = () -> it.now;
    Peer peer = gateway();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < Session.MAX_OUTSTANDING; i++) {
      lines.append(Integer.toHexString(i)).append(" deny john 192.0.2.7 rule\n");
    }
    peer.say(lines.toString());
    await().until(() -> held.size() == Session.MAX_OUTSTANDING);
    peer.say("aaaa deny john 192.0.2.7 rule\nbbbb challenge\n");
    assertThat(peer.hear()).isEqualTo("aaaa unavailable");
    assertThat(peer.hear()).isEqualTo("bbbb unavailable");
    assertThat(held.size()).isEqualTo(Session.MAX_OUTSTANDING);
  }

  @Test
  void aPeerThatTakesNothingIsCut() throws Exception {
    Peer peer = gateway();
    ByteBuffer many = ByteBuffer.wrap("1 challenge\n".repeat(1000).getBytes());
    try {
      for (int i = 0; i < 1000; i++) {
        peer.channel().write(many.rewind());
      }
    } catch (IOException e) {
      // It was cut in the midst of it, which is what is wanted.
    }
    await().until(() -> it.logged().contains("it takes no replies, and is cut off"));
    assertThat(peer.isCut()).isTrue();
    assertThat(challenge(gateway())).isNotEmpty();
  }

  @Test
  void thereIsABoundOnSessions() throws Exception {
    for (int i = 0; i < Door.MAX_SESSIONS; i++) {
      gateway();
    }
    assertThat(connect().hear()).isNull();
    peers.getFirst().channel().close();
    await().until(() -> it.logged().contains("disconnect socket="));
    gateway();
  }

  @Test
  void anAccountThatMayNotTalkGetsNotOneOctet() throws Exception {
    door.close();
    UserPrincipal other = AuthsrvConfig.account("54321");
    // The thread that accepts lets go of the old socket a moment later.
    UnixListener listener =
        await()
            .ignoreException(StartupException.class)
            .until(
                () -> UnixListener.bind(socket, Optional.empty(), new Location("table", 1)),
                bound -> true);
    door = new Door(listener, Set.of(other), it.broker, held, it.log);
    door.open();
    assertThat(connect().hear()).isNull();
    assertThat(it.logged()).contains("wrong-peer securityalert=yes socket=" + socket);
  }

  @Test
  void everySessionHasLoggedItsEndWhenTheDoorIsClosed() throws Exception {
    for (int i = 0; i < Door.MAX_SESSIONS; i++) {
      gateway();
    }
    door.close();
    assertThat(it.logged().lines().filter(line -> line.contains("disconnect socket=")))
        .hasSize(Door.MAX_SESSIONS);
  }

  @Test
  void theClientOfTheGatewaysUnderstandsTheRealAuthsrv() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    AuthsrvClient.Listener listener =
        new AuthsrvClient.Listener() {
          @Override
          public void connected() {
            events.add("connected");
          }

          @Override
          public void lost(String why) {
            events.add("lost");
          }
        };
    InetAddress home = InetAddress.ofLiteral(HOME);
    try (AuthsrvClient client = new AuthsrvClient(socket, listener)) {
      String challenge = ((Answer.Challenge) client.challenge()).text();
      String right = digest(challenge, "tanstaaf");
      Answer.Granted granted =
          (Answer.Granted) client.verify("john%legacy", challenge, right, home);
      assertThat(((Answer.Secret) client.secret(granted.grant())).secret().reveal())
          .isEqualTo("old iron");
      assertThat(client.verify("john", challenge, right, home)).isInstanceOf(Answer.Refused.class);
      door.close();
      await().until(() -> events.contains("lost"));
      assertThat(client.challenge()).isInstanceOf(Answer.Unavailable.class);
      open();
      await().until(() -> client.challenge() instanceof Answer.Challenge);
      assertThat(events).containsExactly("connected", "lost", "connected");
    }
  }
}
