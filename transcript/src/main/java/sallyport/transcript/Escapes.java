package sallyport.transcript;

/** The backslash escapes of a transcript. */
final class Escapes {
  /** Most octets that one line of a transcript may stand for. */
  static final int MAX_TEXT = 128 * 1024 * 1024;

  private static final String LETTERS = "rnt0s\\";
  private static final String MEANINGS = "\r\n\t\0 \\";

  private final String text;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private Escapes(String text) {
    this.text = text;
  }

  /**
   * What the text stands for.
   *
   * @throws IllegalArgumentException for an unknown escape
   */
  static String undo(String text) {
    return new Escapes(text).undo();
  }

  /** The text with everything that is not printable ASCII made visible, cut where it is long. */
  static String show(String text) {
    StringBuilder shown = new StringBuilder();
    int most = 300;
    for (int i = 0; i < Math.min(text.length(), most); i++) {
      char c = text.charAt(i);
      int known = MEANINGS.indexOf(c);
      if (c == ' ' || (c > ' ' && c < 0x7f && c != '\\')) {
        shown.append(c);
      } else if (known >= 0) {
        shown.append('\\').append(LETTERS.charAt(known));
      } else {
        shown.append(String.format("\\x%02x", (int) c));
      }
    }
    return text.length() > most ? shown + "... (" + text.length() + " octets)" : shown.toString();
  }

  private String undo() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\') {
        escape();
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private void escape() {
    if (at == text.length()) {
      throw new IllegalArgumentException("a backslash at the end of the line");
    }
    char c = text.charAt(at++);
    if (c == 'x') {
      hex();
    } else if (c == '{') {
      repeat();
    } else if (LETTERS.indexOf(c) >= 0) {
      out.append(MEANINGS.charAt(LETTERS.indexOf(c)));
    } else {
      throw new IllegalArgumentException("unknown escape \\" + c);
    }
  }

  private void hex() {
    if (at + 2 > text.length()) {
      throw new IllegalArgumentException("\\x wants two hexadecimal digits");
    }
    out.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
    at += 2;
  }

  private void repeat() {
    int colon = text.indexOf(':', at);
    int close = colon < 0 ? -1 : text.indexOf('}', colon);
    if (close < 0) {
      throw new IllegalArgumentException("expected \\{number:text}");
    }
    long times = Long.parseLong(text.substring(at, colon));
    String repeated = undo(text.substring(colon + 1, close));
    if (times < 0 || times * repeated.length() > MAX_TEXT) {
      throw new IllegalArgumentException("\\{number:text} stands for too much");
    }
    out.repeat(repeated, (int) times);
    at = close + 1;
  }
}
