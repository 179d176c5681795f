package sallyport.authdb;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A short life of a user in a database in memory; see {@link UserDatabase#rehearse}. */
final class Rehearsal {
  private static final String USER = "rehearsal";

  private Rehearsal() {}

  static void run() throws DatabaseTrouble {
    SecureRandom random = new SecureRandom();
    KeyFiles.NewKey key = KeyFiles.NewKey.generate(random);
    try (UserDatabase database = UserDatabase.inMemory(key, InstantSource.system());
        Secret secret = Secret.generate(random);
        Secret other = Secret.generate(random)) {
      database.add(USER, "", "", Optional.of(secret), false);
      database.setFrontSecret(USER, other);
      database.map(USER, "server", Optional.empty(), Optional.of(other));
      database.write(changes(database.snapshot().accounts().values().iterator().next()));
      database.rehearseRandom();
      database.changedByOthers();
      database.frontSecret(USER).ifPresent(Secret::close);
      if (database.log(USER, 1).isEmpty()) {
        throw new IllegalStateException("the rehearsal did not come to its end");
      }
    }
  }

  private static Changes changes(Snapshot.Account account) {
    Optional<Instant> now = Optional.of(Instant.now());
    Snapshot.Pair pair = new Snapshot.Pair("source", 1, now, now, now);
    LoginRecord login = new LoginRecord(Instant.now(), "source", LoginRecord.Outcome.LOGIN);
    return new Changes(
        List.of(new Changes.Outcome(account.id(), login)),
        List.of(new Changes.UserCount(account.id(), account.unlocks(), 1, now)),
        List.of(new Changes.PairCount(account.id(), account.unlocks(), pair)));
  }
}
