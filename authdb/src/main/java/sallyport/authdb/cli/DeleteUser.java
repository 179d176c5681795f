package sallyport.authdb.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.User;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb deluser}. */
@Command(
    name = "deluser",
    header = "Deletes a user with all secrets and the log.",
    description = "Asks before.",
    sortOptions = false)
final class DeleteUser implements Callable<Integer> {
  private static final Set<String> CONSENT = Set.of("y", "yes");

  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  @Option(names = "--yes", description = "Do not ask; needed where there is no terminal.")
  private boolean yes;

  DeleteUser(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      Optional<User> found = database.find(user);
      if (found.isEmpty()) {
        return desk.unknown(user);
      }
      if (!yes && !consent(found.get())) {
        return desk.no("User " + user + " stays.");
      }
      return desk.done(database.remove(user), user, "User " + user + " deleted.");
    }
  }

  private boolean consent(User who) throws StartupException {
    String called = who.longName().isEmpty() ? "" : " (" + who.longName() + ")";
    return desk.streams()
        .terminal()
        .orElseThrow(() -> Desk.wrong("no terminal to ask on; expected --yes"))
        .ask("Delete user " + user + called + ", secrets and log? [y/N] ")
        .map(answer -> CONSENT.contains(answer.strip().toLowerCase(Locale.ROOT)))
        .orElse(false);
  }
}
