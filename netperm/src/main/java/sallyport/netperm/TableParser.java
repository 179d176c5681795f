package sallyport.netperm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the lines of a table. One line gives either a rule or a problem.
 *
 * <pre>
 * table    = *( blank | comment | rule )
 * comment  = [white] "#" anything           ; alone on its line, never continued
 * rule     = names ":" keyword *word *option ; at least one word or option
 * names    = name *( (white | ",") name )    ; name may be "*"
 * option   = "-" letter… ( *word | "{" 1*word "}" )
 * </pre>
 *
 * <p>A rule ending in {@code \} goes on in the next line; the break counts as white space.
 */
final class TableParser {
  static final Set<String> ALL = Set.of(Rule.EVERY_APPLICATION);

  /** After so many problems the rest of the table is not read: it is some other kind of file. */
  static final int MAX_PROBLEMS = 1000;

  private static final String EXPECTED = "expected 'application: keyword value'";
  private static final Pattern NAME = Pattern.compile("\\*|[A-Za-z][A-Za-z0-9._/+-]*");
  private static final Pattern NAME_BREAKS = Pattern.compile("[ \t,]+");
  private static final Pattern KEYWORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final char REPLACEMENT = '\uFFFD';

  private final String fileName;
  private final List<Rule> rules = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  TableParser(String fileName) {
    this.fileName = fileName;
  }

  List<Rule> rules() {
    return rules;
  }

  List<Problem> problems() {
    return problems;
  }

  void parse(String text) {
    String[] lines = withoutMark(text).split("\n", -1);
    int next = 0;
    while (next < lines.length) {
      Location at = new Location(fileName, next + 1);
      if (problems.size() == MAX_PROBLEMS) {
        problems.add(
            new Problem(at, Severity.ERROR, ALL, "too many problems; not read from here on"));
        return;
      }
      StringBuilder rule = new StringBuilder();
      next = gather(lines, next, rule);
      if (!rule.isEmpty()) {
        rule(at, rule.toString());
      }
    }
  }

  private static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /** Joins the lines of one rule; leaves {@code rule} empty for a blank line or a comment. */
  private static int gather(String[] lines, int first, StringBuilder rule) {
    int next = first;
    String line = ended(lines[next++]);
    if (line.isBlank() || line.stripLeading().startsWith("#")) {
      return next;
    }
    while (line.endsWith("\\") && next < lines.length) {
      rule.append(line, 0, line.length() - 1).append(' ');
      line = ended(lines[next++]);
    }
    rule.append(line);
    return next;
  }

  private static String ended(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private void rule(Location at, String text) {
    Set<String> applications = ALL;
    try {
      requireText(text);
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new WrongLineException("no ':' after the application's name; " + EXPECTED);
      }
      applications = names(text.substring(0, colon));
      rules.add(meaning(at, applications, Words.of(text.substring(colon + 1))));
    } catch (WrongLineException e) {
      problems.add(new Problem(at, Severity.ERROR, applications, e.text()));
    }
  }

  private static void requireText(String text) throws WrongLineException {
    if (text.stripTrailing().endsWith("\\")) {
      throw new WrongLineException("'\\' must be followed by a line end and another line");
    }
    if (text.indexOf(REPLACEMENT) >= 0) {
      throw new WrongLineException("the line is not in UTF-8");
    }
    if (text.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
      throw new WrongLineException("the line holds a control character; expected text");
    }
  }

  private static Set<String> names(String text) throws WrongLineException {
    Set<String> names = new LinkedHashSet<>();
    for (String name : NAME_BREAKS.split(text.strip(), -1)) {
      if (!NAME.matcher(name).matches()) {
        throw new WrongLineException(
            Problem.shown(name) + " is not the name of an application; " + EXPECTED);
      }
      names.add(name);
    }
    return names;
  }

  private static Rule meaning(Location at, Set<String> applications, List<Words.Word> words)
      throws WrongLineException {
    if (words.isEmpty()) {
      throw new WrongLineException("no keyword after ':'; " + EXPECTED);
    }
    String written = words.getFirst().text();
    if (words.getFirst().kind() != Words.Kind.PLAIN || !KEYWORD.matcher(written).matches()) {
      throw new WrongLineException(Problem.shown(written) + " is not a keyword; " + EXPECTED);
    }
    if (words.size() == 1) {
      throw new WrongLineException("'" + written + "' needs a value");
    }
    Permission permission = permissionOf(written);
    OptionParser rest = OptionParser.of(words.subList(1, words.size()));
    String keyword = written.substring(permission.prefix().length());
    return new Rule(at, applications, permission, keyword, rest.values(), rest.options());
  }

  private static Permission permissionOf(String keyword) throws WrongLineException {
    for (Permission permission : List.of(Permission.PERMIT, Permission.DENY)) {
      if (keyword.equals(permission.prefix())) {
        throw new WrongLineException("'" + keyword + "' must be followed by a word, as in hosts");
      }
      if (keyword.startsWith(permission.prefix())) {
        return permission;
      }
    }
    return Permission.NONE;
  }
}
