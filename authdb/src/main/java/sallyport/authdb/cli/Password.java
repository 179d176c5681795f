package sallyport.authdb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb passwd}. */
@Command(
    name = "passwd",
    header = "Changes a user's secret, and unlocks the user.",
    description = {
      "The secret is what a mail program logs in with at the gateway, by APOP.",
      "A program that still sends the one before is refused, but not counted, for 14 days."
    },
    sortOptions = false)
final class Password implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  @Mixin private SecretOptions secrets = new SecretOptions();

  Password(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    try (UserDatabase database = desk.open()) {
      if (database.find(user).isEmpty()) {
        return desk.unknown(user);
      }
      try (Secret secret = secrets.read(desk, "New secret for " + user)) {
        return change(database, secret);
      }
    }
  }

  private int change(UserDatabase database, Secret secret) throws DatabaseTrouble {
    if (!database.setFrontSecret(user, secret)) {
      return desk.unknown(user);
    }
    String line = "Password for " + user + " changed.";
    if (secrets.generates()) {
      desk.note(line);
    } else {
      desk.say(line);
    }
    secrets.show(desk, secret);
    return ExitCode.OK.number();
  }
}
