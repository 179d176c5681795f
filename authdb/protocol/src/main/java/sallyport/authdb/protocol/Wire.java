package sallyport.authdb.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fields as they stand on the wire. A character of a field is one octet: text from a client is
 * taken as ISO 8859-1, so that nothing can be lost or folded on the way.
 */
public final class Wire {
  /** Octets of one line, with its LF. The longest legal line is shorter. */
  public static final int MAX_LINE = 2048;

  /** What authsrv says first to a peer that may talk, without LF. */
  public static final String GREETING = "sallyport-authsrv 1";

  /** Octets of a login name as typed. */
  public static final int MAX_LOGIN = 255;

  /** Octets of a secret. */
  public static final int MAX_SECRET = 255;

  /** Octets of a front challenge. */
  public static final int MAX_CHALLENGE = 512;

  /** Octets of the reason of a {@code deny}. */
  public static final int MAX_REASON = 128;

  /** Hex digits of a tag. */
  static final int MAX_TAG = 16;

  /** Hex digits of a grant: 128 bits. */
  static final int GRANT_DIGITS = 32;

  /** Hex digits of an APOP digest. */
  static final int DIGEST_DIGITS = 32;

  private static final int MAX_FIELDS = 6;
  private static final String HEX = "0123456789ABCDEF";

  private Wire() {}

  /** Appends a field, escaped, behind a space. */
  static void append(StringBuilder line, String field) {
    line.append(' ');
    if (field.isEmpty()) {
      line.append('%');
      return;
    }
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (isPlain(c)) {
        line.append(c);
      } else {
        line.append('%').append(HEX.charAt((c >> 4) & 0xf)).append(HEX.charAt(c & 0xf));
      }
    }
  }

  /** The words of a line, unescaped; empty if it breaks the grammar of fields. */
  static Optional<List<String>> split(String line) {
    List<String> fields = new ArrayList<>(MAX_FIELDS);
    int start = 0;
    while (true) {
      int space = line.indexOf(' ', start);
      int end = space < 0 ? line.length() : space;
      Optional<String> field = field(line, start, end);
      if (field.isEmpty() || fields.size() == MAX_FIELDS) {
        return Optional.empty();
      }
      fields.add(field.get());
      if (space < 0) {
        return Optional.of(fields);
      }
      start = space + 1;
    }
  }

  private static Optional<String> field(String line, int start, int end) {
    if (start == end) {
      return Optional.empty();
    }
    int at = start;
    while (at < end && isPlain(line.charAt(at))) {
      at++;
    }
    if (at == end) {
      return Optional.of(line.substring(start, end));
    }
    if (end - start == 1 && line.charAt(start) == '%') {
      return Optional.of("");
    }
    return unescaped(line, start, end);
  }

  private static Optional<String> unescaped(String line, int start, int end) {
    StringBuilder field = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      char c = line.charAt(i);
      if (isPlain(c)) {
        field.append(c);
        continue;
      }
      if (c != '%' || i + 2 >= end) {
        return Optional.empty();
      }
      int high = HEX.indexOf(line.charAt(i + 1));
      int low = HEX.indexOf(line.charAt(i + 2));
      char octet = (char) ((high << 4) | low);
      if (high < 0 || low < 0 || isPlain(octet)) {
        return Optional.empty();
      }
      field.append(octet);
      i += 2;
    }
    return Optional.of(field.toString());
  }

  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7f && c != '%';
  }

  /** Whether it is so many lower-case hex digits. */
  static boolean isHex(String text, int least, int most) {
    if (text.length() < least || text.length() > most) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  static boolean isTag(String text) {
    return isHex(text, 1, MAX_TAG);
  }

  static boolean isGrant(String text) {
    return isHex(text, GRANT_DIGITS, GRANT_DIGITS);
  }

  static boolean isDigest(String text) {
    return isHex(text, DIGEST_DIGITS, DIGEST_DIGITS);
  }

  /** Whether each character is an octet, and there are no more than so many. */
  static boolean isOctets(String text, int most) {
    if (text.length() > most) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }

  /** For the constructors of messages: a caller's mistake, said without the value. */
  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }
}
