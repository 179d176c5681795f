package sallyport.smapd;

/** The content transfer encoding of RFC 2045 section 6.7, for text with CR LF line ends. */
final class QuotedPrintable {

  /** Characters in an encoded line without its CR LF. */
  static final int MAX_LINE = 76;

  private static final String HEX = "0123456789ABCDEF";

  private QuotedPrintable() {}

  /**
   * Encodes octets, one a character. A CR or LF that stands alone is encoded as an octet.
   *
   * @return lines of 7-bit text, the last with its line end
   */
  static String encode(String octets) {
    StringBuilder out = new StringBuilder(octets.length() + octets.length() / 4);
    int column = 0;
    for (int i = 0; i < octets.length(); i++) {
      if (octets.startsWith("\r\n", i)) {
        out.append("\r\n");
        column = 0;
        i++;
        continue;
      }
      String encoded = encoded(octets, i);
      if (column + encoded.length() > MAX_LINE - 1) {
        out.append("=\r\n");
        column = 0;
      }
      out.append(encoded);
      column += encoded.length();
    }
    return (column > 0 ? out.append("\r\n") : out).toString();
  }

  private static String encoded(String octets, int at) {
    char c = octets.charAt(at);
    boolean blank = c == ' ' || c == '\t';
    boolean lineEnds = at + 1 == octets.length() || octets.startsWith("\r\n", at + 1);
    if ((c > ' ' && c <= '~' && c != '=') || (blank && !lineEnds)) {
      return String.valueOf(c);
    }
    return "=" + HEX.charAt(c >> 4 & 15) + HEX.charAt(c & 15);
  }
}
