package sallyport.authdb.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.LoginRecord;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Json;
import sallyport.daemon.StartupException;
import sallyport.daemon.Usage;

/** {@code authdb log}. */
@Command(
    name = "log",
    header = "Shows a user's last logins and refusals.",
    description =
        "The newest come first; to a pipe without heads, and with tabs between the columns.",
    sortOptions = false)
final class Log implements Callable<Integer> {
  private static final List<String> HEADS = List.of("TIME", "SOURCE", "OUTCOME");

  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "20",
      converter = Lines.class,
      description = "How many, 1 to " + UserDatabase.LOG_KEPT + " (default: ${DEFAULT-VALUE}).")
  private int most;

  @Option(names = "--json", description = "Answer with a JSON array of objects.")
  private boolean json;

  /** Reads how many lines are wanted. */
  static final class Lines implements ITypeConverter<Integer> {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    @Override
    public Integer convert(String typed) {
      int most = NUMBER.matcher(typed).matches() ? Integer.parseInt(typed) : 0;
      if (most < 1 || most > UserDatabase.LOG_KEPT) {
        throw Usage.expected("-n " + typed, "a number from 1 to " + UserDatabase.LOG_KEPT);
      }
      return most;
    }
  }

  Log(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      if (database.find(user).isEmpty()) {
        return desk.unknown(user);
      }
      show(database.log(user, most));
      return ExitCode.OK.number();
    }
  }

  private void show(List<LoginRecord> logins) {
    if (json) {
      desk.say(Json.of(logins.stream().map(Log::json).toList()));
    } else {
      Listing.show(desk, HEADS, logins.stream().map(this::row).toList());
    }
    if (logins.isEmpty()) {
      desk.note("No logins of " + user + " yet.");
    }
  }

  private List<String> row(LoginRecord login) {
    return List.of(Times.shown(login.time(), desk), login.source(), word(login.outcome()));
  }

  private static Map<String, Object> json(LoginRecord login) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("time", login.time().toString());
    object.put("source", login.source());
    object.put("outcome", word(login.outcome()));
    return object;
  }

  /** {@code wrong-secret}: one word, for grep. */
  private static String word(LoginRecord.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
