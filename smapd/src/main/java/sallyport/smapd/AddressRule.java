package sallyport.smapd;

import java.util.Base64;

/**
 * The firewall toolkit's rule for addresses: the user part may neither be a program ({@code |...})
 * nor a file ({@code /...}), unless it is an X.400 address ({@code /attribute=value}).
 *
 * <p>Which part of an address a mail system takes for the user depends on its age. So each place
 * where a user part could begin is looked at: the start, and what follows a {@code !} ({@code
 * host!user}) or a {@code :} ({@code host::user}, {@code @host:user}, {@code group: user}). The
 * user part of {@code user@host} and {@code user%host} begins at one of these. Quotes, backslashes,
 * blanks and opening brackets in front are passed over, as old delivery programs do, and an encoded
 * word is decoded far enough to see how it begins. Time is linear in the length of the address.
 */
final class AddressRule {

  /** Decoding an encoded word may show another one; no mail reader goes deeper than this. */
  private static final int ENCODED_WORDS = 3;

  private static final int ENCODED_WORD_OCTETS = 1_000;

  private AddressRule() {}

  /** Whether no place in {@code address} begins a program or a file. */
  static boolean allows(String address) {
    boolean userMayBegin = true;
    for (int i = 0; i < address.length(); i++) {
      if (userMayBegin && forbidden(address, i)) {
        return false;
      }
      char c = address.charAt(i);
      userMayBegin = c == '!' || c == ':';
    }
    return true;
  }

  /**
   * Whether no word of a field that cannot be read begins a program or a file. Here anything that
   * separates words in any reading counts, and a lone {@code |} or {@code /} between words does
   * not.
   */
  static boolean allowsWords(String text) {
    boolean wordMayBegin = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean separates = " \t\"<>(),;:@!%\\".indexOf(c) >= 0;
      if (wordMayBegin && !separates && wordEnd(text, i) > i + 1 && forbidden(text, i)) {
        return false;
      }
      wordMayBegin = separates;
    }
    return true;
  }

  private static int wordEnd(String text, int start) {
    // Two characters are enough to tell a lone sign from a word.
    boolean lone = start + 1 >= text.length() || " \t".indexOf(text.charAt(start + 1)) >= 0;
    return lone ? start + 1 : start + 2;
  }

  private static boolean forbidden(String text, int start) {
    String rest = text;
    int at = passOver(rest, start);
    for (int words = 0; rest.startsWith("=?", at); words++) {
      String decoded = decodeEncodedWord(rest, at);
      if (decoded.isEmpty()) {
        return false;
      }
      if (words == ENCODED_WORDS) {
        return true;
      }
      rest = decoded;
      at = passOver(rest, 0);
    }
    return beginsProgramOrFile(rest, at);
  }

  private static int passOver(String text, int start) {
    int at = start;
    while (at < text.length() && " \t\"'\\<(".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static boolean beginsProgramOrFile(String text, int at) {
    if (at >= text.length()) {
      return false;
    }
    char c = text.charAt(at);
    return c == '|' || (c == '/' && !isX400(text, at));
  }

  /** {@code /attribute=}: letters, digits, dots and hyphens up to the equals sign. */
  private static boolean isX400(String text, int slash) {
    int at = slash + 1;
    while (at < text.length() && isAttributeCharacter(text.charAt(at))) {
      at++;
    }
    return at > slash + 1 && at < text.length() && text.charAt(at) == '=';
  }

  private static boolean isAttributeCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-';
  }

  /**
   * The text of the encoded word (RFC 2047) at {@code start} and what follows it, as octets without
   * zeros (so that the wide character sets show their ASCII too); empty if there is none.
   */
  private static String decodeEncodedWord(String text, int start) {
    int limit = Math.min(text.length(), start + ENCODED_WORD_OCTETS);
    int encoding = text.indexOf('?', start + 2, limit);
    int content = encoding < 0 ? -1 : text.indexOf('?', encoding + 1, limit);
    if (content < 0) {
      return "";
    }
    int mark = text.indexOf('?', content + 1, limit);
    int end = mark < 0 ? limit : mark;
    String coded = text.substring(content + 1, end);
    String kind = text.substring(encoding + 1, content);
    String decoded = kind.equalsIgnoreCase("b") ? base64(coded) : quotedPrintable(coded);
    return decoded + text.substring(Math.min(end + 2, limit), limit);
  }

  private static String base64(String coded) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < coded.length(); i++) {
      char c = coded.charAt(i);
      if ((isAttributeCharacter(c) && c != '.' && c != '-') || c == '+' || c == '/') {
        letters.append(c);
      }
    }
    if (letters.length() % 4 == 1) {
      letters.setLength(letters.length() - 1);
    }
    StringBuilder decoded = new StringBuilder();
    for (byte octet : Base64.getDecoder().decode(letters.toString())) {
      append(decoded, octet & 0xff);
    }
    return decoded.toString();
  }

  private static String quotedPrintable(String coded) {
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < coded.length(); i++) {
      char c = coded.charAt(i);
      int octet = c == '_' ? ' ' : c;
      if (c == '=' && i + 2 < coded.length()) {
        int high = Character.digit(coded.charAt(i + 1), 16);
        int low = Character.digit(coded.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          octet = high * 16 + low;
          i += 2;
        }
      }
      append(decoded, octet);
    }
    return decoded.toString();
  }

  private static void append(StringBuilder decoded, int octet) {
    if (octet != 0) {
      decoded.append((char) octet);
    }
  }
}
