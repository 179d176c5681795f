package sallyport.authdb.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.InsideServers;
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

  private static UserDatabase open(Place place) throws DatabaseTrouble {
    return UserDatabase.open(place.database(), place.keys());
  }

  /** The database if there is one; without it {@link #create} makes it. */
  Optional<UserDatabase> openIfThere(Place place) throws DatabaseTrouble {
    return UserDatabase.exists(place.database()) ? Optional.of(open(place)) : Optional.empty();
  }

  /** A new database with its first key. */
  UserDatabase create(Place place) throws DatabaseTrouble {
    UserDatabase made = UserDatabase.create(place.database(), place.keys());
    note("Made the database " + place.database() + " and its key in " + place.keys() + ".");
    note("Back up " + place.keys() + ", apart from the database: without the key no secret");
    note("in the database can be read, by you or by anybody else.");
    return made;
  }

  /** The servers that pop3-gw's lines list. */
  static InsideServers servers(Place place) {
    return InsideServers.of(place.settings().beside("pop3-gw"));
  }

  void say(String line) {
    streams.out().println(line);
  }

  void say(List<String> lines) {
    lines.forEach(this::say);
  }

  /** Beside the answer: what a program that reads the answer must not find in it. */
  void note(String line) {
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
      case LOCKED, FULL, READ_ONLY, DAMAGED, IO -> ExitCode.IO;
      case NOT_OURS -> ExitCode.NO_PERMISSION;
      case NO_KEY, WRONG_KEY, NEWER_VERSION -> ExitCode.CONFIG;
    };
  }
}
