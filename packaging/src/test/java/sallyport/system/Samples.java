package sallyport.system;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Messages that a mail program or server may get wrong, with CR LF at each line's end. */
final class Samples {
  static final int MEBIBYTE = 1024 * 1024;

  private Samples() {}

  static String header(String token) {
    return """
    From: Ann Stranger <ann@outside.example>
    To: John Doe <john@inside.example>
    Subject: Across the gateway
    Date: Sun, 22 Nov 2026 12:00:00 +0000
    Message-ID: <%s@outside.example>
    MIME-Version: 1.0
    Content-Type: text/plain; charset=iso-8859-1
    Content-Transfer-Encoding: 8bit
    X-Token: %s

    """
        .formatted(token, token)
        .replace("\n", "\r\n");
  }

  /** Dots at line starts, a lone dot, empty lines at the end, 8-bit, lines of 1,500 octets. */
  static String awkward(String token) {
    StringBuilder text = new StringBuilder(header(token));
    text.append("A first line.\r\n");
    text.append(".\r\n..\r\n...\r\n.a\r\n..a\r\n. \r\n \r\n.\r\n");
    text.append("From here on, and >From there.\r\n\r\n");
    for (int octet = 0x80; octet <= 0xff; octet++) {
      text.append((char) octet).append(octet % 16 == 15 ? "\r\n" : "");
    }
    text.append("\ttab, trailing blanks   \r\n");
    text.append("x".repeat(1500)).append("\r\n");
    text.append(".").append("y".repeat(1498)).append("\u00e9\r\n");
    text.append("The end.\r\n\r\n\r\nNo, this.\r\n");
    return text.toString();
  }

  /** The same in ASCII, for a hub that does not offer 8BITMIME and is sent no other. */
  static String awkwardInAscii(String token) {
    return awkward(token).replaceAll("[\\x80-\\xff]", "e");
  }

  /** Random lines, so that nothing that is lost, doubled or moved goes unseen. */
  static String large(String token, int octets) {
    Random random = new Random(42);
    StringBuilder text = new StringBuilder(octets + 4096).append(header(token));
    while (text.length() < octets) {
      int length = random.nextInt(200);
      for (int i = 0; i < length; i++) {
        text.append(random.nextInt(40) == 0 ? '.' : (char) ('a' + random.nextInt(26)));
      }
      text.append("\r\n");
    }
    return text.append("The end.\r\n").toString();
  }

  /** The last line lacks its end: a client must add one. */
  static String unended(String token) {
    return header(token) + "The last line has no end";
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
