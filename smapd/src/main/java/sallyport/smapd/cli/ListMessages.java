package sallyport.smapd.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sallyport.daemon.Columns;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.Selection;

/** {@code smapq list}. */
@Command(
    name = "list",
    header = "Lists messages: the queue, the oldest first, then what is set aside.",
    description = "To a pipe without heads, and with tabs between the columns.",
    sortOptions = false)
final class ListMessages implements Callable<Integer> {
  /** Rows that are measured before the first is shown in columns. */
  static final int MEASURED = 1000;

  private final Desk desk;

  @Mixin private Targets targets = new Targets();

  @Option(names = "--json", description = "Answer with a JSON object a line.")
  private boolean json;

  ListMessages(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, IOException {
    Targets.Chosen chosen = targets.chosenOrAll(desk);
    Table table = new Table();
    int waiting = 0;
    try (Administration queue = desk.open()) {
      for (Selection part : chosen.selections()) {
        waiting = queue.list(part, table::take);
      }
    } finally {
      table.end();
    }
    if (waiting > 0) {
      desk.note(waiting + " files in new/ are not taken over yet.");
    }
    return table.count == 0 && chosen.byId() ? desk.no("No such message.") : ended(table.count);
  }

  private int ended(long count) {
    if (count == 0) {
      desk.note("No messages.");
    } else if (desk.onTerminal() && !json) {
      desk.note(count == 1 ? "1 message." : count + " messages.");
    }
    return ExitCode.OK.number();
  }

  /** Rows as they come; columns as wide as the first ones need. */
  private final class Table {
    private final List<List<String>> first = new ArrayList<>();
    private long count;

    void take(Entry entry) throws IOException {
      count++;
      EntryView view = new EntryView(entry, desk);
      if (json) {
        desk.say(Json.of(view.json()));
      } else if (!desk.onTerminal()) {
        desk.say(view.line());
      } else {
        if (first.isEmpty()) {
          first.add(EntryView.heads());
        }
        first.add(view.row());
        if (first.size() > MEASURED) {
          end();
        }
      }
    }

    void end() throws IOException {
      for (String line : Columns.of(first, true, "")) {
        desk.say(line);
      }
      first.clear();
    }
  }
}
