package sallyport.netperm.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sallyport.daemon.DaemonConfig;
import sallyport.netperm.Problem;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Spelling;
import sallyport.netperm.Table;

/** Judges a whole table: each line for each program it names, and all lines together. */
final class Check {
  private final Table table;
  private final Map<String, Problem> found = new LinkedHashMap<>();
  private final Map<KnownProgram, DaemonConfig> configs = new EnumMap<>(KnownProgram.class);
  private final Set<String> keywords = new TreeSet<>();

  private Check(Table table) {
    this.table = table;
  }

  /** All problems in file order; those of the table as a whole come first. */
  static List<Problem> of(Table table) {
    Check check = new Check(table);
    table.problems().forEach(check::add);
    for (KnownProgram program : KnownProgram.values()) {
      check.read(program);
    }
    check.nameStrangers();
    check.nameKeywordsOfNobody();
    CrossChecks.of(table, check.configs).forEach(check::add);
    List<Problem> problems = new ArrayList<>(check.found.values());
    problems.sort(Comparator.comparingInt(problem -> problem.at().line()));
    return problems;
  }

  /** The same line may be wrong in the same way for several programs; that is one problem. */
  private void add(Problem problem) {
    found.putIfAbsent(problem.toString(), problem);
  }

  /** A program that no line names is not judged: the table may serve a host without it. */
  private void read(KnownProgram program) {
    Settings settings = Settings.of(table, program.application());
    DaemonConfig config = program.read(settings);
    keywords.addAll(settings.keywords());
    if (table.rules().stream().anyMatch(r -> r.applications().contains(program.application()))) {
      configs.put(program, config);
      settings.problems().forEach(this::add);
    }
  }

  private void nameStrangers() {
    for (Rule rule : table.rules()) {
      for (String name : rule.applications()) {
        if (!name.equals(Rule.EVERY_APPLICATION) && KnownProgram.of(name).isEmpty()) {
          String text = "no program here is called '" + name + "'; it is not checked";
          warn(rule, text + meant(name, KnownProgram.names()));
        }
      }
    }
    if (configs.isEmpty() && table.problems().isEmpty()) {
      String text =
          "no line names a program; expected " + String.join(" or ", KnownProgram.names());
      add(
          new Problem(
              Settings.of(table, Rule.EVERY_APPLICATION).whole(),
              Severity.WARNING,
              Set.of(Rule.EVERY_APPLICATION),
              text));
    }
  }

  /** In a line for one program an unknown keyword is an error; in one for all nobody minds it. */
  private void nameKeywordsOfNobody() {
    for (Rule rule : table.rules()) {
      if (rule.applications().contains(Rule.EVERY_APPLICATION)
          && !keywords.contains(rule.keyword())
          && found.values().stream().noneMatch(problem -> problem.at().equals(rule.at()))) {
        String text = "no program has a keyword '" + rule.fullKeyword() + "'";
        warn(rule, text + meant(rule.keyword(), keywords));
      }
    }
  }

  private static String meant(String wrong, Iterable<String> known) {
    List<String> words = new ArrayList<>();
    known.forEach(words::add);
    Optional<String> nearest = Spelling.nearest(wrong, words);
    return nearest.map(word -> "; meant '" + word + "'?").orElse("");
  }

  private void warn(Rule rule, String text) {
    add(new Problem(rule.at(), Severity.WARNING, rule.applications(), text));
  }
}
