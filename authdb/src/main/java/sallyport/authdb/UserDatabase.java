package sallyport.authdb;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble.Kind;
import sallyport.authdb.Sql.InsideRow;
import sallyport.authdb.Sql.UserRow;

/**
 * The users, their secrets, and what became of their logins. Several processes may have the same
 * database open; each write is one transaction, on disk when the method returns.
 *
 * <p>One connection to one SQLite file: not thread-safe. User and server names are as {@link
 * Names#folded} gives them, and other texts as {@link Names} allows; anything else is an {@link
 * IllegalArgumentException}. A method that names a user says {@code false}, or nothing, if there is
 * no such user, and then has changed nothing.
 */
public final class UserDatabase implements AutoCloseable {
  /** How long a front secret is remembered after it was replaced. */
  public static final Duration PREVIOUS_KEPT = Duration.ofDays(14);

  /** How long a write waits for that of another process. */
  public static final Duration BUSY_BOUND = Duration.ofSeconds(5);

  /** Lines of the log that are shown of a user; as many older ones may still be in the file. */
  public static final int LOG_KEPT = 100;

  /** Sources that are remembered for a user; the least recent go first. */
  public static final int PAIRS_KEPT = 64;

  /** Inside servers that a user may be mapped for. */
  public static final int INSIDE_MOST = 64;

  private final SqliteSession session;
  private final Path keys;
  private final Keyring keyring;
  private final Sealer sealer;
  private final InstantSource clock;
  private final Outcomes outcomes = new Outcomes();
  private long seenVersion;

  private UserDatabase(
      SqliteSession session, Path keys, Keyring keyring, InstantSource clock, long version) {
    this.session = session;
    this.keys = keys;
    this.keyring = keyring;
    this.sealer = new Sealer(keyring);
    this.clock = clock;
    this.seenVersion = version;
  }

  /**
   * Touches, in this process, what later use needs from outside a jail: SQLite's native library,
   * the cipher, random numbers. To be called before the jail is entered.
   *
   * @throws DatabaseTrouble if one of them is not to be had
   */
  public static void rehearse() throws DatabaseTrouble {
    Rehearsal.run();
  }

  /** Whether there is a database of this name, whatever its state. */
  public static boolean exists(Path database) {
    return Files.exists(database, LinkOption.NOFOLLOW_LINKS);
  }

  /** Opens a database that is there, after having looked at file, folder, key and version. */
  public static UserDatabase open(Path database, Path keys) throws DatabaseTrouble {
    return open(database, keys, BUSY_BOUND, InstantSource.system());
  }

  static UserDatabase open(Path database, Path keys, Duration patience, InstantSource clock)
      throws DatabaseTrouble {
    requireUsable(database);
    SqliteSession session = SqliteSession.open(database, patience);
    try {
      session.plainly(sql -> requireOurs(sql, database));
      session.settle();
      Keyring keyring = Keyring.open(keys);
      Sealer sealer = new Sealer(keyring);
      session.reading(sealer::checkKey);
      return new UserDatabase(session, keys, keyring, clock, session.plainly(Sql::dataVersion));
    } catch (DatabaseTrouble | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** A database of one key, gone when it is closed; cannot rotate its key. */
  static UserDatabase inMemory(KeyFiles.NewKey key, InstantSource clock) throws DatabaseTrouble {
    SqliteSession session = SqliteSession.inMemory();
    Keyring keyring = Keyring.of(key);
    session.writing(sql -> {
      sql.makeTables();
      new Sealer(keyring).setKey(sql, key.id());
      return true;
    });
    return new UserDatabase(session, Path.of("none"), keyring, clock, 0);
  }

  void rehearseRandom() throws DatabaseTrouble {
    session.plainly(sql -> {
      sql.rehearseRandom();
      return true;
    });
  }

  private static void requireUsable(Path database) throws DatabaseTrouble {
    if (!exists(database)) {
      boolean half = exists(Creation.unfinished(database));
      throw new DatabaseTrouble(
          Kind.MISSING,
          database
              + ": there is no such database"
              + (half
                  ? "; the making of one was interrupted: add a user, and it is finished"
                  : ""));
    }
    Path folder = Ownership.folderOf(database);
    Ownership.requireFolder(folder);
    Ownership.requirePrivateFile(database);
    if (!Files.isWritable(database) || !Files.isWritable(folder)) {
      throw new DatabaseTrouble(
          Kind.READ_ONLY, database + ": it and its folder must be writable for us");
    }
  }

  private static boolean requireOurs(Sql sql, Path database) throws SQLException, DatabaseTrouble {
    if (sql.applicationId() != Sql.APPLICATION_ID) {
      throw new DatabaseTrouble(Kind.DAMAGED, database + ": not a user database of Sallyport");
    }
    int version = sql.version();
    if (version > Sql.VERSION) {
      throw new DatabaseTrouble(
          Kind.NEWER_VERSION,
          "%s: written by a later Sallyport (tables of version %d, we know %d)"
              .formatted(database, version, Sql.VERSION));
    }
    return true;
  }

  /**
   * Makes an empty database and its first key, and opens it. Parents of either must exist. What an
   * interrupted {@code create} has left is completed.
   *
   * @param keys the key folder; made if it is missing
   * @throws DatabaseTrouble {@link DatabaseTrouble.Kind#EXISTS} if there is a database, or a key:
   *     never a new key beside an old database
   */
  public static UserDatabase create(Path database, Path keys) throws DatabaseTrouble {
    Creation.run(database, keys, BUSY_BOUND, step -> {});
    return open(database, keys);
  }

  /** Opens the sealed secrets of {@link #snapshot()}. */
  public Keyring keyring() {
    return keyring;
  }

  /** The key that new secrets are sealed with. */
  public String currentKeyId() throws DatabaseTrouble {
    return session.reading(sealer::checkKey);
  }

  /** All users, by name. */
  public List<User> list() throws DatabaseTrouble {
    return session.reading(Accounts::users);
  }

  public Optional<User> find(String name) throws DatabaseTrouble {
    return session.reading(sql -> Accounts.user(sql, name));
  }

  /** Adds a user; false if the name is taken. */
  public boolean add(
      String name, String group, String longName, Optional<Secret> front, boolean disabled)
      throws DatabaseTrouble {
    User user = newUser(name, group, longName, disabled);
    return session.writing(sql -> {
      if (sql.user(name).isPresent()) {
        return false;
      }
      sql.insertUser(user);
      if (front.isPresent()) {
        sealer.putFront(sql, sql.user(name).orElseThrow(), front.get(), clock.instant());
      }
      return true;
    });
  }

  private User newUser(String name, String group, String longName, boolean disabled) {
    return new User(
        Names.requireName(name),
        Names.requireGroup(group),
        Names.requireLongName(longName),
        disabled,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        clock.instant(),
        Optional.empty(),
        Map.of());
  }

  /** Removes a user and all that belongs to it. */
  public boolean remove(String name) throws DatabaseTrouble {
    return session.writing(sql -> sql.deleteUser(name));
  }

  /** Gives a user another name, and seals its secrets for it. */
  public Rename rename(String from, String to) throws DatabaseTrouble {
    Names.requireName(to);
    return session.writing(sql -> {
      Optional<UserRow> row = sql.user(from);
      if (row.isEmpty()) {
        return Rename.NO_SUCH_USER;
      }
      if (sql.user(to).isPresent()) {
        return Rename.NAME_TAKEN;
      }
      sql.setName(from, to);
      sealer.sealAgain(sql, row.get().id(), from, to);
      return Rename.DONE;
    });
  }

  public boolean setGroup(String name, String group) throws DatabaseTrouble {
    Names.requireGroup(group);
    return session.writing(sql -> sql.setGroup(name, group));
  }

  public boolean setLongName(String name, String longName) throws DatabaseTrouble {
    Names.requireLongName(longName);
    return session.writing(sql -> sql.setLongName(name, longName));
  }

  public boolean setDisabled(String name, boolean disabled) throws DatabaseTrouble {
    return session.writing(sql -> sql.setDisabled(name, disabled));
  }

  /**
   * Sets the front secret. The one before is remembered for {@link #PREVIOUS_KEPT}, the one before
   * that forgotten, and the user unlocked. To set the same secret again changes nothing but that.
   */
  public boolean setFrontSecret(String name, Secret secret) throws DatabaseTrouble {
    return changing(
        name,
        (sql, row) -> {
          sql.deleteSecretsUntil(clock.instant());
          sealer.putFront(sql, row, secret, clock.instant());
          sql.unlock(row.id());
          return true;
        });
  }

  /** The front secret, if the user has one; for the caller to close. */
  public Optional<Secret> frontSecret(String name) throws DatabaseTrouble {
    return secret(name, Purpose.APOP);
  }

  /**
   * Sets what differs at an inside server. What is empty stays as it was; {@link #unmap} first to
   * be rid of it.
   *
   * @param insideName as {@link Names#isInsideName} allows
   * @throws IllegalArgumentException also if the user would have more than {@link #INSIDE_MOST}
   */
  public boolean map(
      String name, String server, Optional<String> insideName, Optional<Secret> secret)
      throws DatabaseTrouble {
    Names.requireName(server);
    insideName.ifPresent(Names::requireInsideName);
    return changing(
        name,
        (sql, row) -> {
          sql.putInside(new InsideRow(row.id(), server, insideName));
          Transfer.requireNotTooManyServers(sql, row);
          if (secret.isPresent()) {
            sealer.put(sql, row, Purpose.inside(server), secret.get());
          }
          return true;
        });
  }

  /** Forgets name and secret for an inside server; false also if there was nothing to forget. */
  public boolean unmap(String name, String server) throws DatabaseTrouble {
    return changing(
        name,
        (sql, row) -> {
          sql.deleteSecret(row.id(), Purpose.inside(server));
          return sql.deleteInside(row.id(), server);
        });
  }

  /** The user's own secret for an inside server, if there is one; for the caller to close. */
  public Optional<Secret> insideSecret(String name, String server) throws DatabaseTrouble {
    return secret(name, Purpose.inside(server));
  }

  private Optional<Secret> secret(String name, String purpose) throws DatabaseTrouble {
    return session.reading(sql -> {
      Optional<UserRow> row = sql.user(name);
      return row.isEmpty() ? Optional.empty() : sealer.get(sql, row.get(), purpose);
    });
  }

  /** Forgets wrong logins, of the user and of every source with it. */
  public boolean unlock(String name) throws DatabaseTrouble {
    return changing(
        name,
        (sql, row) -> {
          sql.unlock(row.id());
          return true;
        });
  }

  /** A change to a user who is there. */
  private interface Change {
    boolean of(Sql sql, UserRow row) throws SQLException, DatabaseTrouble;
  }

  private boolean changing(String name, Change change) throws DatabaseTrouble {
    return session.writing(sql -> {
      Optional<UserRow> row = sql.user(name);
      return row.isPresent() && change.of(sql, row.get());
    });
  }

  /**
   * The last logins and refusals of a user, the newest first; at most so many, and no more than
   * {@link #LOG_KEPT}.
   */
  public List<LoginRecord> log(String name, int most) throws DatabaseTrouble {
    int bound = Math.min(most, LOG_KEPT);
    return session.reading(sql -> {
      Optional<UserRow> row = sql.user(name);
      return row.isEmpty() ? List.of() : sql.log(row.get().id(), bound);
    });
  }

  /** Makes a new key, seals every secret with it, and gives its id. Old key files stay. */
  public String rotateKey() throws DatabaseTrouble {
    return rotateKey(step -> {});
  }

  String rotateKey(Creation.Progress progress) throws DatabaseTrouble {
    KeyFiles.NewKey key = KeyFiles.NewKey.generate(new SecureRandom());
    KeyFiles.make(keys, key);
    progress.done("key");
    session.writing(sql -> {
      sealer.setKey(sql, key.id());
      sql.deleteSecretsUntil(clock.instant());
      for (UserRow row : sql.users()) {
        sealer.sealAgain(sql, row.id(), row.user().name(), row.user().name());
      }
      progress.done("sealed, not committed");
      return true;
    });
    progress.done("committed");
    session.emptyLog();
    progress.done("log emptied");
    return key.id();
  }

  /** All users, for {@link Dump#write}. The caller closes the secrets. */
  public List<UserEntry> export(Dump.Secrets secrets) throws DatabaseTrouble {
    return session.reading(sql -> new Transfer(sealer, clock.instant()).export(sql, secrets));
  }

  /**
   * Adds users, all or none. One of the same name gets the entry's group, long name and flags, and
   * each secret and inside name that the entry has; what the entry does not have stays.
   */
  public Loaded load(List<UserEntry> users) throws DatabaseTrouble {
    return session.writing(sql -> new Transfer(sealer, clock.instant()).load(sql, users));
  }

  /**
   * What {@link #load} did, in users.
   *
   * @param withoutSecret names of those who have no front secret now, and so cannot log in
   */
  public record Loaded(int added, int replaced, List<String> withoutSecret) {
    public Loaded {
      withoutSecret = List.copyOf(withoutSecret);
    }
  }

  /** Whether another connection has written since the last time this was asked. */
  public boolean changedByOthers() throws DatabaseTrouble {
    long version = session.plainly(Sql::dataVersion);
    boolean changed = version != seenVersion;
    seenVersion = version;
    return changed;
  }

  /** Every user, as of one moment. */
  public Snapshot snapshot() throws DatabaseTrouble {
    return session.reading(sql -> Accounts.snapshot(sql, clock.instant()));
  }

  /**
   * Writes what authsrv has seen and counted. Touches only what {@link Changes} names, so that what
   * another process has changed meanwhile stays.
   */
  public void write(Changes changes) throws DatabaseTrouble {
    if (changes.isEmpty()) {
      return;
    }
    try {
      session.writing(sql -> {
        sql.deleteSecretsUntil(clock.instant());
        outcomes.write(sql, changes);
        return true;
      });
    } catch (DatabaseTrouble e) {
      outcomes.forget();
      throw e;
    }
  }

  @Override
  public void close() throws DatabaseTrouble {
    session.close();
  }
}
