package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What strangers send that is no lawful SMTP: each gets a reply and a log line, in bounded time and
 * memory, and smap goes on serving the others.
 */
class StrangersIT {
  private static final Duration LOG_TIME = Duration.ofSeconds(10);
  private static final int COMMAND_SECONDS = 3;
  private static final int BODY_SECONDS = 6;
  private static final int HUNDRED_MEGABYTES = 100_000_000;
  private static final long MOST_MEMORY_KIB = 450_000;
  private static final String SENDER = "ann@outside.example";
  private static final String RECIPIENT = "john@" + Gateway.DOMAIN;

  @TempDir static Path folder;
  private static Gateway gateway;
  private static Child smap;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    gateway = new Gateway(folder).relay(9);
    gateway.line("smap: timeout " + COMMAND_SECONDS).line("smap: data-time " + BODY_SECONDS);
    smap = gateway.smap();
    port = Gateway.port(smap);
  }

  @AfterAll
  static void stop() throws IOException {
    System.out.println("smap's memory after all strangers, VmHWM: " + mostMemory() + " KiB");
    gateway.close();
  }

  @AfterEach
  void othersAreStillServed() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      Wire.queueId(wire.message(SENDER, RECIPIENT, Samples.header("after") + "Good."));
    }
    assertThat(mostMemory()).isLessThan(MOST_MEMORY_KIB);
    assertThat(smap.events("fatal")).isEmpty();
    assertThat(smap.events("trouble")).isEmpty();
  }

  private static long mostMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + smap.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  @Test
  void randomOctetsAreRefused() throws Exception {
    byte[] garbage = new byte[5000];
    new Random(7).nextBytes(garbage);
    try (Wire wire = Wire.silent(port)) {
      assertThat(wire.reply()).startsWith("220 ");
      wire.send(garbage);
      assertThat(wire.rest()).startsWith("5").contains("closing connection");
    }
    smap.awaitEvent(LOG_TIME, "bad-command", "host=127.0.0.1");
  }

  @Test
  void unknownCommandsEndTheSession() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      for (int i = 0; i < 9; i++) {
        assertThat(wire.say("FROB " + i)).startsWith("500 5.5.1");
      }
      wire.send("FROB\r\n".repeat(100));
      assertThat(wire.rest()).contains("421 4.7.0");
    }
    smap.awaitEvent(LOG_TIME, "bad-command", "too many errors");
  }

  @Test
  void tlsHelloIsNotSmtp() throws Exception {
    byte[] hello = new byte[517];
    System.arraycopy(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, 0, hello, 0, 11);
    try (Wire wire = Wire.silent(port)) {
      assertThat(wire.reply()).startsWith("220 ");
      wire.send(hello);
      assertThat(wire.rest()).startsWith("554 5.5.1 This port speaks SMTP only");
    }
    smap.awaitEvent(LOG_TIME, "not-smtp", "host=127.0.0.1", "TLS");
  }

  @Test
  void httpIsNotSmtp() throws Exception {
    try (Wire wire = Wire.silent(port)) {
      assertThat(wire.reply()).startsWith("220 ");
      wire.send("POST / HTTP/1.1\r\nHost: gateway.example\r\nContent-Length: 9\r\n\r\nMAIL FROM");
      assertThat(wire.rest()).startsWith("554 5.5.1 This port speaks SMTP only");
    }
    smap.awaitEvent(LOG_TIME, "not-smtp", "host=127.0.0.1", "HTTP");
  }

  @Test
  void endlessCommandLineIsCut() throws Exception {
    try (Wire wire = Wire.silent(port)) {
      assertThat(wire.reply()).startsWith("220 ");
      CompletableFuture<Integer> sent =
          CompletableFuture.supplyAsync(() -> sendUntilCut(wire, HUNDRED_MEGABYTES));
      assertThat(wire.rest()).startsWith("500 5.5.2 Line too long");
      assertThat(sent.get(30, TimeUnit.SECONDS)).isLessThan(HUNDRED_MEGABYTES);
    }
    smap.awaitEvent(LOG_TIME, "bad-command", "host=127.0.0.1");
  }

  private static int sendUntilCut(Wire wire, int octets) {
    byte[] some = new byte[100_000];
    Arrays.fill(some, (byte) 'a');
    int sent = 0;
    try {
      for (; sent < octets; sent += some.length) {
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
  void hundredMegabytesInOneLineOfTheBodyAreTooLarge() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      wire.begin(SENDER, RECIPIENT);
      wire.send(Samples.header("line"));
      assertThat(sendUntilCut(wire, HUNDRED_MEGABYTES)).isEqualTo(HUNDRED_MEGABYTES);
      wire.send("\r\n.\r\n");
      assertThat(wire.reply()).startsWith("552 5.3.4");
      assertThat(wire.say("NOOP")).startsWith("250");
    }
    smap.awaitEvent(LOG_TIME, "rejected", "552 5.3.4");
    gateway.awaitEmpty("tmp");
  }

  @Test
  void tenThousandRecipientsAreBounded() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      wire.say("MAIL FROM:<" + SENDER + ">", "250");
      String all =
          String.join(
              "",
              IntStream.range(0, 10_000)
                  .mapToObj(i -> "RCPT TO:<user" + i + "@" + Gateway.DOMAIN + ">\r\n")
                  .toList());
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> {
            try {
              wire.send(all);
            } catch (IOException e) {
              // smap has closed: that is what the replies show.
            }
          });
      String replies = wire.rest();
      sent.get(30, TimeUnit.SECONDS);
      assertThat(replies.lines().filter(line -> line.startsWith("250 2.1.5")).count())
          .isEqualTo(100);
      assertThat(replies.lines().skip(100).limit(1000)).allMatch(l -> l.startsWith("452 4.5.3"));
      assertThat(replies).contains("421 4.7.0");
    }
    smap.awaitEvent(LOG_TIME, "rejected", "recipient refused");
    smap.awaitEvent(LOG_TIME, "bad-command", "too many errors");
  }

  @Test
  void oneOctetSecondCommandIsTimedOut() throws Exception {
    try (Wire wire = Wire.silent(port)) {
      assertThat(wire.reply()).startsWith("220 ");
      Duration took = dribble(wire, "EHLO client.outside.example");
      assertThat(took.toSeconds()).isBetween(COMMAND_SECONDS - 1L, COMMAND_SECONDS + 10L);
    }
    smap.awaitEvent(LOG_TIME, "timeout", "host=127.0.0.1", "timed out");
  }

  @Test
  void oneOctetSecondBodyIsTooSlow() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      wire.begin(SENDER, RECIPIENT);
      Duration took = dribble(wire, "Subject: a very slow letter from the other side");
      assertThat(took.toSeconds()).isBetween(BODY_SECONDS - 1L, BODY_SECONDS + 10L);
    }
    smap.awaitEvent(LOG_TIME, "timeout", "host=127.0.0.1", "too slow");
  }

  /** Sends one octet a second until the other side says 421 and closes; the result is how long. */
  private static Duration dribble(Wire wire, String text) throws Exception {
    long began = System.nanoTime();
    CompletableFuture<String> rest =
        CompletableFuture.supplyAsync(() -> {
          try {
            return wire.rest();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    for (byte octet : text.getBytes(StandardCharsets.US_ASCII)) {
      wire.send(new byte[] {octet});
      try {
        rest.get(1, TimeUnit.SECONDS);
        break;
      } catch (java.util.concurrent.TimeoutException e) {
        // Not yet: the next octet.
      }
    }
    assertThat(rest.get(1, TimeUnit.SECONDS)).startsWith("421 4.4.2");
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void clientThatLeavesInsideTheBodyLeavesNothing() throws Exception {
    try (Wire wire = Wire.greeted(port)) {
      wire.begin(SENDER, RECIPIENT);
      wire.send(Samples.header("left") + "Some line.\r\n".repeat(100_000));
    }
    smap.awaitEvent(LOG_TIME, "not-accepted", "lost in body");
    gateway.awaitEmpty("tmp");
  }
}
