package sallyport.netperm;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Mail domains: {@code dom} is that domain alone, {@code *.dom} everything below it, at any depth.
 * ASCII case and a final dot do not matter. Immutable.
 */
public final class DomainSet {
  private static final String BELOW = "*.";

  private final Set<String> exact = new HashSet<>();
  private final Set<String> below = new HashSet<>();

  private DomainSet() {}

  /**
   * Reads domains.
   *
   * @throws IllegalArgumentException if one is none; the message says what was expected
   */
  public static DomainSet of(List<String> domains) {
    DomainSet set = new DomainSet();
    for (String domain : domains) {
      boolean wild = domain.startsWith(BELOW);
      String name = Ascii.domain(wild ? domain.substring(BELOW.length()) : domain);
      if (!Literals.isDomain(name)) {
        throw new IllegalArgumentException(
            Problem.shown(domain) + " is no domain; expected such as example.com or *.example.com");
      }
      (wild ? set.below : set.exact).add(name);
    }
    return set;
  }

  public boolean isEmpty() {
    return exact.isEmpty() && below.isEmpty();
  }

  /** Whether a domain belongs to the set; an address literal never does. */
  public boolean contains(String domain) {
    String name = Ascii.domain(domain);
    if (exact.contains(name)) {
      return true;
    }
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (dot > 0 && below.contains(name.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }
}
