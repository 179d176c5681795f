package sallyport.authdb.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** What all commands share: the way to the database, and the way to say something. */
final class Desk {
  /** The exit code of an answer that is a no. */
  static final int NO = 1;

  private final Streams streams;
  private final Account account;
  private Path table = Path.of(DaemonCommand.DEFAULT_TABLE);

  /** How the process comes to be authsrv's account, before it opens anything. */
  interface Account {
    void become(DaemonConfig config) throws StartupException;
  }

  Desk(Streams streams, Account account) {
    this.streams = streams;
    this.account = account;
  }

  void useTable(Path file) {
    table = file;
  }

  Streams streams() {
    return streams;
  }

  boolean onTerminal() {
    return streams.terminal().isPresent();
  }

  /** What the table says; from here on the process is authsrv's account. */
  Place enter() throws StartupException {
    Place place = Place.of(DaemonCommand.readTable(table));
    account.become(place.config());
    return place;
  }

  /** The database, which must be there. */
  UserDatabase open() throws StartupException, DatabaseTrouble {
    return open(enter());
  }

  /** The database, which must be there. */
  static UserDatabase open(Place place) throws StartupException, DatabaseTrouble {
    try {
      return UserDatabase.open(place.database(), place.keys());
    } catch (DatabaseTrouble e) {
      if (e.kind() != DatabaseTrouble.Kind.MISSING) {
        throw e;
      }
      throw new StartupException(
          ExitCode.NO_INPUT, e.line() + " (the first 'authdb adduser' makes it)", e);
    }
  }

  /** The database if there is one; without it {@link #create} makes it. */
  Optional<UserDatabase> openIfThere(Place place) throws StartupException, DatabaseTrouble {
    return UserDatabase.exists(place.database()) ? Optional.of(open(place)) : Optional.empty();
  }

  /** A new database with its first key. */
  UserDatabase create(Place place) throws StartupException, DatabaseTrouble {
    UserDatabase made = made(place);
    note("Made the database " + place.database() + " and its key in " + place.keys() + ".");
    note("Back up " + place.keys() + ", apart from the database: without the key no secret");
    note("in the database can be read, by you or by anybody else.");
    return made;
  }

  private static UserDatabase made(Place place) throws StartupException, DatabaseTrouble {
    try {
      return UserDatabase.create(place.database(), place.keys());
    } catch (DatabaseTrouble e) {
      if (e.kind() == DatabaseTrouble.Kind.MISSING) {
        throw new StartupException(ExitCode.CANNOT_CREATE, e.line(), e);
      }
      throw e;
    }
  }

  void say(String line) {
    streams.out().println(line);
  }

  void say(List<String> lines) {
    lines.forEach(this::say);
  }

  /** Beside the answer: what a program that reads the answer must not find in it. */
  void note(String line) {
    streams.out().flush();
    streams.err().println(line);
  }

  /** An answer that is a no. */
  int no(String line) {
    note(line);
    return NO;
  }

  int unknown(String user) {
    return no("Unknown user: " + user);
  }

  /** Says what was done, or that there is no such user. */
  int done(boolean done, String user, String line) {
    if (!done) {
      return unknown(user);
    }
    say(line);
    return ExitCode.OK.number();
  }

  static StartupException wrong(String line) {
    return new StartupException(ExitCode.USAGE, line);
  }

  static ExitCode exitCode(DatabaseTrouble.Kind kind) {
    return switch (kind) {
      case MISSING -> ExitCode.NO_INPUT;
      case EXISTS -> ExitCode.CANNOT_CREATE;
      case LOCKED -> ExitCode.UNAVAILABLE;
      case FULL, READ_ONLY, DAMAGED, IO -> ExitCode.IO;
      case NOT_OURS -> ExitCode.NO_PERMISSION;
      case NO_KEY, WRONG_KEY, NEWER_VERSION -> ExitCode.CONFIG;
    };
  }
}
