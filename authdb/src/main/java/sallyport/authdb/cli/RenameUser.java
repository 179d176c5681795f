package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb rename}. */
@Command(
    name = "rename",
    header = "Gives a user another login name.",
    description = {
      "Secrets, log and all else stay.",
      "Inside servers then see the new name too, unless 'map --name' says another."
    },
    sortOptions = false)
final class RenameUser implements Callable<Integer> {
  private final Desk desk;

  @Parameters(
      index = "0",
      paramLabel = "OLD",
      converter = Name.class,
      description = "The name now.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "NEW", converter = Name.class, description = "The new one.")
  private String to = "";

  RenameUser(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      return switch (database.rename(from, to)) {
        case DONE -> {
          desk.say("User " + from + " is now " + to + ".");
          yield ExitCode.OK.number();
        }
        case NO_SUCH_USER -> desk.unknown(from);
        case NAME_TAKEN -> desk.no("User " + to + " is already there.");
      };
    }
  }
}
