package sallyport.smapd.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sallyport.daemon.Columns;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;
import sallyport.daemon.Usage;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.Selection;

/** {@code smapq stats}. */
@Command(
    name = "stats",
    header = "Counts messages by age in minutes, and by domain.",
    description = {
      "A message with recipients in several domains counts in each, and once in TOTAL.",
      "The column 10 has what is older than 5 minutes and not older than 10."
    },
    sortOptions = false)
final class Stats implements Callable<Integer> {
  /** Rows that are counted apart. */
  static final int MAX_ROWS = 100_000;

  private static final List<Integer> MINUTES = List.of(5, 10, 20, 40, 80, 160, 320, 640, 1280);
  private static final String OTHERS = "(others)";
  private static final String TOTAL = "TOTAL";

  private final Desk desk;

  @Mixin private Targets targets = new Targets();

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      defaultValue = "domain",
      converter = ByReader.class,
      description = "domain, sender (its domain), hub or state (default: domain).")
  private By by = By.DOMAIN;

  @Option(names = "--json", description = "Answer with a JSON object a row.")
  private boolean json;

  private final Map<String, long[]> rows = new HashMap<>();
  private final long[] total = new long[MINUTES.size() + 2];

  /** What makes a row. */
  enum By {
    DOMAIN,
    SENDER,
    HUB,
    STATE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    Set<String> rows(Entry entry) {
      return switch (this) {
        case DOMAIN ->
            entry.recipients().stream().map(Entry.Recipient::domain).collect(Collectors.toSet());
        case SENDER -> Set.of(entry.sender().isEmpty() ? "<>" : Entry.domainOf(entry.sender()));
        case HUB ->
            entry.recipients().stream().map(Entry.Recipient::hub).collect(Collectors.toSet());
        case STATE -> Set.of(entry.state().word());
      };
    }
  }

  /** Reads what makes a row. */
  static final class ByReader implements ITypeConverter<By> {
    @Override
    public By convert(String typed) {
      for (By by : By.values()) {
        if (by.word().equals(typed)) {
          return by;
        }
      }
      throw Usage.expected(typed, "domain, sender, hub or state");
    }
  }

  Stats(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, IOException {
    Targets.Chosen chosen = targets.chosenOrAll(desk);
    Instant now = desk.streams().clock().instant();
    try (Administration queue = desk.open()) {
      for (Selection part : chosen.selections()) {
        queue.list(part, entry -> count(entry, now));
      }
    }
    List<Map.Entry<String, long[]>> sorted = new ArrayList<>(rows.entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, long[]> row) -> -row.getValue()[0])
            .thenComparing(Map.Entry::getKey));
    sorted.addFirst(Map.entry(TOTAL, total));
    show(sorted);
    return ExitCode.OK.number();
  }

  private void count(Entry entry, Instant now) {
    int column = column(Duration.between(entry.arrived(), now));
    add(total, column);
    for (String row : by.rows(entry)) {
      String key = rows.size() < MAX_ROWS || rows.containsKey(row) ? row : OTHERS;
      add(rows.computeIfAbsent(key, _ -> new long[total.length]), column);
    }
  }

  private static void add(long[] row, int column) {
    row[0]++;
    row[column]++;
  }

  private static int column(Duration age) {
    for (int i = 0; i < MINUTES.size(); i++) {
      if (age.compareTo(Duration.ofMinutes(MINUTES.get(i))) <= 0) {
        return i + 1;
      }
    }
    return MINUTES.size() + 1;
  }

  private static List<String> heads() {
    List<String> heads = new ArrayList<>();
    MINUTES.forEach(minutes -> heads.add(Integer.toString(minutes)));
    heads.add(MINUTES.getLast() + "+");
    return heads;
  }

  private void show(List<Map.Entry<String, long[]>> sorted) throws IOException {
    List<List<String>> table = new ArrayList<>();
    if (desk.onTerminal()) {
      List<String> first = new ArrayList<>(List.of(by.word().toUpperCase(Locale.ROOT), "T"));
      first.addAll(heads());
      table.add(first);
    }
    for (Map.Entry<String, long[]> row : sorted) {
      if (json) {
        desk.say(Json.of(json(row.getKey(), row.getValue())));
      } else {
        List<String> cells = new ArrayList<>(List.of(Shown.text(row.getKey())));
        for (long count : row.getValue()) {
          cells.add(Long.toString(count));
        }
        table.add(cells);
      }
    }
    if (!json) {
      for (String line : Columns.of(table, desk.onTerminal(), "\t")) {
        desk.say(line);
      }
    }
  }

  private Map<String, Object> json(String name, long[] row) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(by.word(), name);
    object.put("total", row[0]);
    Map<String, Object> ages = new LinkedHashMap<>();
    List<String> heads = heads();
    for (int i = 0; i < heads.size(); i++) {
      ages.put(heads.get(i), row[i + 1]);
    }
    object.put("ages", ages);
    return object;
  }
}
