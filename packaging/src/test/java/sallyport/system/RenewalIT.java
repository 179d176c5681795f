package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A certificate is renewed while fifty clients send: the steps of {@code systemctl reload}, which
 * are a check in a fresh process, a drained stop, and a start.
 */
class RenewalIT {
  private static final int CLIENTS = 50;
  private static final int MESSAGES_A_SESSION = 3;
  private static final Duration TIME = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(10);

  @TempDir Path folder;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger askedToComeAgain = new AtomicInteger();
  private final AtomicInteger foundClosed = new AtomicInteger();
  private final AtomicInteger lostBeforeTheGreeting = new AtomicInteger();
  private volatile boolean going = true;
  private Certificates certificates;
  private SSLContext client;

  @BeforeEach
  void makeCertificates() throws Exception {
    Needs.programs("openssl");
    certificates =
        Certificates.in(folder.resolve("certificates"))
            .add("old", "EC", "DNS:gateway.example")
            .add("new", "EC", "DNS:gateway.example");
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream pem = Files.newInputStream(Path.of(certificates.file("ca.pem")))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
  }

  @Test
  void renewedCertificateBreaksNoSession() throws Exception {
    int port = Ports.free();
    use("old");
    try (Gateway gateway = gateway(port)) {
      Child first = gateway.smap();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofPlatform().start(() -> comeAgainAndAgain(port)));
      }
      awaitMore(500);
      use("new");
      Child.run(
          TIME, new byte[0], Gateway.program("smap"), "--check", "--table", gateway.table() + "");
      long closed = System.nanoTime();
      first.terminate();
      assertThat(first.awaitExit(Gateway.STOP_TIME)).as(first.text()).isZero();
      gateway.smap();
      closed = System.nanoTime() - closed;
      awaitMore(500);
      going = false;
      for (Thread each : clients) {
        each.join(TIME);
        assertThat(each.isAlive()).isFalse();
      }
      System.out.printf(
          "renewed under load: %d messages acknowledged, %d sessions asked to come again, %d lost"
              + " before the greeting, from the signal to ready again %d ms, %d connects refused%n",
          acknowledged.size(),
          askedToComeAgain.get(),
          lostBeforeTheGreeting.get(),
          TimeUnit.NANOSECONDS.toMillis(closed),
          foundClosed.get());
      assertThat(broken).isEmpty();
      assertThat(serialShown(port)).isEqualTo(Certificates.serial("new"));
      assertThat(stored(gateway)).isEqualTo(acknowledged.size());
    }
  }

  private Gateway gateway(int port) throws IOException {
    return new Gateway(folder)
        .relay(9)
        .without("smap: listen")
        .line("smap: listen 127.0.0.1:" + port + " tls")
        .line("smap: tls-cert " + folder.resolve("used.pem"))
        .line("smap: tls-key " + folder.resolve("used.key"));
  }

  private void use(String name) throws IOException {
    for (String kind : List.of(".pem", ".key")) {
      Path part =
          Files.copy(
              Path.of(certificates.file(name + kind)),
              folder.resolve("part"),
              StandardCopyOption.COPY_ATTRIBUTES);
      Files.move(part, folder.resolve("used" + kind), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void awaitMore(int messages) {
    int wanted = acknowledged.size() + messages;
    Awaitility.await().atMost(TIME).until(() -> acknowledged.size() >= wanted);
  }

  private void comeAgainAndAgain(int port) {
    while (going) {
      try (Wire wire = Wire.tls(client, port)) {
        if (wire.reply().startsWith("220")
            && wire.say("EHLO c.outside.example").startsWith("250")) {
          session(wire);
        } else {
          askedToComeAgain.incrementAndGet();
        }
      } catch (ConnectException e) {
        foundClosed.incrementAndGet();
        pause();
      } catch (IOException e) {
        lostBeforeTheGreeting.incrementAndGet();
      }
    }
  }

  private void session(Wire wire) {
    String last = "EHLO";
    try {
      for (int i = 0; i < MESSAGES_A_SESSION; i++) {
        for (String command :
            List.of("MAIL FROM:<a@outside.example>", "RCPT TO:<b@inside.example>", "DATA")) {
          last = command;
          String reply = wire.say(command);
          if (reply.startsWith("421")) {
            askedToComeAgain.incrementAndGet();
            return;
          }
          if (!reply.startsWith(command.equals("DATA") ? "354" : "250")) {
            broken.add(command + ": " + reply);
            return;
          }
        }
        last = "the message";
        wire.send(Samples.header("renewal") + "A line.\r\n".repeat(100) + "\r\n.\r\n");
        acknowledged.add(Wire.queueId(wire.reply()));
      }
      last = "QUIT";
      wire.say("QUIT");
    } catch (IOException e) {
      broken.add(last + ": " + e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long serialShown(int port) throws IOException {
    try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      return ((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSerialNumber()
          .longValueExact();
    }
  }

  private static long stored(Gateway gateway) throws IOException {
    long stored = 0;
    for (String name : gateway.in("new")) {
      String batch =
          Files.readString(
              gateway.spool().resolve("new").resolve(name),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      stored += batch.lines().filter(line -> line.startsWith("ID ")).count();
    }
    return stored;
  }
}
