package sallyport.authdb.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;

/** {@code authdb display}. */
@Command(
    name = "display",
    header = "Shows all that is known of a user, but the secrets.",
    sortOptions = false)
final class Display implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  @Option(names = "--json", description = "Answer with a JSON object.")
  private boolean json;

  Display(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      Optional<UserView> view = database.find(user).map(found -> new UserView(found, desk));
      if (view.isEmpty()) {
        return desk.unknown(user);
      }
      if (json) {
        desk.say(Json.of(view.get().json()));
      } else {
        desk.say(view.get().report());
      }
      return ExitCode.OK.number();
    }
  }
}
