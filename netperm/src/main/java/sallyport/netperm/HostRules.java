package sallyport.netperm;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The {@code permit-hosts}, {@code deny-hosts} and {@code hosts} lines of one application. The
 * first line that matches a request decides; if none does it is denied. Immutable and thread-safe.
 *
 * <p>A line matches if its {@code -user} and {@code -dest} lists, where it has them, admit the
 * request, and any of its patterns holds the host. In a list the first fitting value counts, {@code
 * !value} excludes; a list of exclusions alone admits all else. Users and destinations are compared
 * without regard to ASCII case, {@code *} stands for any characters.
 */
public final class HostRules {
  /** The keyword, after {@code permit-} or {@code deny-}. */
  public static final String KEYWORD = "hosts";

  /** All options that a host rule may have. */
  public static final Set<String> OPTIONS = Set.of("user", "dest");

  /** Only so many patterns are compared with the lines below them: a bound on start-up time. */
  private static final int MAX_COMPARED = 1000;

  private final List<HostRule> lines = new ArrayList<>();
  private final List<HostRule> compared = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private int comparedPatterns;

  private HostRules() {}

  /** Reads the lines; wrong ones are left out and stand among the {@link #problems()}. */
  public static HostRules of(Rules rules) {
    return of(rules, OPTIONS);
  }

  /**
   * Reads the lines for an application that knows only some options.
   *
   * @param options a subset of {@link #OPTIONS}; others are errors, since a rule that is read
   *     without its option would hold for more than was meant
   */
  public static HostRules of(Rules rules, Set<String> options) {
    HostRules hosts = new HostRules();
    for (Rule rule : rules.with(KEYWORD)) {
      HostRule.parse(rule, options, hosts.problems).ifPresent(hosts::add);
    }
    return hosts;
  }

  private void add(HostRule line) {
    for (HostRule earlier : compared) {
      if (earlier.covers(line)) {
        problems.add(
            new Problem(
                line.rule().at(),
                Severity.WARNING,
                line.rule().applications(),
                "this line can never match: "
                    + earlier.rule().at()
                    + " already matches all it does; the narrower line must stand first"));
        break;
      }
    }
    if (comparedPatterns + line.patterns().size() <= MAX_COMPARED) {
      comparedPatterns += line.patterns().size();
      compared.add(line);
    }
    lines.add(line);
  }

  /** Wrong patterns and options (errors) and lines that can never match (warnings). */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Whether any line permits; otherwise everybody is denied. */
  public boolean permitAnybody() {
    return lines.stream().anyMatch(HostRule::permits);
  }

  /** Whether any line may need a client's name. */
  public boolean needNames() {
    return lines.stream().anyMatch(HostRule::needsName);
  }

  /**
   * Judges a request. Asks for the client's name at most once, and only when a line is reached that
   * can match by its name alone; then it waits as long as {@code names} does.
   */
  public Decision decide(Request request, NameLookup names) {
    return decide(request, names, _ -> {});
  }

  /** As {@link #decide(Request, NameLookup)}, and tells of each line that was passed over. */
  public Decision decide(Request request, NameLookup names, Consumer<Passed> passed) {
    AskedName name = new AskedName(request.address(), names);
    return decide(name, line -> line.unfit(request, name), passed);
  }

  /**
   * Judges a client that has not logged in yet, for a program that will ask {@link #decide} once
   * user and destination are known. A line that permits some users or destinations permits it to
   * try; a line that denies some is passed over.
   */
  public Decision decideBeforeLogin(InetAddress address, NameLookup names) {
    return decideBeforeLogin(address, names, _ -> {});
  }

  /** As the other, and tells of each line that was passed over. */
  public Decision decideBeforeLogin(
      InetAddress address, NameLookup names, Consumer<Passed> passed) {
    AskedName name = new AskedName(address, names);
    return decide(name, line -> line.unfitBeforeLogin(address, name), passed);
  }

  private Decision decide(
      AskedName name, Function<HostRule, Optional<Passed.Unfit>> judge, Consumer<Passed> passed) {
    for (HostRule line : lines) {
      Optional<Passed.Unfit> unfit = judge.apply(line);
      if (unfit.isEmpty()) {
        return new Decision(line.permits(), Optional.of(line.rule()), name.soFar());
      }
      passed.accept(new Passed(line.rule(), unfit.get()));
    }
    return new Decision(false, Optional.empty(), name.soFar());
  }
}
