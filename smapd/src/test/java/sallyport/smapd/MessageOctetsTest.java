package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Checked} and {@link DotStuffing} against the plainest way to do the same. */
class MessageOctetsTest {
  private static final byte[] ALPHABET = {
    '\r', '\n', '.', 0, '\t', ' ', 'x', 14, -1, -128, 13 - 128
  };

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Writes in pieces cut anywhere. */
  private static void write(java.io.OutputStream to, byte[] octets, Random random)
      throws IOException {
    for (int at = 0; at < octets.length; ) {
      int length = Math.min(octets.length - at, random.nextInt(20));
      to.write(octets, at, length);
      at += length;
    }
  }

  private static boolean isClean(byte[] octets) {
    for (int i = 0; i < octets.length; i++) {
      boolean behindCr = i > 0 && octets[i - 1] == '\r';
      if (octets[i] == 0 || (octets[i] == '\n') != behindCr) {
        return false;
      }
    }
    return octets.length == 0 || octets[octets.length - 1] != '\r';
  }

  private static boolean passes(byte[] octets, Random random) throws IOException {
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    Checked checked = new Checked(passed);
    try {
      write(checked, octets, random);
      checked.finish();
    } catch (Checked.UncleanException e) {
      return false;
    }
    assertThat(passed.toByteArray()).isEqualTo(octets);
    return true;
  }

  @Test
  void octetsOfEveryKindAtEveryPlacePassOrNotAsTheRuleSays() throws IOException {
    Random random = new Random(7);
    int clean = 0;
    for (int turn = 0; turn < 20_000; turn++) {
      byte[] octets = new byte[random.nextInt(40)];
      for (int i = 0; i < octets.length; i++) {
        boolean plain = random.nextInt(8) > 0;
        octets[i] = plain ? (byte) 'a' : ALPHABET[random.nextInt(ALPHABET.length)];
        if (octets[i] == '\r' && i + 1 < octets.length && random.nextInt(6) > 0) {
          octets[++i] = '\n';
        }
      }
      boolean expected = isClean(octets);
      clean += expected ? 1 : 0;
      assertThat(passes(octets, random))
          .as(new String(octets, StandardCharsets.ISO_8859_1))
          .isEqualTo(expected);
    }
    assertThat(clean).isBetween(2_000, 18_000);
  }

  @Test
  void dotsAreDoubledAtTheStartOfLinesOnlyWhereverThePiecesMeet() throws IOException {
    Random random = new Random(8);
    for (int turn = 0; turn < 20_000; turn++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(".".repeat(random.nextInt(3)))
            .append("x".repeat(random.nextInt(12)))
            .append(random.nextBoolean() ? "" : ".")
            .append("\r\n");
      }
      ByteArrayOutputStream stuffed = new ByteArrayOutputStream();
      write(new DotStuffing(stuffed), latin1(text.toString()), random);
      assertThat(stuffed.toString(StandardCharsets.ISO_8859_1))
          .isEqualTo(text.toString().replaceAll("(?m)^\\.", ".."));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "12345678\0", "\0", "1234567\0", "12345678901234567890123\0x"})
  void zeroOctetIsFoundAtEveryPlace(String text) {
    assertThatThrownBy(() -> new Checked(new ByteArrayOutputStream()).write(latin1(text)))
        .isInstanceOf(Checked.UncleanException.class);
  }
}
