package sallyport.authdb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The users, their secrets, and what became of their logins. Several processes may have the same
 * database open; each write is one transaction, on disk when the method returns.
 *
 * <p>One connection to one SQLite file: not thread-safe. User and server names are as {@link
 * Names#folded} gives them, and other texts as {@link Names} allows; anything else is an {@link
 * IllegalArgumentException}. A method that names a user says {@code false}, or nothing, if there is
 * no such user, and then has changed nothing.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class UserDatabase implements AutoCloseable {
  /** How long a front secret is remembered after it was replaced. */
  public static final Duration PREVIOUS_KEPT = Duration.ofDays(14);

  /** How long a write waits for that of another process. */
  public static final Duration BUSY_BOUND = Duration.ofSeconds(5);

  /** Lines of the log that are kept for a user. */
  public static final int LOG_KEPT = 100;

  /** Sources that are remembered for a user; the least recent go first. */
  public static final int PAIRS_KEPT = 64;

  /** Inside servers that a user may be mapped for. */
  public static final int INSIDE_MOST = 64;

  private UserDatabase() {}

  /**
   * Touches, in this process, what later use needs from outside a jail: SQLite's native library,
   * the cipher, random numbers. To be called before the jail is entered.
   *
   * @throws DatabaseTrouble if one of them is not to be had
   */
  public static void rehearse() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Whether there is a database of this name, whatever its state. */
  public static boolean exists(Path database) {
    throw new UnsupportedOperationException();
  }

  /** Opens a database that is there, after having looked at file, folder, key and version. */
  public static UserDatabase open(Path database, Path keys) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /** Opens the sealed secrets of {@link #snapshot()}. */
  public Keyring keyring() {
    throw new UnsupportedOperationException();
  }

  /** The key that new secrets are sealed with. */
  public String currentKeyId() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** All users, by name. */
  public List<User> list() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  public Optional<User> find(String name) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Adds a user; false if the name is taken. */
  public boolean add(
      String name, String group, String longName, Optional<Secret> front, boolean disabled)
      throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Removes a user and all that belongs to it. */
  public boolean remove(String name) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Gives a user another name, and seals its secrets for it. */
  public Rename rename(String from, String to) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  public boolean setGroup(String name, String group) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  public boolean setLongName(String name, String longName) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  public boolean setDisabled(String name, boolean disabled) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /**
   * Sets the front secret. The one before is remembered for {@link #PREVIOUS_KEPT}, the one before
   * that forgotten, and the user unlocked. To set the same secret again changes nothing but that.
   */
  public boolean setFrontSecret(String name, Secret secret) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** The front secret, if the user has one; for the caller to close. */
  public Optional<Secret> frontSecret(String name) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /** Forgets name and secret for an inside server; false also if there was nothing to forget. */
  public boolean unmap(String name, String server) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** The user's own secret for an inside server, if there is one; for the caller to close. */
  public Optional<Secret> insideSecret(String name, String server) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Forgets wrong logins, of the user and of every source with it. */
  public boolean unlock(String name) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** The last logins and refusals of a user, the newest first; at most so many. */
  public List<LoginRecord> log(String name, int most) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Makes a new key, seals every secret with it, and gives its id. Old key files stay. */
  public String rotateKey() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** All users, for {@link Dump#write}. The caller closes the secrets. */
  public List<UserEntry> export(Dump.Secrets secrets) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds users, all or none; one of the same name is replaced, but keeps each secret that the entry
   * does not have.
   */
  public Loaded load(List<UserEntry> users) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** What {@link #load} did, in users. */
  public record Loaded(int added, int replaced) {}

  /** Whether another connection has written since the last time this was asked. */
  public boolean changedByOthers() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /** Every user, as of one moment. */
  public Snapshot snapshot() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes what authsrv has seen and counted. Touches only what {@link Changes} names, so that what
   * another process has changed meanwhile stays.
   */
  public void write(Changes changes) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }
}
