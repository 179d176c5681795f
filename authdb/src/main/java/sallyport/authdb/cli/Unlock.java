package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb unlock}. */
@Command(
    name = "unlock",
    header = "Forgets a user's wrong logins.",
    description = "No source of wrong logins has to wait any longer.",
    sortOptions = false)
final class Unlock implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  Unlock(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      return desk.done(database.unlock(user), user, "User " + user + " unlocked.");
    }
  }
}
