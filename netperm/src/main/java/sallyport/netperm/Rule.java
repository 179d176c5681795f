package sallyport.netperm;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One line of a table.
 *
 * @param applications in the order written; {@code *} for all
 * @param permission what stood before the keyword
 * @param keyword without {@code permit-} or {@code deny-}
 * @param values the words before the first option; quotes are gone
 */
public record Rule(
    Location at,
    Set<String> applications,
    Permission permission,
    String keyword,
    List<String> values,
    List<Option> options) {

  /** The name that stands for all applications. */
  public static final String EVERY_APPLICATION = "*";

  public Rule {
    applications = Collections.unmodifiableSet(new LinkedHashSet<>(applications));
    values = List.copyOf(values);
    options = List.copyOf(options);
  }

  /** Whether the line names the application, or all. */
  public boolean concerns(String application) {
    return applications.contains(application) || applications.contains(EVERY_APPLICATION);
  }

  /** Whether each application that {@code other} names reads this line too. */
  boolean coversApplicationsOf(Rule other) {
    return applications.contains(EVERY_APPLICATION) || applications.containsAll(other.applications);
  }

  /** The keyword as written, with {@code permit-} or {@code deny-}. */
  public String fullKeyword() {
    return permission.prefix() + keyword;
  }

  /** The line in its plainest form, without the place; a table with it has the same meaning. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.join(", ", applications));
    text.append(": ").append(fullKeyword());
    values.forEach(value -> text.append(' ').append(Words.written(value)));
    for (Option option : options) {
      text.append(" -").append(option.name());
      if (!option.values().isEmpty()) {
        text.append(" {");
        option.values().forEach(value -> text.append(' ').append(written(value)));
        text.append(" }");
      }
    }
    return text.toString();
  }

  private static String written(Option.Value value) {
    // What follows '!' was a plain word, and would not be read back from quotes.
    return value.negated() ? "!" + value.text() : Words.written(value.text());
  }
}
