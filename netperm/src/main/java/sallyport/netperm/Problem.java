package sallyport.netperm;

import java.util.Locale;
import java.util.Set;

/**
 * Something wrong with one line of a table.
 *
 * @param at the line; line 0 where the table as a whole lacks something
 * @param applications the applications that the line names; {@code *} where it names all or where
 *     the names could not be read
 * @param text what is wrong and what was expected
 */
public record Problem(Location at, Severity severity, Set<String> applications, String text) {
  private static final int SHOWN_LENGTH = 60;

  public Problem {
    applications = Set.copyOf(applications);
  }

  /** Whether an application must heed this: the line names it, or all. */
  public boolean concerns(String application) {
    return applications.contains(application) || applications.contains(Rule.EVERY_APPLICATION);
  }

  /** {@code file:line: error: text}, or {@code warning}. */
  @Override
  public String toString() {
    return at + ": " + severity.name().toLowerCase(Locale.ROOT) + ": " + text;
  }

  /** A piece of the table as it may stand in a message: in quotes, printable, cut when long. */
  static String shown(String piece) {
    StringBuilder shown = new StringBuilder("'");
    piece
        .codePoints()
        .limit(SHOWN_LENGTH)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.append(piece.length() > SHOWN_LENGTH ? "…'" : "'").toString();
  }
}
