package sallyport.smapd;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import sallyport.netperm.Rule;

/**
 * One {@code header-match} line: what is done with a message that has a field like this. RE2/J
 * matches in time linear in the field, whatever the pattern and the field.
 *
 * @param pattern looked for anywhere in {@code Name: value}, whatever the case
 * @param text for log, reason and bounce; printable ASCII, empty if the table has none
 * @param line of the table
 */
record HeaderMatch(Pattern pattern, HeaderAction action, String text, int line) {

  /** The longest pattern, in characters. */
  static final int MAX_PATTERN = 1_000;

  /** What the counts of all repetitions in a pattern may multiply to. */
  static final int MAX_REPETITIONS = 1_000;

  /** The largest pattern once its repetitions are written out, in RE2's instructions. */
  static final int MAX_PROGRAM = 10_000;

  /** The longest text, in characters. */
  static final int MAX_TEXT = 200;

  private static final Pattern COUNTS = Pattern.compile("\\{([0-9]{1,6})(?:,([0-9]{1,6})?)?\\}");

  private static final String EXPECTED = "header-match: expected REGEX ACTION [TEXT]";

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static HeaderMatch of(Rule rule) {
    List<String> values = rule.values();
    if (values.size() < 2 || values.size() > 3) {
      throw new IllegalArgumentException(
          EXPECTED + "; a value with blanks stands in quotes, and this line has " + values.size());
    }
    HeaderAction action = HeaderAction.BY_WORD.get(values.get(1));
    if (action == null) {
      throw new IllegalArgumentException(EXPECTED + ", ACTION one of " + HeaderPolicy.ACTIONS);
    }
    String text = values.size() == 3 ? values.get(2) : "";
    if (text.length() > MAX_TEXT || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException(
          EXPECTED + ", TEXT of at most " + MAX_TEXT + " printable ASCII characters");
    }
    return new HeaderMatch(pattern(values.get(0)), action, text, rule.at().line());
  }

  private static Pattern pattern(String regex) {
    if (regex.isEmpty() || regex.length() > MAX_PATTERN) {
      throw new IllegalArgumentException(
          "header-match: expected a pattern of 1 to " + MAX_PATTERN + " characters");
    }
    // Before it is compiled: repetitions within repetitions would fill the memory.
    if (repetitions(regex) > MAX_REPETITIONS) {
      throw new IllegalArgumentException(
          "header-match: the counts in {} of a pattern may multiply to " + MAX_REPETITIONS);
    }
    try {
      Pattern pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
      if (pattern.programSize() > MAX_PROGRAM) {
        throw new IllegalArgumentException(
            "header-match: the pattern is too large; its repetitions count as often as they repeat");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(problem(regex, e), e);
    }
  }

  private static long repetitions(String regex) {
    long product = 1;
    Matcher counts = COUNTS.matcher(regex);
    while (counts.find() && product <= MAX_REPETITIONS) {
      String most = counts.group(2) == null ? counts.group(1) : counts.group(2);
      product *= Math.max(1, Integer.parseInt(most));
    }
    return product;
  }

  /** RE2/J tells no place, but the piece that it could not read. */
  private static String problem(String regex, PatternSyntaxException e) {
    String piece = String.valueOf(e.getPattern());
    int at = piece.isEmpty() ? -1 : regex.indexOf(piece);
    String place = at < 0 ? "" : " at character " + (at + 1) + ", '" + piece + "'";
    return "header-match: the pattern has a fault" + place + ": " + e.getDescription();
  }

  /** How log and reason name this line. */
  String check() {
    return "header-match:" + line;
  }

  /** What is said of a message that it refuses. */
  String reason() {
    return text.isEmpty() ? "a field of the header is not wanted here" : text;
  }

  /** Whether the unfolded field is one of those meant. */
  boolean matches(String field) {
    return pattern.matcher(field).find();
  }
}
