package sallyport.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/**
 * The table as one program understands it.
 *
 * @param problems all of them, in file order; those in lines for other programs are warnings here
 * @param service made from it; of use only if there is no error
 */
record LoadedTable(Path file, List<Problem> problems, DaemonConfig config, Service service) {

  static LoadedTable of(Program program, Path file) throws StartupException {
    Table table = DaemonCommand.readTable(file);
    Settings settings = Settings.of(table, program.name());
    DaemonConfig config = DaemonConfig.of(settings);
    Service service = program.configure(settings, config);
    List<Problem> problems = new ArrayList<>(settings.problems());
    for (Problem problem : table.problems()) {
      if (!problem.concerns(program.name())) {
        problems.add(asWarning(problem));
      }
    }
    problems.sort(Comparator.comparingInt(problem -> problem.at().line()));
    return new LoadedTable(file, List.copyOf(problems), config, service);
  }

  boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  /** What an administrator is shown, one problem a line. */
  List<String> lines() {
    return problems.stream().map(Problem::toString).toList();
  }

  private static Problem asWarning(Problem problem) {
    Set<String> others = problem.applications();
    String text = "(for " + String.join(", ", others) + ") " + problem.text();
    return new Problem(problem.at(), Severity.WARNING, others, text);
  }
}
