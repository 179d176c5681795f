package sallyport.netperm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import sallyport.daemon.Columns;
import sallyport.daemon.Json;
import sallyport.netperm.Problem;
import sallyport.netperm.Severity;

/** What {@code check} answers. */
record Report(String fileName, List<Problem> problems) {
  /** As editors and grep know it. */
  static final String SEPARATOR = ": ";

  long errors() {
    return count(Severity.ERROR);
  }

  private long count(Severity severity) {
    return problems.stream().filter(problem -> problem.severity() == severity).count();
  }

  /** The problems, one a line, and how many there are. */
  List<String> lines(boolean aligned) {
    List<List<String>> rows = new ArrayList<>();
    for (Problem problem : problems) {
      rows.add(List.of(problem.at().toString(), name(problem.severity()), problem.text()));
    }
    List<String> lines = new ArrayList<>(Columns.of(rows, aligned, SEPARATOR));
    lines.add(fileName + ": " + summary());
    return lines;
  }

  private String summary() {
    long warnings = count(Severity.WARNING);
    String warned = warnings == 1 ? "1 warning" : warnings + " warnings";
    if (errors() > 0) {
      return (errors() == 1 ? "1 error" : errors() + " errors") + ", " + warned;
    }
    return warnings == 0 ? "ok" : "ok, " + warned;
  }

  String json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("table", fileName);
    object.put("errors", errors());
    object.put("warnings", count(Severity.WARNING));
    object.put("problems", problems.stream().map(Report::object).toList());
    return Json.of(object);
  }

  private static Map<String, Object> object(Problem problem) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", problem.at().file());
    object.put("line", problem.at().line());
    object.put("severity", name(problem.severity()));
    object.put("applications", List.copyOf(new TreeSet<>(problem.applications())));
    object.put("text", problem.text());
    return object;
  }

  private static String name(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }
}
