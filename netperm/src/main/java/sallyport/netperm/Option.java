package sallyport.netperm;

import java.util.List;

/**
 * One {@code -name value…} or {@code -name { a !b }} at the end of a rule.
 *
 * @param name without its hyphen
 */
public record Option(String name, List<Value> values) {
  public Option {
    values = List.copyOf(values);
  }

  /** One value of an option; {@code negated} when an unquoted {@code !} stood before it. */
  public record Value(boolean negated, String text) {}
}
