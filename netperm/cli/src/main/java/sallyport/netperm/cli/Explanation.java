package sallyport.netperm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Columns;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;
import sallyport.netperm.Decision;
import sallyport.netperm.HostName;
import sallyport.netperm.HostPattern;
import sallyport.netperm.HostRules;
import sallyport.netperm.Passed;
import sallyport.netperm.Problem;
import sallyport.netperm.Request;
import sallyport.netperm.Rule;
import sallyport.netperm.Rules;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/** What {@code explain} answers: the decision, and the lines that were passed over before it. */
record Explanation(
    String fileName,
    String application,
    Request request,
    HostName name,
    Asked asked,
    Decision decision,
    List<Passed> passed) {

  /** What a program asks its rules. */
  enum Asked {
    /** Whether this request is permitted. */
    REQUEST,
    /** Whether a client may try to log in, of which neither user nor destination is known yet. */
    BEFORE_LOGIN
  }

  /**
   * Judges one request as the program would.
   *
   * @throws StartupException if the program takes no connections, or would not start because of
   *     errors in its host rules
   */
  static Explanation of(Table table, String application, Request request, HostName name)
      throws StartupException {
    Rules rules = table.of(application);
    HostRules hosts = HostRules.of(rules, options(application));
    List<String> errors =
        Stream.concat(table.problems().stream(), hosts.problems().stream())
            .filter(p -> p.severity() == Severity.ERROR && p.concerns(application))
            .map(Problem::toString)
            .toList();
    if (!errors.isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG,
          application + " does not start with this table:\n" + String.join("\n", errors));
    }
    List<Passed> passed = new ArrayList<>();
    Asked asked = asked(application, request);
    Decision decision =
        switch (asked) {
          case REQUEST -> hosts.decide(request, _ -> name, passed::add);
          case BEFORE_LOGIN -> hosts.decideBeforeLogin(request.address(), _ -> name, passed::add);
        };
    return new Explanation(table.fileName(), application, request, name, asked, decision, passed);
  }

  private static Asked asked(String application, Request request) {
    boolean judgesLogins =
        KnownProgram.of(application)
            .flatMap(KnownProgram::hostOptions)
            .filter(options -> !options.isEmpty())
            .isPresent();
    return judgesLogins && request.user().isEmpty() && request.destination().isEmpty()
        ? Asked.BEFORE_LOGIN
        : Asked.REQUEST;
  }

  private static Set<String> options(String application) throws StartupException {
    Optional<KnownProgram> program = KnownProgram.of(application);
    if (program.isEmpty()) {
      return HostRules.OPTIONS;
    }
    return program
        .get()
        .hostOptions()
        .orElseThrow(
            () -> new StartupException(ExitCode.USAGE, application + " takes no connections"));
  }

  boolean permitted() {
    return decision.permitted();
  }

  /** The verdict first, then the lines of the table as far as they were read. */
  List<String> lines(boolean aligned) {
    List<List<String>> rows = new ArrayList<>();
    for (Passed line : passed) {
      rows.add(row(line.rule(), "passed", because(line)));
    }
    decision.rule().ifPresent(rule -> rows.add(row(rule, "decides", holds(rule))));
    List<String> lines = new ArrayList<>();
    lines.add((permitted() ? "permit " : "deny ") + application + " " + host());
    lines.addAll(Columns.of(rows, aligned, Report.SEPARATOR));
    if (decision.rule().isEmpty()) {
      lines.add(
          passed.isEmpty()
              ? "No line says who may use " + application + ", and that denies."
              : "No line matches, and that denies.");
    } else if (asked == Asked.BEFORE_LOGIN && permitted()) {
      lines.add("The login is judged once more: --user and --dest tell.");
    }
    return lines;
  }

  private String host() {
    return "host=" + name + "/" + request.address().getHostAddress();
  }

  private static List<String> row(Rule rule, String what, String why) {
    return List.of(rule.at().toString(), what, rule.toString(), why);
  }

  private String because(Passed line) {
    if (asked == Asked.BEFORE_LOGIN && line.unfit() != Passed.Unfit.HOST) {
      return "denies some logins only";
    }
    return switch (line.unfit()) {
      case USER -> request.user().isEmpty() ? "no user is known" : "not for this user";
      case DESTINATION ->
          request.destination().isEmpty() ? "no destination is known" : "not for this destination";
      case HOST ->
          "no pattern holds this host"
              + (wantsName(line.rule()) && name instanceof HostName.Unknown
                  ? ", whose name is unknown"
                  : "");
    };
  }

  private static boolean wantsName(Rule rule) {
    return patterns(rule).anyMatch(HostPattern::needsName);
  }

  private String holds(Rule rule) {
    return patterns(rule)
        .filter(pattern -> pattern.matches(request.address(), name))
        .map(pattern -> "'" + pattern + "' holds this host")
        .collect(Collectors.joining(", "));
  }

  /** The patterns of a rule without errors. */
  private static Stream<HostPattern> patterns(Rule rule) {
    return rule.values().stream().map(HostPattern::parse);
  }

  String json() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("table", fileName);
    object.put("application", application);
    object.put("address", request.address().getHostAddress());
    object.put("name", name instanceof HostName.Known(String known) ? known : null);
    object.put("user", request.user().orElse(null));
    object.put("destination", request.destination().orElse(null));
    object.put("permitted", permitted());
    object.put("decides", decision.rule().map(rule -> object(rule, holds(rule))).orElse(null));
    object.put("passed", passed.stream().map(line -> object(line.rule(), because(line))).toList());
    return Json.of(object);
  }

  private static Map<String, Object> object(Rule rule, String because) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("line", rule.at().line());
    object.put("text", rule.toString());
    object.put("because", because);
    return object;
  }
}
