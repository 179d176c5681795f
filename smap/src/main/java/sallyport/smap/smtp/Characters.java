package sallyport.smap.smtp;

/** The character classes of RFC 5321 and RFC 5322, over ASCII only. */
final class Characters {
  private Characters() {}

  static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** {@code atext} of RFC 5322. */
  static boolean isAtomText(char c) {
    return isLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  static boolean isControl(char c) {
    return c < ' ' || c == 0x7f;
  }

  static boolean isEightBit(char c) {
    return c > 0x7f;
  }

  /** Printable and no blank. */
  static boolean isVisible(char c) {
    return c > ' ' && c < 0x7f;
  }

  static boolean areVisible(String text) {
    return text.chars().allMatch(c -> isVisible((char) c));
  }
}
