package sallyport.netperm;

import java.util.List;
import java.util.Optional;

/** The lines that one application reads, in file order. Immutable. */
public final class Rules {
  private final String application;
  private final List<Rule> all;

  Rules(String application, List<Rule> all) {
    this.application = application;
    this.all = List.copyOf(all);
  }

  public String application() {
    return application;
  }

  public List<Rule> all() {
    return all;
  }

  /** The lines with this keyword, with or without {@code permit-} and {@code deny-}. */
  public List<Rule> with(String keyword) {
    return all.stream().filter(rule -> rule.keyword().equals(keyword)).toList();
  }

  /** The line that counts for a keyword that is read once. */
  public Optional<Rule> first(String keyword) {
    return all.stream().filter(rule -> rule.keyword().equals(keyword)).findFirst();
  }
}
