package sallyport.daemon;

import java.util.ArrayList;
import java.util.List;

/** Rows of the same number of cells, as lines of what a command shows. */
public final class Columns {
  private Columns() {}

  /**
   * In columns two spaces apart for a terminal; else with the separator alone between the cells, as
   * the programs behind a pipe know it.
   */
  public static List<String> of(List<List<String>> rows, boolean aligned, String separator) {
    return aligned ? aligned(rows) : rows.stream().map(row -> String.join(separator, row)).toList();
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
