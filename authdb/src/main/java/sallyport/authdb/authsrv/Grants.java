package sallyport.authdb.authsrv;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sallyport.authdb.InsideServers.Method;

/**
 * Grants: what a login is worth to the gateway. 128 random bits, good once, for one user and one
 * inside server. Of those that were used half of the bits are remembered, so that a second use is
 * seen. No secret lies here: it is opened when the grant is used. Thread-safe.
 */
final class Grants {
  /** From the answer to the login until the inside server has greeted. */
  static final Duration LIFE = Duration.ofSeconds(60);

  /** Grants that wait to be used, and at least so many of the last that were. */
  static final int MAX = 1 << 17;

  private static final int HALF_DIGITS = 16;

  /**
   * What a grant stands for.
   *
   * @param account id of the user's account
   * @param method how the gateway will log in there
   */
  record Grant(long account, String user, String server, Method method) {}

  /** What taking a grant brings. */
  sealed interface Taken {
    /** This, and never again. */
    record Good(Grant grant) implements Taken {}

    /** It was taken before. */
    record Again() implements Taken {}

    /** There is none, or it has expired. */
    record Unknown() implements Taken {}
  }

  private record Key(long high, long low) {}

  private record Entry(Grant grant, long expiry) {}

  private final SecureRandom random;
  private final int most;
  private final Map<Key, Entry> waiting = new LinkedHashMap<>();
  private final LatestNumbers used;

  Grants(SecureRandom random) {
    this(random, MAX);
  }

  Grants(SecureRandom random, int most) {
    this.most = most;
    this.used = new LatestNumbers(most);
    this.random = random;
  }

  /**
   * A new grant, as 32 hex digits; empty if there is no room.
   *
   * @param from when its life begins
   * @param now monotonic, in nanoseconds
   */
  synchronized Optional<String> give(Grant grant, long from, long now) {
    forgetExpired(now);
    if (waiting.size() >= most) {
      return Optional.empty();
    }
    Key key = new Key(random.nextLong(), random.nextLong());
    waiting.put(key, new Entry(grant, from + LIFE.toNanos()));
    HexFormat hex = HexFormat.of();
    return Optional.of(hex.toHexDigits(key.high()) + hex.toHexDigits(key.low()));
  }

  /** Takes a grant: at most one caller gets it. */
  synchronized Taken take(String text, long now) {
    Key key =
        new Key(
            HexFormat.fromHexDigitsToLong(text, 0, HALF_DIGITS),
            HexFormat.fromHexDigitsToLong(text, HALF_DIGITS, 2 * HALF_DIGITS));
    Entry entry = waiting.remove(key);
    if (entry == null) {
      return used.contains(key.high()) ? new Taken.Again() : new Taken.Unknown();
    }
    if (entry.expiry() - now <= 0) {
      return new Taken.Unknown();
    }
    used.add(key.high());
    return new Taken.Good(entry.grant());
  }

  /** How many may still be used. */
  synchronized int unused(long now) {
    forgetExpired(now);
    return waiting.size();
  }

  private void forgetExpired(long now) {
    Iterator<Entry> eldest = waiting.values().iterator();
    while (eldest.hasNext() && eldest.next().expiry() - now <= 0) {
      eldest.remove();
    }
  }
}
