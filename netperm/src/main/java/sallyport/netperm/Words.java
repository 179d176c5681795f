package sallyport.netperm;

import java.util.ArrayList;
import java.util.List;

/** Splits a line into words: plain, quoted, and the two braces. */
final class Words {
  /** What a word was in the table; quotes and braces have lost their characters in the text. */
  enum Kind {
    PLAIN,
    QUOTED,
    OPEN,
    CLOSE
  }

  record Word(Kind kind, String text) {}

  private static final String BREAKS = " \t{}\"'";

  private final String line;
  private int at;

  private Words(String line) {
    this.line = line;
  }

  static List<Word> of(String line) throws WrongLineException {
    Words scanner = new Words(line);
    List<Word> words = new ArrayList<>();
    while (scanner.skipWhite()) {
      words.add(scanner.word());
    }
    return words;
  }

  private boolean skipWhite() {
    while (at < line.length() && isWhite(line.charAt(at))) {
      at++;
    }
    return at < line.length();
  }

  private static boolean isWhite(char c) {
    return c == ' ' || c == '\t';
  }

  private Word word() throws WrongLineException {
    char first = line.charAt(at);
    return switch (first) {
      case '{' -> new Word(Kind.OPEN, line.substring(at, ++at));
      case '}' -> new Word(Kind.CLOSE, line.substring(at, ++at));
      case '"', '\'' -> quoted(first);
      case '#' ->
          throw new WrongLineException(
              "'#' begins a comment only at the start of a line; as a value it needs quotes");
      default -> plain();
    };
  }

  private Word quoted(char quote) throws WrongLineException {
    int end = line.indexOf(quote, at + 1);
    if (end < 0) {
      throw new WrongLineException("a quote is not closed; expected another " + quote);
    }
    String text = line.substring(at + 1, end);
    at = end + 1;
    if (at < line.length() && !isWhite(line.charAt(at)) && line.charAt(at) != '}') {
      throw new WrongLineException("white space must follow the closing " + quote);
    }
    return new Word(Kind.QUOTED, text);
  }

  private Word plain() throws WrongLineException {
    int start = at;
    while (at < line.length() && BREAKS.indexOf(line.charAt(at)) < 0) {
      at++;
    }
    if (at < line.length() && (line.charAt(at) == '"' || line.charAt(at) == '\'')) {
      throw new WrongLineException("a quote inside a word; put the whole word in quotes");
    }
    return new Word(Kind.PLAIN, line.substring(start, at));
  }

  /** A value as a table would hold it: in quotes where it would not come back unchanged. */
  static String written(String value) {
    boolean plain =
        !value.isEmpty()
            && "-#!".indexOf(value.charAt(0)) < 0
            && !value.endsWith("\\")
            && value.chars().noneMatch(c -> BREAKS.indexOf(c) >= 0);
    if (plain) {
      return value;
    }
    return value.indexOf('"') < 0 ? '"' + value + '"' : "'" + value + "'";
  }
}
