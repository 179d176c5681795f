package sallyport.authdb.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;

/** {@code authdb key rotate} and {@code authdb key list}. */
@Command(name = "key", header = "Lists the keys, or makes a new one.", sortOptions = false)
final class Key implements Callable<Integer> {
  private final Desk desk;

  @Spec private @Nullable CommandSpec spec;

  Key(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() {
    CommandLine line = Optional.ofNullable(spec).orElseThrow().commandLine();
    throw new ParameterException(line, "expected a command: rotate or list");
  }

  @Command(
      name = "rotate",
      header = "Makes a new key and seals every secret with it.",
      description = "The old key stays, for backups that were sealed with it.",
      sortOptions = false)
  int rotate() throws StartupException, DatabaseTrouble {
    Place place = desk.enter();
    try (UserDatabase database = Desk.open(place)) {
      String made = database.rotateKey();
      desk.say("Every secret is now sealed with the new key " + made + ".");
      desk.note("Back up " + place.keys() + ", apart from the database.");
      return ExitCode.OK.number();
    }
  }

  @Command(
      name = "list",
      header = "Lists the keys, and how many secrets each seals.",
      description = "The current one comes first.",
      sortOptions = false)
  int list(
      @Option(names = "--json", description = "Answer with a JSON array of objects.") boolean json)
      throws StartupException, DatabaseTrouble {
    Place place = desk.enter();
    List<KeyView> keys;
    try (UserDatabase database = Desk.open(place)) {
      keys = KeyView.of(database, place.keys());
    }
    if (json) {
      desk.say(Json.of(keys.stream().map(KeyView::json).toList()));
    } else {
      Listing.show(desk, KeyView.HEADS, keys.stream().map(key -> key.row(desk)).toList());
    }
    return ExitCode.OK.number();
  }
}
