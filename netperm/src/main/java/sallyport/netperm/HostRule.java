package sallyport.netperm;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One host rule, read: whom it means and for which users and destinations. */
record HostRule(Rule rule, List<HostPattern> patterns, Choice users, Choice destinations) {
  /** Options of the old toolkit that changed nothing about who is let in. */
  private static final Map<String, String> OBSOLETE =
      Map.of(
          "log", "every connection is logged",
          "auth", "each program asks for the login that its protocol has",
          "authall", "each program asks for the login that its protocol has");

  /** Empty if the rule has an error, which is then among {@code problems}. */
  static Optional<HostRule> parse(Rule rule, Set<String> options, List<Problem> problems) {
    List<HostPattern> patterns = new ArrayList<>();
    boolean right = checkOptions(rule, options, problems);
    for (String value : rule.values()) {
      try {
        HostPattern pattern = HostPattern.parse(value);
        patterns.add(pattern);
        if (pattern.holdsAnyDomain() && rule.permission() != Permission.DENY) {
          problems.add(problem(rule, Severity.WARNING, anyDomain(value)));
        }
      } catch (IllegalArgumentException e) {
        problems.add(problem(rule, Severity.ERROR, String.valueOf(e.getMessage())));
        right = false;
      }
    }
    if (rule.values().isEmpty()) {
      problems.add(problem(rule, Severity.ERROR, rule.fullKeyword() + " needs a host pattern"));
      right = false;
    }
    return right
        ? Optional.of(
            new HostRule(rule, patterns, Choice.of(rule, "user"), Choice.of(rule, "dest")))
        : Optional.empty();
  }

  private static String anyDomain(String pattern) {
    return Problem.shown(pattern)
        + " permits hosts of anybody's domain that bear such a name; expected a name that ends in"
        + " your own";
  }

  private static boolean checkOptions(Rule rule, Set<String> known, List<Problem> problems) {
    boolean right = true;
    for (Option option : rule.options()) {
      String successor = OBSOLETE.get(option.name());
      if (successor != null) {
        problems.add(
            problem(
                rule,
                Severity.WARNING,
                "option -" + option.name() + " is obsolete and has no effect: " + successor));
      } else if (!known.contains(option.name())) {
        problems.add(problem(rule, Severity.ERROR, unknownOption(option, known)));
        right = false;
      } else if (option.values().isEmpty()) {
        problems.add(problem(rule, Severity.ERROR, "-" + option.name() + " needs a value"));
        right = false;
      }
    }
    return right;
  }

  private static String unknownOption(Option option, Set<String> known) {
    String expected =
        known.isEmpty() ? "none is known here" : "expected -" + String.join(", -", sorted(known));
    return "unknown option -" + option.name() + "; " + expected;
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }

  private static Problem problem(Rule rule, Severity severity, String text) {
    return new Problem(rule.at(), severity, rule.applications(), text);
  }

  boolean permits() {
    return rule.permission() != Permission.DENY;
  }

  boolean needsName() {
    return patterns.stream().anyMatch(HostPattern::needsName);
  }

  /** What keeps this rule from matching; empty if it matches. Patterns without names go first. */
  Optional<Passed.Unfit> unfit(Request request, AskedName name) {
    if (!users.admits(request.user())) {
      return Optional.of(Passed.Unfit.USER);
    }
    if (!destinations.admits(request.destination())) {
      return Optional.of(Passed.Unfit.DESTINATION);
    }
    return unfitHost(request.address(), name);
  }

  /**
   * What keeps this rule from speaking of a client that has not logged in yet: a line that denies
   * some users or destinations says nothing of it, one that permits some of them does.
   */
  Optional<Passed.Unfit> unfitBeforeLogin(InetAddress address, AskedName name) {
    if (!permits() && !users.values().isEmpty()) {
      return Optional.of(Passed.Unfit.USER);
    }
    if (!permits() && !destinations.values().isEmpty()) {
      return Optional.of(Passed.Unfit.DESTINATION);
    }
    return unfitHost(address, name);
  }

  private Optional<Passed.Unfit> unfitHost(InetAddress address, AskedName name) {
    for (HostPattern pattern : patterns) {
      if (!pattern.needsName() && pattern.matches(address, name.soFar())) {
        return Optional.empty();
      }
    }
    for (HostPattern pattern : patterns) {
      if (pattern.needsName() && pattern.matches(address, name.get())) {
        return Optional.empty();
      }
    }
    return Optional.of(Passed.Unfit.HOST);
  }

  /** Whether evidently this rule, standing first, leaves nothing for {@code later}. */
  boolean covers(HostRule later) {
    return rule.coversApplicationsOf(later.rule)
        && users.covers(later.users)
        && destinations.covers(later.destinations)
        && later.patterns.stream()
            .allMatch(inner -> patterns.stream().anyMatch(outer -> outer.covers(inner)));
  }

  /** The values of one option; no value at all admits everything, even what is not known yet. */
  record Choice(List<Option.Value> values) {
    static Choice of(Rule rule, String option) {
      return new Choice(
          rule.options().stream()
              .filter(o -> o.name().equals(option))
              .flatMap(o -> o.values().stream())
              .toList());
    }

    boolean admits(Optional<String> candidate) {
      if (values.isEmpty()) {
        return true;
      }
      if (candidate.isEmpty()) {
        return false;
      }
      for (Option.Value value : values) {
        if (new Glob(value.text()).matches(candidate.get())) {
          return !value.negated();
        }
      }
      return values.stream().allMatch(Option.Value::negated);
    }

    boolean covers(Choice other) {
      return values.isEmpty() || values.equals(other.values);
    }
  }
}
