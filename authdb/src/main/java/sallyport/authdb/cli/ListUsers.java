package sallyport.authdb.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;

/** {@code authdb list}. */
@Command(
    name = "list",
    header = "Lists all users.",
    description = "To a pipe without heads, and with tabs between the columns.",
    sortOptions = false)
final class ListUsers implements Callable<Integer> {
  private final Desk desk;

  @Option(names = "--json", description = "Answer with a JSON array of objects.")
  private boolean json;

  ListUsers(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    List<UserView> users;
    try (UserDatabase database = desk.open()) {
      users = database.list().stream().map(user -> new UserView(user, desk)).toList();
    }
    if (json) {
      desk.say(Json.of(users.stream().map(UserView::json).toList()));
    } else {
      Listing.show(desk, UserView.heads(), users.stream().map(UserView::row).toList());
    }
    if (users.isEmpty()) {
      desk.note("No users.");
    }
    return ExitCode.OK.number();
  }
}
