package sallyport.authdb;

import java.nio.file.Path;

/**
 * The keys that seal secrets. Any thread may use it.
 *
 * <p>Each key is a file {@code ID.key} in one folder. A key that is asked for and not known makes
 * the folder be read again, so that a key added by {@link UserDatabase#rotateKey} in another
 * process is found.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Keyring {

  private Keyring() {}

  /**
   * Reads the keys.
   *
   * @throws DatabaseTrouble if the folder or a key is missing, not ours, or damaged
   */
  public static Keyring open(Path folder) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /**
   * Seals a secret for a user and a purpose.
   *
   * @throws DatabaseTrouble {@link DatabaseTrouble.Kind#NO_KEY}
   */
  public Sealed seal(String keyId, String user, String purpose, Secret secret)
      throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens what was sealed for this user and purpose.
   *
   * @throws DatabaseTrouble {@link DatabaseTrouble.Kind#NO_KEY}, or {@link
   *     DatabaseTrouble.Kind#DAMAGED} if it was not sealed with that key for this user and purpose,
   *     or does not hold a secret
   */
  public Secret open(String user, String purpose, Sealed sealed) throws DatabaseTrouble {
    throw new UnsupportedOperationException();
  }
}
