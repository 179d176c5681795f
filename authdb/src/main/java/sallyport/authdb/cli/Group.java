package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb group}. */
@Command(name = "group", header = "Changes a user's group.", sortOptions = false)
final class Group implements Callable<Integer> {
  private final Desk desk;

  @Parameters(index = "0", paramLabel = "USER", converter = Name.class, description = "The user.")
  private String user = "";

  @Parameters(index = "1", paramLabel = "GROUP", description = "The group; '' for none.")
  private String group = "";

  Group(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    Texts.requireGroup(group);
    try (UserDatabase database = desk.open()) {
      String now = group.isEmpty() ? "in no group." : "in group " + group + ".";
      return desk.done(database.setGroup(user, group), user, "User " + user + " is now " + now);
    }
  }
}
