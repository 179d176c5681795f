package sallyport.authdb;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble.Kind;
import sallyport.authdb.Sql.CurrentKey;
import sallyport.authdb.Sql.SecretRow;
import sallyport.authdb.Sql.UserRow;

/** Puts secrets into the database and takes them out. For use within a transaction. */
final class Sealer {
  /** What the proof of a key is sealed for: no user has an empty name. */
  private static final String NOBODY = "";

  private static final String PROOF = "proof";

  private final Keyring keyring;

  Sealer(Keyring keyring) {
    this.keyring = keyring;
  }

  /** Names the key that seals from now on; what it seals here shows later that it is the same. */
  void setKey(Sql sql, String keyId) throws SQLException, DatabaseTrouble {
    try (Secret proof = Secret.of(new byte[] {'p'})) {
      sql.setCurrentKey(new CurrentKey(keyId, keyring.seal(keyId, NOBODY, PROOF, proof).base64()));
    }
  }

  /** The id of the key that seals, having made sure that it is the one that always did. */
  String checkKey(Sql sql) throws SQLException, DatabaseTrouble {
    CurrentKey current = key(sql);
    try {
      keyring.open(NOBODY, PROOF, new Sealed(current.id(), current.proof())).close();
      return current.id();
    } catch (DatabaseTrouble e) {
      if (e.kind() != Kind.DAMAGED) {
        throw e;
      }
      throw new DatabaseTrouble(
          Kind.WRONG_KEY,
          "key " + current.id() + " is not the one that the database was sealed with",
          e);
    }
  }

  private static CurrentKey key(Sql sql) throws SQLException, DatabaseTrouble {
    return sql.currentKey()
        .orElseThrow(() -> new DatabaseTrouble(Kind.DAMAGED, "the database does not name its key"));
  }

  void put(Sql sql, UserRow row, String purpose, Secret secret)
      throws SQLException, DatabaseTrouble {
    Sealed sealed = keyring.seal(key(sql).id(), row.user().name(), purpose, secret);
    sql.putSecret(new SecretRow(row.id(), purpose, sealed, Optional.empty()));
  }

  Optional<Secret> get(Sql sql, UserRow row, String purpose) throws SQLException, DatabaseTrouble {
    Optional<SecretRow> found = sql.secret(row.id(), purpose);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(keyring.open(row.user().name(), purpose, found.get().sealed()));
  }

  /** Sets the front secret; a different one before it becomes the previous one. */
  void putFront(Sql sql, UserRow row, Secret secret, Instant now)
      throws SQLException, DatabaseTrouble {
    Optional<Secret> replaced = frontUnlessDamaged(sql, row);
    if (replaced.isPresent() && !same(replaced.get(), secret)) {
      String name = row.user().name();
      Sealed old = keyring.seal(key(sql).id(), name, Purpose.APOP_PREVIOUS, replaced.get());
      Optional<Instant> until = Optional.of(now.plus(UserDatabase.PREVIOUS_KEPT));
      sql.putSecret(new SecretRow(row.id(), Purpose.APOP_PREVIOUS, old, until));
    }
    replaced.ifPresent(Secret::close);
    put(sql, row, Purpose.APOP, secret);
    sql.setSecretChanged(row.id(), now);
  }

  /** A damaged one is no reason to refuse a new one: setting it anew is the remedy. */
  private Optional<Secret> frontUnlessDamaged(Sql sql, UserRow row)
      throws SQLException, DatabaseTrouble {
    try {
      return get(sql, row, Purpose.APOP);
    } catch (DatabaseTrouble e) {
      if (e.kind() != Kind.DAMAGED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static boolean same(Secret one, Secret other) {
    byte[] first = one.octets();
    byte[] second = other.octets();
    boolean same = Arrays.equals(first, second);
    Arrays.fill(first, (byte) 0);
    Arrays.fill(second, (byte) 0);
    return same;
  }

  /** Seals a user's secrets again, for another name or with another key. */
  void sealAgain(Sql sql, long userId, String oldName, String newName)
      throws SQLException, DatabaseTrouble {
    String keyId = key(sql).id();
    for (SecretRow row : sql.secretsOf(userId)) {
      try (Secret secret = keyring.open(oldName, row.purpose(), row.sealed())) {
        Sealed sealed = keyring.seal(keyId, newName, row.purpose(), secret);
        sql.putSecret(new SecretRow(userId, row.purpose(), sealed, row.until()));
      }
    }
  }
}
