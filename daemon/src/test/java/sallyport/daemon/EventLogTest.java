package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-22T05:06:07.089Z"), ZoneOffset.UTC);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private String written(EventLog.Prefix prefix, Event event, Field... fields) {
    try (EventLog log = EventLog.to(out, prefix, CLOCK)) {
      log.write(event, fields);
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  private String value(String value) {
    String line = written(EventLog.Prefix.JOURNAL, Event.CONNECT, Field.of("v", value));
    return line.substring("<6>connect v=".length(), line.length() - 1);
  }

  @Test
  void lineBeginsWithTimeOrWithThePriorityForTheJournal() {
    assertThat(written(EventLog.Prefix.TIME, Event.READY))
        .isEqualTo("2026-11-22T05:06:07.089Z ready\n");
    out.reset();
    assertThat(written(EventLog.Prefix.JOURNAL, Event.READY)).isEqualTo("<5>ready\n");
  }

  @Test
  void alertIsMarked() {
    assertThat(written(EventLog.Prefix.JOURNAL, Event.POSSIBLE_SPOOF, Field.of("host", 1)))
        .isEqualTo("<1>possible-spoof securityalert=yes host=1\n");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "ann@example.org, ann@example.org",
        "`a b`, `\"a b\"`",
        "a=b, \"a=b\"",
        "`a\"b`, `\"a\\\"b\"`",
        "a\\b, \"a\\\\b\"",
        "``, `\"\"`",
      })
  void valueIsQuotedOnlyIfItMust(String value, String expected) {
    assertThat(value(value)).isEqualTo(expected);
  }

  @Test
  void whatIsNotPrintableAsciiIsEscaped() {
    assertThat(value("a\r\nfatal x=1")).isEqualTo("\"a\\x0d\\x0afatal x=1\"");
    out.reset();
    assertThat(value("\u001b[2J\u007f\u0085\u00e9\u20ac"))
        .isEqualTo("\"\\x1b[2J\\x7f\\x85\\xe9\\u20ac\"");
    out.reset();
    byte[] octets = {(byte) 0xff, 'x', 0};
    try (EventLog log = EventLog.to(out, EventLog.Prefix.JOURNAL, CLOCK)) {
      log.write(Event.CONNECT, Field.octets("v", octets));
    }
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("<6>connect v=\"\\xffx\\x00\"\n");
  }

  @Test
  void everyCharacterLeavesOneLineOfPrintableAscii() {
    for (int c = 0; c <= 0xffff; c += c < 0x300 ? 1 : 0x101) {
      StringBuilder line = new StringBuilder();
      LineFormat.appendValue(line, "" + (char) c);
      assertThat(line.toString()).as("character %x", c).matches("[ -~]+");
    }
  }

  @Test
  void longValueIsCutAndSaysSo() {
    assertThat(value("x".repeat(100_000))).hasSize(EventLog.MAX_VALUE_OCTETS + 5).endsWith("...\"");
  }

  @Test
  void longLineIsCutBetweenFieldsAndSaysSo() {
    Field[] fields = new Field[1000];
    java.util.Arrays.fill(fields, Field.of("to", "\n".repeat(500)));
    String line = written(EventLog.Prefix.TIME, Event.ACCEPTED, fields);
    assertThat(line).hasSizeLessThanOrEqualTo(EventLog.MAX_LINE_OCTETS).endsWith("\" cut=yes\n");
    assertThat(line.lines()).hasSize(1);
  }

  @Test
  void hundredRecipientsFitIntoOneLine() {
    Field[] fields = new Field[101];
    java.util.Arrays.fill(fields, Field.of("to", "x".repeat(254)));
    assertThat(written(EventLog.Prefix.TIME, Event.ACCEPTED, fields)).doesNotContain("cut=yes");
  }

  @Test
  void keyThatIsNoKeyIsAFaultOfTheProgram() {
    assertThatThrownBy(() -> Field.of("a b", "x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void linesOfOneThreadKeepTheirOrderAndNoneIsLost() throws InterruptedException {
    int threads = 20;
    int each = 2000;
    try (EventLog log = EventLog.to(out, EventLog.Prefix.JOURNAL, CLOCK)) {
      List<Thread> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int number = t;
        writers.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    log.write(Event.CONNECT, Field.of("t", number), Field.of("i", i));
                  }
                }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    Map<String, Integer> next = new TreeMap<>();
    out.toString(StandardCharsets.US_ASCII)
        .lines()
        .forEach(line -> {
          String[] words = line.split("[ =]");
          int expected = next.merge(words[2], 1, Integer::sum) - 1;
          assertThat(words[4]).isEqualTo("" + expected);
        });
    assertThat(next).hasSize(threads).allSatisfy((t, count) -> assertThat(count).isEqualTo(each));
  }

  /** An output that takes nothing until it is let. */
  private static final class Gate extends OutputStream {
    final Semaphore let = new Semaphore(0);
    final AtomicInteger writes = new AtomicInteger();
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      throw new AssertionError("one octet at a time");
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      let.acquireUninterruptibly();
      writes.incrementAndGet();
      taken.write(octets, offset, length);
    }
  }

  @Test
  void linesThatWaitLeaveInOneWrite() {
    Gate gate = new Gate();
    try (EventLog log = EventLog.to(gate, EventLog.Prefix.JOURNAL, CLOCK)) {
      log.write(Event.READY);
      await().until(() -> gate.let.hasQueuedThreads());
      for (int i = 0; i < 1000; i++) {
        log.write(Event.READY);
      }
      gate.let.release(1000);
      assertThat(log.flush(Duration.ofSeconds(30))).isTrue();
    }
    assertThat(gate.writes).hasValue(2);
    assertThat(gate.taken.toString(StandardCharsets.US_ASCII).lines()).hasSize(1001);
  }

  @Test
  void callerWaitsWhileTheBufferIsFullAndNothingIsLost() throws InterruptedException {
    Gate gate = new Gate();
    int lines = 2000;
    Field filler = Field.of("x", "y".repeat(1000));
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger handedOver = new AtomicInteger();
    try (EventLog log = EventLog.to(gate, EventLog.Prefix.JOURNAL, CLOCK)) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < lines; i++) {
                  log.write(Event.READY, filler);
                  handedOver.incrementAndGet();
                }
                done.countDown();
              });
      await().until(() -> writer.getState() == Thread.State.WAITING);
      assertThat(handedOver.get()).isLessThan(2 * EventLog.MAX_WAITING_OCTETS / 1000);
      assertThat(log.flush(Duration.ofMillis(1))).isFalse();
      gate.let.release(1_000_000);
      done.await();
    }
    assertThat(gate.taken.toString(StandardCharsets.US_ASCII).lines()).hasSize(lines);
  }

  @Test
  void outputThatFailsBlocksNobodyAndIsReportedWhenItWorksAgain() {
    AtomicBoolean broken = new AtomicBoolean(true);
    OutputStream sometimes =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
          }

          @Override
          public void write(byte[] octets, int offset, int length) throws IOException {
            if (broken.get()) {
              throw new IOException("nobody reads");
            }
            out.write(octets, offset, length);
          }
        };
    try (EventLog log = EventLog.to(sometimes, EventLog.Prefix.JOURNAL, CLOCK)) {
      log.write(Event.STARTING);
      log.write(Event.STARTING);
      assertThat(log.flush(Duration.ofSeconds(30))).isTrue();
      broken.set(false);
      log.write(Event.READY);
    }
    assertThat(out.toString(StandardCharsets.US_ASCII))
        .isEqualTo("<5>ready\n<3>trouble what=log lost=2\n");
  }

  @Test
  void closedLogTakesNothingAndBlocksNobody() {
    EventLog log = EventLog.to(out, EventLog.Prefix.JOURNAL, CLOCK);
    log.write(Event.READY);
    log.close();
    log.write(Event.STOPPED);
    log.close();
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("<5>ready\n");
  }
}
