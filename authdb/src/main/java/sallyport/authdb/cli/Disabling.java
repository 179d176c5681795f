package sallyport.authdb.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.User;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb enable} and {@code authdb disable}. */
final class Disabling {
  private Disabling() {}

  /** {@code authdb enable}. */
  @Command(name = "enable", header = "Lets a disabled user log in again.", sortOptions = false)
  static final class Enable implements Callable<Integer> {
    private final Desk desk;

    @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
    private String user = "";

    Enable(Desk desk) {
      this.desk = desk;
    }

    @Override
    public Integer call() throws StartupException, DatabaseTrouble {
      try (UserDatabase database = desk.open()) {
        int code = desk.done(database.setDisabled(user, false), user, "User " + user + " enabled.");
        Optional<User> enabled = database.find(user);
        if (enabled.isPresent() && enabled.get().secretChanged().isEmpty()) {
          desk.note("There is no secret for " + user + " yet: authdb passwd " + user);
        }
        return code;
      }
    }
  }

  /** {@code authdb disable}. */
  @Command(
      name = "disable",
      header = "Lets a user log in no more.",
      description = "A session that is open stays open.",
      sortOptions = false)
  static final class Disable implements Callable<Integer> {
    private final Desk desk;

    @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
    private String user = "";

    Disable(Desk desk) {
      this.desk = desk;
    }

    @Override
    public Integer call() throws StartupException, DatabaseTrouble {
      try (UserDatabase database = desk.open()) {
        return desk.done(database.setDisabled(user, true), user, "User " + user + " disabled.");
      }
    }
  }
}
