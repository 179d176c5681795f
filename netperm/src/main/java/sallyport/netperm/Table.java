package sallyport.netperm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A rule table as read: its lines in order and what is wrong with their syntax. Immutable. */
public final class Table {
  /** The largest table that is read. */
  public static final int MAX_BYTES = 1 << 20;

  private final String fileName;
  private final List<Rule> rules;
  private final List<Problem> problems;

  private Table(String fileName, List<Rule> rules, List<Problem> problems) {
    this.fileName = fileName;
    this.rules = List.copyOf(rules);
    this.problems = List.copyOf(problems);
  }

  /**
   * Reads a table. What is wrong inside it (bytes that are no UTF-8, wrong lines, more than {@link
   * #MAX_BYTES}) is among the {@link #problems()}.
   *
   * @throws IOException if the file cannot be read
   */
  public static Table read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        return tooLarge(file.toString());
      }
      return parse(file.toString(), new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /** Reads a table from memory; {@code fileName} serves the messages only. */
  public static Table parse(String fileName, String text) {
    if (text.length() > MAX_BYTES) {
      return tooLarge(fileName);
    }
    TableParser parser = new TableParser(fileName);
    parser.parse(text);
    return new Table(fileName, parser.rules(), parser.problems());
  }

  private static Table tooLarge(String fileName) {
    String text = "the table is larger than " + MAX_BYTES + " octets; no line of it was read";
    Location whole = new Location(fileName, 0);
    return new Table(
        fileName, List.of(), List.of(new Problem(whole, Severity.ERROR, TableParser.ALL, text)));
  }

  public String fileName() {
    return fileName;
  }

  /** Every line that could be read, in file order. */
  public List<Rule> rules() {
    return rules;
  }

  /** The lines that name the application or {@code *}, in file order. */
  public Rules of(String application) {
    return new Rules(
        application, rules.stream().filter(rule -> rule.concerns(application)).toList());
  }

  /** What is wrong with the syntax, in file order; what words mean is judged by the readers. */
  public List<Problem> problems() {
    return problems;
  }
}
