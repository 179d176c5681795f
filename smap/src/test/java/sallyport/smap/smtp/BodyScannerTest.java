package sallyport.smap.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BodyScannerTest {
  private static final BodyRules WIDE = rules(1L << 40, LineEnds.REJECT);

  private static BodyRules rules(long maxOctets, LineEnds lineEnds) {
    return new BodyRules(maxOctets, 1 << 20, 1 << 20, lineEnds);
  }

  /** What a scanner made of an input, in comparable form. */
  private record Outcome(boolean ended, int consumed, String stored, BodyReport report) {}

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Outcome scan(BodyRules rules, byte[] input, int... cuts) {
    BodyScanner scanner = new BodyScanner(rules);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    for (int i = 0; i <= cuts.length && !scanner.ended(); i++) {
      int end = i < cuts.length ? cuts[i] : input.length;
      at += scanner.feed(input, at, end - at, (b, o, n) -> out.write(b, o, n));
    }
    String stored = out.toString(StandardCharsets.ISO_8859_1);
    return new Outcome(scanner.ended(), at, stored, scanner.report());
  }

  private static Outcome scan(String input) {
    return scan(WIDE, octets(input));
  }

  @Test
  void octetsBehindTheEndAreLeft() {
    Outcome outcome = scan("a\r\n.\r\nQUIT\r\n");
    assertThat(outcome.ended()).isTrue();
    assertThat(outcome.consumed()).isEqualTo(6);
    assertThat(outcome.stored()).isEqualTo("a\r\n");
  }

  @Test
  void noOctetIsReadOutsideTheRange() {
    BodyScanner scanner = new BodyScanner(WIDE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] input = octets("xx\0\n..a\r\n.\r\n\0\n");
    assertThat(scanner.feed(input, 4, 8, (b, o, n) -> out.write(b, o, n))).isEqualTo(8);
    assertThat(scanner.ended()).isTrue();
    assertThat(scanner.report().nul()).isFalse();
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo(".a\r\n");
  }

  @Test
  void everySplitGivesTheSame() {
    for (String sample : NASTY) {
      byte[] input = octets(sample + "\r\n.\r\nNEXT");
      for (LineEnds lineEnds : LineEnds.values()) {
        BodyRules rules = rules(1000, lineEnds);
        Outcome whole = scan(rules, input);
        assertThat(whole.ended()).as(sample).isTrue();
        for (int first = 0; first <= input.length; first++) {
          for (int second = first; second <= input.length; second++) {
            assertThat(scan(rules, input, first, second))
                .as("%s cut at %d and %d, %s", sample, first, second, lineEnds)
                .isEqualTo(whole);
          }
        }
      }
    }
  }

  private static final List<String> NASTY =
      List.of(
          "",
          ".",
          "..",
          "...\r\n.",
          "a\n.\nb",
          "a\r.\rb",
          "a\r\n.\nb",
          "a\r\n.\rb",
          "a\n.\r\nb",
          "a\r\n.\r\rb",
          "a\r\r\n.x\r\n\r\n..",
          "\r\n\0.\r\nb",
          "\r\n.\0\r\nb",
          "\r\0\n.\r\nb",
          "\n",
          "\r",
          "\0",
          "Received: a\r\nSubject:\r\n x\r\nRECEIVED \t: b\r\n\r\nReceived: c",
          "Received: a\nReceived: b\n\nReceived: c",
          "Receive: a\r\nReceivedd: b\r\nReceived : c");

  @ParameterizedTest
  @EnumSource(LineEnds.class)
  void randomInputsAgreeWithASlowReading(LineEnds lineEnds) {
    Random random = new Random(20261122);
    String alphabet = "\r\n\r\n\r\n..\0aR:\t \u00ff";
    for (int round = 0; round < 100_000; round++) {
      byte[] input = new byte[random.nextInt(40)];
      for (int i = 0; i < input.length; i++) {
        input[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      int cut = random.nextInt(input.length + 1);
      Outcome actual = scan(rules(1L << 30, lineEnds), input, cut);
      Reference reference = new Reference(input);
      String seen = CommandParser.text(input);
      assertThat(actual.ended()).as(seen).isEqualTo(reference.ended);
      assertThat(actual.consumed()).as(seen).isEqualTo(reference.consumed);
      if (reference.ended) {
        assertThat(actual.report().bareCr()).as(seen).isEqualTo(reference.bareCr);
        assertThat(actual.report().bareLf()).as(seen).isEqualTo(reference.bareLf);
        assertThat(actual.report().nul()).as(seen).isEqualTo(reference.nul);
        if (lineEnds == LineEnds.NORMALIZE || !reference.malformed()) {
          assertThat(actual.stored()).as(seen).isEqualTo(reference.normalized);
          assertThat(actual.report().octets()).isEqualTo(reference.normalized.length());
        }
      }
    }
  }

  /** The same by text search, with no regard for speed. */
  private static final class Reference {
    final boolean ended;
    final int consumed;
    final boolean bareCr;
    final boolean bareLf;
    final boolean nul;
    final String normalized;

    Reference(byte[] input) {
      String text = "\r\n" + CommandParser.text(input);
      int end = text.indexOf("\r\n.\r\n");
      ended = end >= 0;
      consumed = ended ? end + 3 : input.length;
      String body = ended ? text.substring(0, end + 2) : text;
      String rest = body.replace("\r\n", "");
      bareCr = rest.contains("\r");
      bareLf = rest.contains("\n");
      nul = rest.contains("\0");
      String line = "\u0100"; // stands for CR LF while bare ones are replaced
      normalized =
          body.replace("\r\n.", "\r\n")
              .substring(2)
              .replace("\r\n", line)
              .replace("\r", line)
              .replace("\n", line)
              .replace("\0", "")
              .replace(line, "\r\n");
    }

    boolean malformed() {
      return bareCr || bareLf || nul;
    }
  }

  @Test
  void limitStopsTheSinkButNotTheSearch() {
    Outcome outcome = scan(rules(5, LineEnds.REJECT), octets("123\r\n4\r\n.\r\nNEXT"));
    assertThat(outcome.ended()).isTrue();
    assertThat(outcome.consumed()).isEqualTo(11);
    assertThat(outcome.report().tooBig()).isTrue();
    assertThat(outcome.stored().length()).isLessThanOrEqualTo(5);
  }

  @Test
  void endlessBodyWithoutLineEndIsBounded() {
    BodyScanner scanner = new BodyScanner(rules(1000, LineEnds.REJECT));
    long[] stored = {0};
    byte[] block = new byte[4096];
    Arrays.fill(block, (byte) 'x');
    for (int i = 0; i < 1000; i++) {
      scanner.feed(block, 0, block.length, (b, o, n) -> stored[0] += n);
    }
    assertThat(stored[0]).isLessThanOrEqualTo(1000);
    assertThat(scanner.refused()).isTrue();
    assertThat(scanner.ended()).isFalse();
  }

  @Test
  void headerFactsAreCounted() {
    BodyReport report =
        scan("Received: a\r\n\tb\r\nreceived:c\r\nX: 123456789\r\n\r\nReceived: d\r\n.\r\n")
            .report();
    assertThat(report.hops()).isEqualTo(2);
    assertThat(report.headerEnded()).isTrue();
    assertThat(report.headerOctets()).isEqualTo(13 + 4 + 12 + 14);
    assertThat(report.longestHeaderLine()).isEqualTo(12);
  }

  @Test
  void headerEndsBeforeALineThatIsNone() {
    for (String line : List.of("no colon", ": no name", "sp ace: x", "\u00e9: x", "name")) {
      BodyReport report = scan("A: b\r\n" + line + "\r\nReceived: c\r\n.\r\n").report();
      assertThat(report.hops()).as(line).isZero();
      assertThat(report.headerEnded()).as(line).isFalse();
      assertThat(report.headerOctets()).as(line).isEqualTo(6);
    }
    assertThat(scan(" folded first\r\nReceived: c\r\n.\r\n").report().hops()).isZero();
  }

  @Test
  void headerLimitsStopTheSink() {
    BodyRules rules = new BodyRules(1 << 20, 100, 20, LineEnds.REJECT);
    assertThat(scan(rules, octets("A: " + "x".repeat(17) + "\r\n\r\n.\r\n")).report())
        .satisfies(report -> assertThat(report.longestHeaderLine()).isEqualTo(20));
    BodyScanner longLine = new BodyScanner(rules);
    longLine.feed(octets("A: " + "x".repeat(18)), 0, 21, (b, o, n) -> {});
    assertThat(longLine.refused()).isTrue();
    BodyScanner longHeader = new BodyScanner(rules);
    byte[] header = octets("A: x\r\n".repeat(17));
    longHeader.feed(header, 0, header.length, (b, o, n) -> {});
    assertThat(longHeader.refused()).isTrue();
    assertThat(longHeader.report().headerOctets()).isGreaterThan(100);
  }
}
