package sallyport.authdb;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads one JSON object (RFC 8259) of texts, whole numbers, truths and such objects; a dump needs
 * no more. Whatever else there is, a name given twice too, is an error. Errors tell the column, and
 * nothing of the text, which may be secret.
 */
final class JsonObject {
  /** How deep objects may lie in each other. */
  private static final int MOST_DEPTH = 4;

  private static final int MOST_DIGITS = 18;
  private static final int ESCAPE_DIGITS = 4;
  private static final int HEXADECIMAL = 16;

  private final String text;
  private int at;

  private JsonObject(String text) {
    this.text = text;
  }

  /**
   * The members in the order written: {@link String}, {@link Long}, {@link Boolean} or such a map.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  static Map<String, Object> parse(String text) {
    JsonObject reader = new JsonObject(text);
    reader.skipWhite();
    Map<String, Object> object = reader.object(1);
    reader.skipWhite();
    if (reader.at < text.length()) {
      throw reader.wrong("the end of the line");
    }
    return object;
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{', "an object, {");
    skipWhite();
    if (peek() == '}') {
      at++;
      return members;
    }
    do {
      skipWhite();
      int start = at;
      String name = string();
      skipWhite();
      take(':', "a colon");
      skipWhite();
      if (members.put(name, value(depth)) != null) {
        at = start;
        throw wrong("each name once");
      }
      skipWhite();
    } while (takeIf(','));
    take('}', "a comma or the end of an object");
    return members;
  }

  private Object value(int depth) {
    return switch (peek()) {
      case '"' -> string();
      case '{' -> {
        if (depth == MOST_DEPTH) {
          throw wrong("fewer objects within objects");
        }
        yield object(depth + 1);
      }
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      default -> number();
    };
  }

  private Boolean word(String word, boolean value) {
    if (!text.startsWith(word, at)) {
      throw wrong("true or false");
    }
    at += word.length();
    return value;
  }

  private Long number() {
    int start = at;
    takeIf('-');
    int digits = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    int count = at - digits;
    boolean leadingZero = count > 1 && text.charAt(digits) == '0';
    boolean fraction = peek() == '.' || peek() == 'e' || peek() == 'E';
    if (count == 0 || count > MOST_DIGITS || leadingZero || fraction) {
      at = start;
      throw wrong("a text, a whole number, true, false or an object");
    }
    return Long.valueOf(text.substring(start, at));
  }

  private String string() {
    take('"', "a text in double quotes");
    StringBuilder string = new StringBuilder();
    while (peek() != '"') {
      char c = peek();
      if (at == text.length() || c < ' ') {
        throw wrong("the end of a text");
      }
      at++;
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> {
        at--;
        throw wrong("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
      }
    };
  }

  private char codeUnit() {
    int unit = 0;
    for (int i = 0; i < ESCAPE_DIGITS; i++) {
      char c = peek();
      int digit = c < 0x80 ? Character.digit(c, HEXADECIMAL) : -1;
      if (digit < 0) {
        throw wrong("four hexadecimal digits");
      }
      unit = unit * HEXADECIMAL + digit;
      at++;
    }
    return (char) unit;
  }

  /** The next character; NUL at the end, which is never right. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean takeIf(char c) {
    boolean there = peek() == c;
    at += there ? 1 : 0;
    return there;
  }

  private void take(char c, String expected) {
    if (!takeIf(c)) {
      throw wrong(expected);
    }
  }

  private void skipWhite() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
      at++;
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("column " + (at + 1) + ": expected " + expected);
  }
}
