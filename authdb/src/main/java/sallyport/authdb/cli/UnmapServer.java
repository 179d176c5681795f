package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb unmap}. */
@Command(
    name = "unmap",
    header = "Forgets what differs for a user at an inside server.",
    sortOptions = false)
final class UnmapServer implements Callable<Integer> {
  private final Desk desk;

  @Parameters(index = "0", paramLabel = "USER", converter = Name.class, description = "The user.")
  private String user = "";

  @Parameters(
      index = "1",
      paramLabel = "SERVER",
      converter = Name.class,
      description = "The server, also one that the table lists no more.")
  private String server = "";

  UnmapServer(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      if (database.unmap(user, server)) {
        desk.say("User " + user + " unmapped for " + server + ".");
        return ExitCode.OK.number();
      }
      return database.find(user).isEmpty()
          ? desk.unknown(user)
          : desk.no("User " + user + " is not mapped for " + server + ".");
    }
  }
}
