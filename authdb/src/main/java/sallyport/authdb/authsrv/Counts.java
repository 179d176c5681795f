package sallyport.authdb.authsrv;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.Changes;
import sallyport.authdb.Snapshot;

/**
 * Wrong tries, by user and source together: so nobody can lock another out.
 *
 * <p>A source is a network (IPv4 /24, IPv6 /64). An address from which the user logged in within
 * {@link #KNOWN_FOR} is a source of its own, so that a neighbour's guesses do not count against it.
 * All of this lies in memory, and what changes is marked in a {@link Ledger} to be written later.
 * Sleep is measured by the monotonic clock; what is read from the database never lasts longer than
 * a new sleep would. For one thread at a time.
 */
final class Counts {
  /** How long an address is remembered after a login. */
  static final Duration KNOWN_FOR = Duration.ofDays(30);

  /** Known addresses of one user. */
  static final int MAX_KNOWN = 32;

  /** Networks with wrong tries, of all users together. */
  static final int MAX_STRANGE = 1 << 16;

  private final int badTries;
  private final Duration badSleep;
  private final InstantSource wall;
  private final Ledger ledger;
  private final Map<Long, Owner> owners = new HashMap<>();
  private final Map<PairKey, Tries> strange = new Bounded<>(MAX_STRANGE);

  /** A user and a source: an address if it is known, a network else. */
  record PairKey(long account, String source) {}

  private static final class Owner {
    long unlocks;
    int bad;
    Optional<Instant> sleepingUntil = Optional.empty();
    final Map<String, Tries> known = new Bounded<>(MAX_KNOWN);
  }

  private static final class Tries {
    int bad;
    boolean asleep;
    long asleepUntil;
    Optional<Instant> lastBad = Optional.empty();
    Optional<Instant> sleepingUntil = Optional.empty();
    Optional<Instant> lastLogin = Optional.empty();

    void forgetBad() {
      bad = 0;
      asleep = false;
      lastBad = Optional.empty();
      sleepingUntil = Optional.empty();
    }
  }

  /**
   * Empty.
   *
   * @param badTries wrong tries of a pair that put it to sleep
   * @param badSleep for how long
   */
  Counts(int badTries, Duration badSleep, InstantSource wall, Ledger ledger) {
    this.badTries = badTries;
    this.badSleep = badSleep;
    this.wall = wall;
    this.ledger = ledger;
  }

  /**
   * Takes over who there is now: counts of users that are new come from the database, those of
   * users that are gone or were unlocked are forgotten, all others stay as they are.
   */
  void reload(Snapshot snapshot, long now) {
    Set<Long> gone = new HashSet<>(owners.keySet());
    Set<Long> unlocked = new HashSet<>();
    for (Snapshot.Account account : snapshot.accounts().values()) {
      gone.remove(account.id());
      Owner owner = owners.get(account.id());
      if (owner == null) {
        load(account, now);
      } else if (owner.unlocks != account.unlocks()) {
        owner.unlocks = account.unlocks();
        owner.bad = 0;
        owner.sleepingUntil = Optional.empty();
        owner.known.values().forEach(Tries::forgetBad);
        unlocked.add(account.id());
      }
    }
    gone.forEach(owners::remove);
    strange
        .keySet()
        .removeIf(key -> gone.contains(key.account()) || unlocked.contains(key.account()));
  }

  private void load(Snapshot.Account account, long now) {
    Owner owner = new Owner();
    owner.unlocks = account.unlocks();
    owner.bad = account.user().badCount();
    owner.sleepingUntil = account.user().sleepingUntil();
    owners.put(account.id(), owner);
    List<Snapshot.Pair> oldestFirst = new ArrayList<>(account.pairs());
    oldestFirst.sort(Comparator.comparing(pair -> pair.lastLogin().orElse(Instant.MIN)));
    for (Snapshot.Pair pair : oldestFirst) {
      Tries tries = new Tries();
      tries.bad = pair.badCount();
      tries.lastBad = pair.lastBad();
      tries.lastLogin = pair.lastLogin();
      pair.sleepingUntil()
          .map(until -> Duration.between(wall.instant(), until))
          .filter(Duration::isPositive)
          .ifPresent(rest -> sleep(tries, rest.compareTo(badSleep) < 0 ? rest : badSleep, now));
      if (pair.lastLogin().isPresent()) {
        owner.known.put(pair.source(), tries);
      } else {
        strange.put(new PairKey(account.id(), pair.source()), tries);
      }
    }
  }

  /** Whether the user logged in from this very address within {@link #KNOWN_FOR}. */
  boolean isKnown(long account, Source source) {
    Owner owner = owners.get(account);
    Tries tries = owner == null ? null : owner.known.get(source.address());
    return tries != null && isRecent(tries);
  }

  private boolean isRecent(Tries tries) {
    return tries.lastLogin.filter(wall.instant().minus(KNOWN_FOR)::isBefore).isPresent();
  }

  /** Whether this user is refused from this source, whatever the secret. */
  boolean isAsleep(long account, Source source, long now) {
    Tries tries = find(account, source);
    if (tries == null || !tries.asleep) {
      return false;
    }
    if (tries.asleepUntil - now > 0) {
      return true;
    }
    tries.forgetBad();
    ledger.pair(key(account, source));
    return false;
  }

  /**
   * Counts a wrong try.
   *
   * @param most tries that this source has, at most those of the table
   * @return how many it now were, if that put it to sleep; else 0
   */
  int wrong(long account, Source source, int most, long now) {
    Owner owner = owners.get(account);
    if (owner == null) {
      return 0;
    }
    Tries tries = find(account, source);
    if (tries == null) {
      tries = new Tries();
      strange.put(key(account, source), tries);
    }
    tries.bad++;
    tries.lastBad = Optional.of(wall.instant());
    owner.bad++;
    ledger.user(account);
    ledger.pair(key(account, source));
    if (tries.bad < Math.min(most, badTries)) {
      return 0;
    }
    sleep(tries, badSleep, now);
    owner.sleepingUntil = tries.sleepingUntil;
    return tries.bad;
  }

  private void sleep(Tries tries, Duration rest, long now) {
    tries.asleep = true;
    tries.asleepUntil = now + rest.toNanos();
    tries.sleepingUntil = Optional.of(wall.instant().plus(rest));
  }

  /** A right login: its address is known from now on, and its wrong tries are forgotten. */
  void right(long account, Source source) {
    Owner owner = owners.get(account);
    if (owner == null) {
      return;
    }
    if (!isKnown(account, source)
        && strange.remove(new PairKey(account, source.network())) != null) {
      ledger.pair(new PairKey(account, source.network()));
    }
    if (owner.known.size() == MAX_KNOWN && !owner.known.containsKey(source.address())) {
      ledger.pair(new PairKey(account, owner.known.keySet().iterator().next()));
    }
    Tries tries = owner.known.computeIfAbsent(source.address(), _ -> new Tries());
    tries.forgetBad();
    tries.lastLogin = Optional.of(wall.instant());
    ledger.pair(new PairKey(account, source.address()));
    if (owner.bad > 0 || owner.sleepingUntil.isPresent()) {
      owner.bad = 0;
      owner.sleepingUntil = Optional.empty();
      ledger.user(account);
    }
  }

  private @Nullable Tries find(long account, Source source) {
    Owner owner = owners.get(account);
    if (owner == null) {
      return null;
    }
    return isKnown(account, source)
        ? owner.known.get(source.address())
        : strange.get(new PairKey(account, source.network()));
  }

  private PairKey key(long account, Source source) {
    return new PairKey(account, isKnown(account, source) ? source.address() : source.network());
  }

  /** A user's count as it is to be written. */
  Optional<Changes.UserCount> userCount(long account) {
    return Optional.ofNullable(owners.get(account))
        .map(
            owner -> new Changes.UserCount(account, owner.unlocks, owner.bad, owner.sleepingUntil));
  }

  /** A pair as it is to be written: blank if it is forgotten. */
  Optional<Changes.PairCount> pairCount(PairKey key) {
    Owner owner = owners.get(key.account());
    if (owner == null) {
      return Optional.empty();
    }
    Tries known = owner.known.get(key.source());
    Tries tries = known != null ? known : strange.getOrDefault(key, new Tries());
    return Optional.of(
        new Changes.PairCount(
            key.account(),
            owner.unlocks,
            new Snapshot.Pair(
                key.source(), tries.bad, tries.lastBad, tries.sleepingUntil, tries.lastLogin)));
  }
}
