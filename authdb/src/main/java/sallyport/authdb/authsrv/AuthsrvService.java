package sallyport.authdb.authsrv;

import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Snapshot;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Outgoing;
import sallyport.daemon.Service;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.daemon.UnixListener;
import sallyport.daemon.Vitals;

/** authsrv as a service: binds its sockets, opens the database in its jail, serves, drains. */
final class AuthsrvService implements Service {
  /** How long a drain waits for grants that were given and not yet used. */
  static final Duration GRANTS_PATIENCE = Duration.ofSeconds(5);

  private static final Duration DRAIN_STEP = Duration.ofMillis(20);

  private final AuthsrvConfig config;
  private final List<UnixListener> listeners = new ArrayList<>();
  private final List<Set<UserPrincipal>> permitted = new ArrayList<>();
  private final List<Door> doors = new ArrayList<>();
  private final Vitals vitals = new Vitals();
  private @Nullable Startup startup;
  private @Nullable Broker broker;
  private @Nullable Keeper keeper;
  private @Nullable Held held;

  AuthsrvService(AuthsrvConfig config) {
    this.config = config;
  }

  /** It listens on Unix sockets that are bound already, and opens nothing. */
  @Override
  public Outgoing outgoing() {
    return Outgoing.NOTHING;
  }

  @Override
  public void prepare(Startup given) throws StartupException {
    startup = given;
    for (AuthsrvConfig.Listen listen : config.listen()) {
      UnixListener bound = UnixListener.bind(listen.path(), given.config().account(), listen.at());
      listeners.add(bound);
      permitted.add(listen.accounts().isEmpty() ? Set.of(bound.owner()) : listen.accounts());
    }
    Rehearsal.run(listeners);
  }

  @Override
  public void confined(Path root) throws StartupException {
    Startup given = started(startup);
    Path file = root.resolve(config.database());
    try {
      UserDatabase database = UserDatabase.open(file, root.resolve(config.keyFolder()));
      SecureRandom random = new SecureRandom();
      Broker made =
          new Broker(
              new Broker.Rules(
                  given.config().hostname(), config.inside(), config.tries(), config.sleep()),
              Vault.of(database, random),
              System::nanoTime,
              InstantSource.system(),
              random,
              given.log());
      broker = made;
      keeper = new Keeper(database, made, given.log());
      made.reload(firstSnapshot(database, given));
    } catch (DatabaseTrouble e) {
      throw cannotStart(e);
    }
    held = new Held(System::nanoTime);
    for (int i = 0; i < listeners.size(); i++) {
      doors.add(
          new Door(
              listeners.get(i), permitted.get(i), started(broker), started(held), given.log()));
    }
  }

  /** Every secret is opened once: a wrong key is to be seen now, and not at the first login. */
  private static Snapshot firstSnapshot(UserDatabase database, Startup given)
      throws DatabaseTrouble {
    var _ = database.changedByOthers(); // From here on it is asked for what comes later.
    Snapshot snapshot = database.snapshot();
    Vault vault = Vault.of(database, new SecureRandom());
    for (Snapshot.Account account : snapshot.accounts().values()) {
      try {
        vault.check(account);
      } catch (DatabaseTrouble e) {
        if (e.kind() != DatabaseTrouble.Kind.DAMAGED) {
          throw e;
        }
        new Alerts(given.log()).trouble(account.user().name(), e);
      }
    }
    return snapshot;
  }

  private static StartupException cannotStart(DatabaseTrouble e) {
    return switch (e.kind()) {
      case MISSING ->
          new StartupException(
              ExitCode.CONFIG, e.line() + "; the first `authdb adduser NAME` makes it", e);
      case EXISTS, NO_KEY, WRONG_KEY, NEWER_VERSION ->
          new StartupException(ExitCode.CONFIG, e.line(), e);
      case NOT_OURS -> new StartupException(ExitCode.NO_PERMISSION, e.line(), e);
      case LOCKED -> new StartupException(ExitCode.UNAVAILABLE, e.line(), e);
      case FULL, READ_ONLY, DAMAGED, IO -> new StartupException(ExitCode.IO, e.line(), e);
    };
  }

  @Override
  public void serve() {
    vitals.expect(started(keeper).start());
    doors.forEach(door -> vitals.expect(door.open()));
  }

  @Override
  public Optional<String> ailing() {
    return vitals.ended();
  }

  /** Answers what was asked, and lets those finish who are let in already. */
  @Override
  public void drain(Duration bound) {
    doors.forEach(Door::closeListener);
    started(broker).drain();
    long start = System.nanoTime();
    try {
      while (isUnderWay(System.nanoTime() - start, bound)) {
        TimeUnit.NANOSECONDS.sleep(DRAIN_STEP.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isUnderWay(long elapsed, Duration bound) {
    boolean refusals = started(held).size() > 0 && elapsed < bound.toNanos();
    boolean grants = started(broker).unusedGrants() > 0 && elapsed < GRANTS_PATIENCE.toNanos();
    return refusals || grants;
  }

  @Override
  public void close() {
    listeners.forEach(UnixListener::close);
    doors.forEach(Door::close);
    if (held != null) {
      held.close();
    }
    if (keeper != null) {
      keeper.close();
    }
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("authsrv is not prepared");
    }
    return part;
  }
}
