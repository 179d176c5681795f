package sallyport.netperm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the keywords of one application into types. Nothing stops at a wrong value: it becomes one
 * of the {@link #problems()}, and the default is returned. Each reading method marks its keyword as
 * known. Of a keyword that is read once, the first line counts. For one thread.
 */
public final class Settings {
  /** Only so many lines are compared with those below them: a bound on start-up time. */
  private static final int MAX_COMPARED = 1000;

  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Map<String, Boolean> YES_NO =
      Map.of("yes", true, "true", true, "on", true, "no", false, "false", false, "off", false);

  private final Table table;
  private final Rules rules;
  private final Set<String> known = new TreeSet<>();
  private final Set<Problem> found = new LinkedHashSet<>();

  private Settings(Table table, String application) {
    this.table = table;
    List<Rule> lines = new ArrayList<>();
    for (Rule rule : table.of(application).all()) {
      Obsolete.successor(rule, application)
          .ifPresentOrElse(
              successor -> warning(rule, "'" + rule.fullKeyword() + "' is obsolete: " + successor),
              () -> lines.add(rule));
    }
    this.rules = new Rules(application, lines);
  }

  public static Settings of(Table table, String application) {
    return new Settings(table, application);
  }

  public String application() {
    return rules.application();
  }

  /** The settings of another application in the same table, with problems of their own. */
  public Settings beside(String other) {
    return new Settings(table, other);
  }

  /** A whole number within bounds. */
  public int count(String keyword, int byDefault, int least, int most) {
    String expected = "a number from " + least + " to " + most;
    return one(
        keyword,
        byDefault,
        expected,
        text -> {
          if (!COUNT.matcher(text).matches()) {
            return Optional.empty();
          }
          int count = Integer.parseInt(text);
          return count >= least && count <= most ? Optional.of(count) : Optional.empty();
        });
  }

  /** A time in whole seconds, or with {@code s}, {@code m}, {@code h} or {@code d} after it. */
  public Duration seconds(String keyword, Duration byDefault, Duration least, Duration most) {
    String expected =
        "a time from " + least.toSeconds() + " to " + most.toSeconds() + " seconds (or 5m, 4h, 2d)";
    return one(
        keyword,
        byDefault,
        expected,
        text ->
            Units.duration(text)
                .filter(time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0));
  }

  /** A size in octets; K, M and G after it mean 2^10, 2^20 and 2^30. */
  public long octets(String keyword, long byDefault, long least, long most) {
    String expected = "a size from " + least + " to " + most + " octets (or 512K, 25M, 1G)";
    return one(
        keyword,
        byDefault,
        expected,
        text -> Units.size(text).filter(octets -> octets >= least && octets <= most));
  }

  /** A yes or no. */
  public boolean yesNo(String keyword, boolean byDefault) {
    return one(keyword, byDefault, "yes or no", text -> Optional.ofNullable(YES_NO.get(text)));
  }

  /** One of a few words. */
  public <T> T oneOf(String keyword, Map<String, T> choices, T byDefault) {
    String expected = String.join(" or ", new TreeMap<>(choices).keySet());
    return one(keyword, byDefault, expected, text -> Optional.ofNullable(choices.get(text)));
  }

  /** The only value of a keyword, whatever it is, but not the empty text. */
  public Optional<String> word(String keyword) {
    return one(
        keyword,
        Optional.empty(),
        "one value",
        text -> text.isEmpty() ? Optional.empty() : Optional.of(Optional.of(text)));
  }

  /** Servers that do the same, the preferred one first; none if there is no such line. */
  public List<HostAndPort> hostsAndPorts(String keyword, int defaultPort) {
    known.add(keyword);
    List<Rule> lines = rules.with(keyword);
    warnOfShadowed(lines);
    if (lines.isEmpty() || !isPlain(lines.getFirst())) {
      return List.of();
    }
    Rule rule = lines.getFirst();
    return rule.values().stream()
        .flatMap(value -> read(rule, value, text -> HostAndPort.parse(text, defaultPort)).stream())
        .toList();
  }

  private <T> T one(
      String keyword, T byDefault, String expected, Function<String, Optional<T>> reader) {
    known.add(keyword);
    List<Rule> lines = rules.with(keyword);
    warnOfShadowed(lines);
    if (lines.isEmpty()) {
      return byDefault;
    }
    Rule rule = lines.getFirst();
    if (!isPlain(rule)) {
      return byDefault;
    }
    if (rule.values().size() != 1) {
      error(rule, keyword + " has " + rule.values().size() + " values; expected " + expected);
      return byDefault;
    }
    String value = rule.values().getFirst();
    Optional<T> read = reader.apply(value);
    if (read.isEmpty()) {
      error(rule, keyword + " is " + Problem.shown(value) + "; expected " + expected);
    }
    return read.orElse(byDefault);
  }

  private void warnOfShadowed(List<Rule> lines) {
    for (int later = 1; later < lines.size(); later++) {
      for (Rule earlier : lines.subList(0, Math.min(later, MAX_COMPARED))) {
        if (earlier.coversApplicationsOf(lines.get(later))) {
          warning(
              lines.get(later),
              "this line has no effect: "
                  + earlier.at()
                  + " already sets "
                  + earlier.keyword()
                  + " for the same; the first line counts");
          break;
        }
      }
    }
  }

  /** No {@code permit-} or {@code deny-}, no options: they mean something for hosts only. */
  private boolean isPlain(Rule rule) {
    if (rule.permission() != Permission.NONE) {
      error(rule, "'" + rule.fullKeyword() + "' is unknown; expected '" + rule.keyword() + "'");
      return false;
    }
    if (!rule.options().isEmpty()) {
      String option = rule.options().getFirst().name();
      error(rule, rule.keyword() + " has no option -" + option + "; expected none");
      return false;
    }
    return true;
  }

  /** All lines of a repeatable keyword, as they are. */
  public List<Rule> each(String keyword) {
    known.add(keyword);
    return rules.with(keyword).stream().filter(this::isPlain).toList();
  }

  /** The line that counts of a keyword that is read once, as it is. */
  public Optional<Rule> first(String keyword) {
    known.add(keyword);
    List<Rule> lines = rules.with(keyword);
    warnOfShadowed(lines);
    return lines.stream().limit(1).filter(this::isPlain).findFirst();
  }

  /** All values of all lines of a keyword. */
  public List<String> words(String keyword) {
    return each(keyword).stream().flatMap(rule -> rule.values().stream()).toList();
  }

  /** All domains of all lines of a keyword. */
  public DomainSet domains(String keyword) {
    return DomainSet.of(readable(keyword, DomainSet::of));
  }

  /** All addresses and networks of all lines of a keyword. */
  public AddressSet addresses(String keyword) {
    return AddressSet.of(readable(keyword, AddressSet::of));
  }

  private List<String> readable(String keyword, Function<List<String>, Object> reader) {
    List<String> readable = new ArrayList<>();
    for (Rule rule : each(keyword)) {
      for (String value : rule.values()) {
        read(rule, value, text -> reader.apply(List.of(text))).ifPresent(_ -> readable.add(value));
      }
    }
    return readable;
  }

  /**
   * The {@code listen} lines, {@code [ADDR:]PORT…} and perhaps {@code tls}, {@code starttls} or
   * {@code starttls-required}, which is for all addresses of its line.
   *
   * @param defaultPort listened on, at all addresses, when there is no such line
   */
  public List<ListenAddress> listen(int defaultPort) {
    List<ListenAddress> listen = new ArrayList<>();
    List<Rule> lines = each("listen");
    for (Rule rule : lines) {
      List<String> values = rule.values();
      Optional<ListenAddress.Tls> tls =
          values.isEmpty() ? Optional.empty() : ListenAddress.Tls.of(values.getLast());
      List<String> addresses = tls.isEmpty() ? values : values.subList(0, values.size() - 1);
      if (tls.isPresent() && addresses.isEmpty()) {
        error(rule, "listen: expected PORT or ADDRESS:PORT before " + values.getLast());
      }
      for (String value : addresses) {
        read(
                rule,
                value,
                text -> ListenAddress.parse(text, tls.orElse(ListenAddress.Tls.NONE), rule.at()))
            .ifPresent(listen::add);
      }
    }
    if (lines.isEmpty()) {
      listen.add(new ListenAddress(Optional.empty(), defaultPort, whole()));
    }
    return List.copyOf(listen);
  }

  /**
   * Who may connect.
   *
   * @param options those of {@link HostRules#OPTIONS} that make sense for the application
   */
  public HostRules hosts(String... options) {
    known.add(HostRules.KEYWORD);
    HostRules hosts = HostRules.of(rules, Set.of(options));
    found.addAll(hosts.problems());
    return hosts;
  }

  /** Reads a value with a method that throws {@link IllegalArgumentException} for a wrong one. */
  private <T> Optional<T> read(Rule rule, String value, Function<String, T> reader) {
    try {
      return Optional.of(reader.apply(value));
    } catch (IllegalArgumentException e) {
      error(rule, rule.keyword() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Keywords that are known, but read elsewhere. */
  public void ignore(String... keywords) {
    known.addAll(List.of(keywords));
  }

  /** The line that counts for a keyword. */
  public Optional<Location> where(String keyword) {
    return rules.first(keyword).map(Rule::at);
  }

  /** The table as a whole, for what is wrong because a line is missing. */
  public Location whole() {
    return new Location(table.fileName(), 0);
  }

  public void error(Location at, String text) {
    found.add(new Problem(at, Severity.ERROR, Set.of(application()), text));
  }

  public void warning(Location at, String text) {
    found.add(new Problem(at, Severity.WARNING, Set.of(application()), text));
  }

  private void error(Rule rule, String text) {
    found.add(new Problem(rule.at(), Severity.ERROR, rule.applications(), text));
  }

  private void warning(Rule rule, String text) {
    found.add(new Problem(rule.at(), Severity.WARNING, rule.applications(), text));
  }

  /** Every keyword that was read or ignored so far. */
  public Set<String> keywords() {
    return Set.copyOf(known);
  }

  /**
   * All that is wrong for this application, in file order: syntax, values, and keywords that nobody
   * asked for. To be called after everything was read. An unknown keyword in a line for {@code *}
   * is not among them, since another application may know it.
   */
  public List<Problem> problems() {
    Set<Problem> all = new LinkedHashSet<>(found);
    table.problems().stream().filter(p -> p.concerns(application())).forEach(all::add);
    for (Rule rule : rules.all()) {
      if (!known.contains(rule.keyword()) && rule.applications().contains(application())) {
        all.add(unknown(rule));
      }
    }
    return all.stream().sorted(Comparator.comparingInt(p -> p.at().line())).toList();
  }

  private Problem unknown(Rule rule) {
    String written = rule.fullKeyword();
    String prefix = written.substring(0, written.length() - rule.keyword().length());
    String nearest =
        Spelling.nearest(rule.keyword(), known)
            .map(word -> "; meant '" + prefix + word + "'?")
            .orElse("");
    return new Problem(
        rule.at(),
        Severity.ERROR,
        rule.applications(),
        application() + " has no keyword " + Problem.shown(written) + nearest);
  }
}
