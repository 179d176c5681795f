package sallyport.authdb.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb adduser}. */
@Command(
    name = "adduser",
    header = "Adds a user.",
    description = {
      "The user may log in from now on, unless --disabled is given.",
      "The first user makes the database and its key."
    },
    sortOptions = false)
final class AddUser implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "USER", converter = Name.class, description = "The login name.")
  private String user = "";

  @Option(names = "--group", paramLabel = "GROUP", description = "For your own order.")
  private String group = "";

  @Option(names = "--name", paramLabel = "TEXT", description = "The user's full name.")
  private String longName = "";

  @Option(names = "--disabled", description = "No login until 'enable'.")
  private boolean disabled;

  @Mixin private SecretOptions secrets = new SecretOptions();

  AddUser(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    Texts.requireGroup(group);
    Texts.requireLongName(longName);
    Place place = desk.enter();
    Optional<UserDatabase> there = desk.openIfThere(place);
    if (there.isEmpty()) {
      return addFirst(place);
    }
    try (UserDatabase database = there.get()) {
      if (database.find(user).isPresent()) {
        return taken();
      }
      try (Secret secret = secret()) {
        return add(database, secret);
      }
    }
  }

  /** Asks before anything is made, so that an answer that is no secret leaves nothing behind. */
  private int addFirst(Place place) throws StartupException, DatabaseTrouble {
    try (Secret secret = secret();
        UserDatabase database = desk.create(place)) {
      return add(database, secret);
    }
  }

  private Secret secret() throws StartupException {
    return secrets.read(desk, "Secret for " + user);
  }

  private int add(UserDatabase database, Secret secret) throws DatabaseTrouble {
    if (!database.add(user, group, longName, Optional.of(secret), disabled)) {
      return taken();
    }
    String line = "User " + user + " added" + (disabled ? ", disabled." : ".");
    if (secrets.generates()) {
      desk.note(line);
    } else {
      desk.say(line);
    }
    secrets.show(desk, secret);
    return ExitCode.OK.number();
  }

  private int taken() {
    return desk.no("User " + user + " is already there.");
  }
}
