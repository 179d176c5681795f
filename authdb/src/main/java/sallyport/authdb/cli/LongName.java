package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb longname}. */
@Command(name = "longname", header = "Changes a user's full name.", sortOptions = false)
final class LongName implements Callable<Integer> {
  private final Desk desk;

  @Parameters(index = "0", paramLabel = "USER", converter = Name.class, description = "The user.")
  private String user = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The full name; '' for none.")
  private String name = "";

  LongName(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    Texts.requireLongName(name);
    try (UserDatabase database = desk.open()) {
      return desk.done(
          database.setLongName(user, name), user, "Full name of " + user + " changed.");
    }
  }
}
