package sallyport.pop3gw.pop3;

import java.nio.charset.StandardCharsets;

/** Octets as characters, one for one, and the classes of them. */
final class Characters {
  private Characters() {}

  /** One character an octet, so that lengths are lengths in octets. */
  static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /** Printable ASCII, a blank included. */
  static boolean arePrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /** Printable ASCII and no blank. */
  static boolean areVisible(String text) {
    return text.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  /** ASCII only, and no locale: nothing else folds into a command. */
  static String upperCase(String text) {
    StringBuilder upper = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      upper.append(c >= 'a' && c <= 'z' ? (char) (c - ('a' - 'A')) : c);
    }
    return upper.toString();
  }
}
