package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pop3-gw never has a front secret: not in a thousand logins, and not for the asking. */
class MemoryIT {
  private static final int USERS = 20;
  private static final int LOGINS = 1000;
  private static final Duration DUMP_TIME = Duration.ofSeconds(60);
  private static final Duration LOG_TIME = Duration.ofSeconds(10);

  /** What every secret begins with, so that one search finds them all. */
  private static final String MARK = "kU7fQz3xWv9bT4";

  @TempDir static Path folder;
  private static final Map<String, String> SECRETS = new TreeMap<>();
  private static CannedPop3 inside;
  private static LoginGateway gateway;
  private static Child authsrv;
  private static Child pop3Gw;

  @BeforeAll
  static void start() throws Exception {
    Needs.root();
    Needs.programs("gcore");
    for (int i = 0; i < USERS; i++) {
      SECRETS.put("traveller" + i, MARK + "-" + Integer.toHexString(i * 7919 + 104729));
    }
    inside = new CannedPop3(SECRETS);
    gateway = new LoginGateway(folder).server("mail", inside.port());
    gateway.addUsers(SECRETS);
    authsrv = gateway.authsrv();
    pop3Gw = gateway.pop3Gw();
  }

  @AfterAll
  static void stop() throws IOException {
    if (gateway != null) {
      gateway.close();
      inside.close();
    }
  }

  @Test
  void gatewaysMemoryHoldsNoUsersSecretAfterAThousandLogins() throws Exception {
    int port = Gateway.port(pop3Gw);
    for (int i = 0; i < LOGINS; i++) {
      String user = "traveller" + i % USERS;
      try (Pop3Wire wire = Pop3Wire.loggedIn(port, user, SECRETS.get(user))) {
        assertThat(wire.say("STAT")).startsWith("+OK 1 ");
        assertThat(wire.say("QUIT")).startsWith("+OK");
      }
    }
    assertThat(inside.logins()).isEqualTo(LOGINS);
    Path dump = dump(pop3Gw);
    long names = occurrences(dump, "traveller7");
    long marks = occurrences(dump, MARK);
    System.out.printf(
        "memory of pop3-gw after %d logins: %d MB, a user's name %d times, a secret %d times%n",
        LOGINS, Files.size(dump) / 1_000_000, names, marks);
    Files.delete(dump);
    assertThat(names).as("the search finds what is there").isPositive();
    assertThat(marks).isZero();
  }

  private static Path dump(Child daemon) throws Exception {
    Path prefix = folder.resolve("core");
    Child.run(
        DUMP_TIME,
        new byte[0],
        Needs.program("gcore"),
        "-o",
        prefix.toString(),
        String.valueOf(daemon.pid()));
    return Path.of(prefix + "." + daemon.pid());
  }

  /** How often a file holds a text; the text's first octet must not recur in it. */
  private static long occurrences(Path file, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    long found = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      byte[] block = new byte[1 << 20];
      int matched = 0;
      for (int length = in.read(block); length >= 0; length = in.read(block)) {
        for (int i = 0; i < length; i++) {
          matched = block[i] == wanted[matched] ? matched + 1 : block[i] == wanted[0] ? 1 : 0;
          if (matched == wanted.length) {
            found++;
            matched = 0;
          }
        }
      }
    }
    return found;
  }

  @Test
  void authsrvSaysNothingToAnAccountThatMayNotTalk() throws Exception {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(gateway.socket()))) {
      ByteBuffer answer = ByteBuffer.allocate(64);
      assertThat(channel.read(answer))
          .as("this JVM is root, whom the table does not list")
          .isNegative();
    }
    authsrv.awaitEvent(LOG_TIME, "wrong-peer", "account=root");
  }
}
