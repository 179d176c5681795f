package sallyport.authdb.authsrv;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Keyring;
import sallyport.authdb.Purpose;
import sallyport.authdb.Sealed;
import sallyport.authdb.Secret;
import sallyport.authdb.Snapshot.Account;
import sallyport.authdb.UserDatabase;

/**
 * Opens secrets for as long as one comparison or one digest takes. The same is done for a user who
 * is not there as for one who is. Thread-safe.
 */
final class Vault {
  /** No user can have this name. */
  private static final String NOBODY = "nobody-at-all";

  private final Keyring keys;
  private final Sealed nobodys;

  /** Looks at a secret; it is wiped afterwards. */
  interface Use<T> {
    T of(byte[] secret);
  }

  /** What a proof says. */
  enum Match {
    RIGHT,
    /** By the secret before the last change. */
    PREVIOUS,
    WRONG
  }

  private Vault(Keyring keys, Sealed nobodys) {
    this.keys = keys;
    this.nobodys = nobodys;
  }

  /** With a secret for nobody, that nobody knows. */
  static Vault of(UserDatabase database, SecureRandom random) throws DatabaseTrouble {
    try (Secret secret = Secret.generate(random)) {
      Keyring keys = database.keyring();
      return new Vault(keys, keys.seal(database.currentKeyId(), NOBODY, Purpose.APOP, secret));
    }
  }

  /** Holds a proof against the front secret of a user, who need not exist. */
  Match match(Optional<Account> account, Instant now, Use<Boolean> proof) throws DatabaseTrouble {
    Optional<Sealed> front = account.flatMap(Account::front);
    if (isRight(account, front, Purpose.APOP, proof)) {
      return Match.RIGHT;
    }
    Optional<Sealed> previous =
        account
            .flatMap(Account::previous)
            .filter(secret -> secret.until().isAfter(now))
            .map(secret -> secret.sealed());
    return isRight(account, previous, Purpose.APOP_PREVIOUS, proof) ? Match.PREVIOUS : Match.WRONG;
  }

  private boolean isRight(
      Optional<Account> account, Optional<Sealed> sealed, String purpose, Use<Boolean> proof)
      throws DatabaseTrouble {
    if (account.isEmpty() || sealed.isEmpty()) {
      use(NOBODY, Purpose.APOP, nobodys, proof);
      return false;
    }
    return use(account.get().user().name(), purpose, sealed.get(), proof);
  }

  /** Uses the user's own secret for that inside server; empty if there is none. */
  <T> Optional<T> withOwn(Account account, String server, Use<T> use) throws DatabaseTrouble {
    Sealed sealed = account.inside().get(server);
    return sealed == null
        ? Optional.empty()
        : Optional.of(use(account.user().name(), Purpose.inside(server), sealed, use));
  }

  /** Uses the own secret, or without one the front secret. */
  <T> Optional<T> withOwnOrFront(Account account, String server, Use<T> use)
      throws DatabaseTrouble {
    Optional<T> own = withOwn(account, server, use);
    return own.isPresent() || account.front().isEmpty()
        ? own
        : Optional.of(use(account.user().name(), Purpose.APOP, account.front().get(), use));
  }

  /** Whether the keys are those that the secrets were sealed with. */
  void check(Account account) throws DatabaseTrouble {
    if (account.front().isPresent()) {
      use(account.user().name(), Purpose.APOP, account.front().get(), octets -> octets.length);
    }
  }

  private <T> T use(String user, String purpose, Sealed sealed, Use<T> use) throws DatabaseTrouble {
    try (Secret secret = keys.open(user, purpose, sealed)) {
      byte[] octets = secret.octets();
      try {
        return use.of(octets);
      } finally {
        Arrays.fill(octets, (byte) 0);
      }
    }
  }
}
