package sallyport.authdb;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import sallyport.authdb.DatabaseTrouble.Kind;

/**
 * The keys that seal secrets. Any thread may use it.
 *
 * <p>Each key is a file {@code ID.key} in one folder. A key that is asked for and not known makes
 * the folder be read again, so that a key added by {@link UserDatabase#rotateKey} in another
 * process is found.
 *
 * <p>A seal is AES-256-GCM (NIST SP 800-38D) with a random nonce; user, NUL and purpose are its
 * additional data, so that one cannot be moved to another user or purpose.
 */
public final class Keyring {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_OCTETS = 12;
  private static final int TAG_BITS = 128;
  private static final int TAG_OCTETS = TAG_BITS / Byte.SIZE;

  /** To find the algorithm costs more than to open a secret with it. */
  private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(Keyring::newCipher);

  private final Optional<Path> folder;
  private final SecureRandom random = new SecureRandom();

  /** Replaced as a whole, under this object's lock. */
  private volatile Map<String, SecretKey> keys;

  private Keyring(Optional<Path> folder, Map<String, SecretKey> keys) {
    this.folder = folder;
    this.keys = Map.copyOf(keys);
  }

  /**
   * Reads the keys.
   *
   * @throws DatabaseTrouble if the folder is missing, it or a key is not ours, or a key is damaged
   */
  public static Keyring open(Path folder) throws DatabaseTrouble {
    return new Keyring(Optional.of(folder), KeyFiles.readAll(folder));
  }

  /** One key, before it is in a folder. */
  static Keyring of(KeyFiles.NewKey key) {
    return new Keyring(Optional.empty(), Map.of(key.id(), key.key()));
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /**
   * Seals a secret for a user and a purpose.
   *
   * @throws DatabaseTrouble {@link DatabaseTrouble.Kind#NO_KEY}
   */
  public Sealed seal(String keyId, String user, String purpose, Secret secret)
      throws DatabaseTrouble {
    byte[] octets = secret.octets();
    try {
      return sealOctets(keyId, user, purpose, octets);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  Sealed sealOctets(String keyId, String user, String purpose, byte[] octets)
      throws DatabaseTrouble {
    byte[] nonce = new byte[NONCE_OCTETS];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key(keyId), nonce, 0, user, purpose);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_OCTETS + octets.length + TAG_OCTETS);
      cipher.doFinal(octets, 0, octets.length, sealed, NONCE_OCTETS);
      return new Sealed(keyId, Base64.getEncoder().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java library cannot seal", e);
    }
  }

  /**
   * Opens what was sealed for this user and purpose.
   *
   * @throws DatabaseTrouble {@link DatabaseTrouble.Kind#NO_KEY}, or {@link
   *     DatabaseTrouble.Kind#DAMAGED} if it was not sealed with that key for this user and purpose,
   *     or does not hold a secret
   */
  public Secret open(String user, String purpose, Sealed sealed) throws DatabaseTrouble {
    SecretKey key = key(sealed.keyId());
    byte[] octets = new byte[0];
    try {
      byte[] whole = Base64.getDecoder().decode(sealed.base64());
      if (whole.length < NONCE_OCTETS + TAG_OCTETS) {
        throw damaged(user, purpose);
      }
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, whole, 0, user, purpose);
      octets = cipher.doFinal(whole, NONCE_OCTETS, whole.length - NONCE_OCTETS);
      return Secret.of(octets);
    } catch (AEADBadTagException | IllegalArgumentException _) {
      throw damaged(user, purpose);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java library cannot unseal", e);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private static Cipher cipher(
      int mode, SecretKey key, byte[] nonce, int at, String user, String purpose)
      throws GeneralSecurityException {
    Cipher cipher = CIPHERS.get();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, at, NONCE_OCTETS));
    cipher.updateAAD((user + '\0' + purpose).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance(CIPHER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + CIPHER, e);
    }
  }

  private static DatabaseTrouble damaged(String user, String purpose) {
    return new DatabaseTrouble(
        Kind.DAMAGED,
        "secret '%s' of user %s: damaged, or sealed for another; set it anew"
            .formatted(purpose, user));
  }

  private SecretKey key(String id) throws DatabaseTrouble {
    SecretKey known = keys.get(id);
    if (known != null) {
      return known;
    }
    readAgain();
    SecretKey found = keys.get(id);
    if (found == null) {
      String where = folder.map(path -> path + ": ").orElse("");
      throw new DatabaseTrouble(
          Kind.NO_KEY, where + "no key " + id + "; put it back from its backup");
    }
    return found;
  }

  private synchronized void readAgain() throws DatabaseTrouble {
    if (folder.isPresent()) {
      keys = Map.copyOf(KeyFiles.readAll(folder.get()));
    }
  }
}
