package sallyport.smapd.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Parameters;
import sallyport.daemon.StartupException;
import sallyport.daemon.Usage;
import sallyport.smapd.control.Filter;
import sallyport.smapd.control.Selection;
import sallyport.spool.QueueId;

/**
 * Which messages a command is for: ids, {@code -} for ids from standard input, all, or a filter.
 */
final class Targets {
  /** Ids that are read from standard input. */
  static final int MAX_IDS = 1_000_000;

  private static final String EVERYTHING = "all";
  private static final String FROM_INPUT = "-";

  @Parameters(
      paramLabel = "ID|all|-",
      arity = "0..*",
      description = {"Ids; all; or - for ids from standard input, the first", "word of each line."})
  private List<String> words = List.of();

  @ArgGroup(
      exclusive = false,
      validate = false,
      heading = "%nInstead, every message that fulfils all of:%n")
  private FilterOptions filter = new FilterOptions();

  /**
   * What was chosen, in requests of a bounded size.
   *
   * @param byId whether each message was named
   */
  record Chosen(List<Selection> selections, boolean byId) {
    Chosen {
      selections = List.copyOf(selections);
    }
  }

  /** Something must have been chosen. */
  Chosen chosen(Desk desk) throws StartupException, IOException {
    if (words.isEmpty() && filter.isEmpty()) {
      throw Desk.wrong("which messages? expected ids, 'all', '-', or a filter such as --domain");
    }
    return chosenOrAll(desk);
  }

  /** Without anything chosen, everything is. */
  Chosen chosenOrAll(Desk desk) throws StartupException, IOException {
    if (!words.isEmpty() && !filter.isEmpty()) {
      throw Desk.wrong("expected either ids or a filter");
    }
    if (words.isEmpty()) {
      return new Chosen(List.of(new Selection.Matching(filter.filter())), false);
    }
    if (words.equals(List.of(EVERYTHING))) {
      return new Chosen(List.of(new Selection.Matching(Filter.ALL)), false);
    }
    List<QueueId> ids = new ArrayList<>();
    for (String word : words.equals(List.of(FROM_INPUT)) ? fromInput(desk) : words) {
      ids.add(id(word));
    }
    List<Selection> parts = new ArrayList<>();
    for (int i = 0; i < ids.size(); i += Selection.MAX_IDS) {
      parts.add(new Selection.Ids(ids.subList(i, Math.min(ids.size(), i + Selection.MAX_IDS))));
    }
    return new Chosen(parts, true);
  }

  private static List<String> fromInput(Desk desk) throws StartupException, IOException {
    List<String> found = new ArrayList<>();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(desk.streams().in(), StandardCharsets.US_ASCII));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String first = line.strip().split("\\s", 2)[0];
      if (found.size() >= MAX_IDS) {
        throw Desk.wrong("more than " + MAX_IDS + " ids");
      }
      if (!first.isEmpty()) {
        found.add(first);
      }
    }
    return found;
  }

  /** The id that was typed. */
  static QueueId id(String typed) throws StartupException {
    return Selection.id(typed)
        .orElseThrow(() ->
            Desk.wrong(Usage.shown(typed) + ": expected a queue id, such as 5f0c66a1d2e94b7a-1f"));
  }
}
