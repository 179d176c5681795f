package sallyport.authdb.authsrv;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sallyport.authdb.Changes;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;

/**
 * The only one that touches the database while authsrv serves: once a second it takes over what
 * others have changed, and writes what was counted. No answer waits for it. While the database
 * cannot be used, authsrv goes on with what it knows. One thread, its own.
 */
final class Keeper implements AutoCloseable {
  /** How often the database is looked at and written. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  /** The time for the last write. */
  static final Duration CLOSE_BOUND = Duration.ofSeconds(4);

  private final UserDatabase database;
  private final Broker broker;
  private final EventLog log;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().daemon().name("keeper").unstarted(this::run);
  private boolean troubled;
  private boolean reloadPending;

  Keeper(UserDatabase database, Broker broker, EventLog log) {
    this.database = database;
    this.broker = broker;
    this.log = log;
  }

  Thread start() {
    thread.start();
    return thread;
  }

  private void run() {
    try {
      while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        tick();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if one did, the last write below would still be made.
    }
    tick();
    try {
      database.close();
    } catch (DatabaseTrouble e) {
      say(e);
    }
  }

  /** One round. */
  void tick() {
    try {
      takeOver();
      write();
      if (troubled) {
        troubled = false;
        log.write(Event.DATABASE_UP, Field.of("lost", broker.lost()));
      }
    } catch (DatabaseTrouble e) {
      if (!troubled) {
        troubled = true;
        say(e);
      }
    }
  }

  private void takeOver() throws DatabaseTrouble {
    if (database.changedByOthers()) {
      reloadPending = true;
    }
    if (reloadPending) {
      broker.reload(database.snapshot());
      reloadPending = false;
    }
  }

  private void write() throws DatabaseTrouble {
    Changes changes = broker.takeChanges();
    if (changes.isEmpty()) {
      return;
    }
    try {
      database.write(changes);
    } catch (DatabaseTrouble e) {
      broker.giveBack(changes);
      throw e;
    }
  }

  private void say(DatabaseTrouble e) {
    log.write(Event.TROUBLE, Field.of("what", "database"), Field.of("error", e.line()));
  }

  /** Writes what is left and closes the database, within a bound. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (thread.isAlive() && !thread.join(CLOSE_BOUND)) {
        log.write(
            Event.TROUBLE,
            Field.of("what", "database"),
            Field.of("error", "the last counts could not be written in time"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
