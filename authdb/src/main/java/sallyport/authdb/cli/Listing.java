package sallyport.authdb.cli;

import java.util.ArrayList;
import java.util.List;
import sallyport.daemon.Columns;

/** Rows as they are shown: with heads and in columns for people, bare and with tabs for a pipe. */
final class Listing {
  private Listing() {}

  static void show(Desk desk, List<String> heads, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    if (desk.onTerminal() && !rows.isEmpty()) {
      all.add(heads);
    }
    all.addAll(rows);
    desk.say(Columns.of(all, desk.onTerminal(), "\t"));
  }
}
