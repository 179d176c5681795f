package sallyport.authdb.authsrv;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.InsideServers.Method;

/**
 * Grants: what a login is worth to the gateway. 128 random bits, good once, for one user and one
 * inside server. A used one is remembered as such until it would have expired, so that a second use
 * is seen. No secret lies here: it is opened when the grant is used. Thread-safe.
 */
final class Grants {
  /** From the answer to the login until the inside server has greeted. */
  static final Duration LIFE = Duration.ofSeconds(60);

  /** Grants that are remembered, used or not. */
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

    /** There is none, or none any more. */
    record Unknown() implements Taken {}
  }

  private record Key(long high, long low) {}

  private record Entry(@Nullable Grant unused, long expiry) {}

  private final SecureRandom random;
  private final int most;
  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private int unused;

  Grants(SecureRandom random) {
    this(random, MAX);
  }

  Grants(SecureRandom random, int most) {
    this.most = most;
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
    if (entries.size() >= most && !forgetEldestUsed()) {
      return Optional.empty();
    }
    Key key = new Key(random.nextLong(), random.nextLong());
    entries.put(key, new Entry(grant, from + LIFE.toNanos()));
    unused++;
    HexFormat hex = HexFormat.of();
    return Optional.of(hex.toHexDigits(key.high()) + hex.toHexDigits(key.low()));
  }

  /** Takes a grant: at most one caller gets it. */
  synchronized Taken take(String text, long now) {
    Key key =
        new Key(
            HexFormat.fromHexDigitsToLong(text, 0, HALF_DIGITS),
            HexFormat.fromHexDigitsToLong(text, HALF_DIGITS, 2 * HALF_DIGITS));
    Entry entry = entries.get(key);
    if (entry == null || entry.expiry() - now <= 0) {
      return new Taken.Unknown();
    }
    Grant grant = entry.unused();
    if (grant == null) {
      return new Taken.Again();
    }
    entries.put(key, new Entry(null, entry.expiry()));
    unused--;
    return new Taken.Good(grant);
  }

  /** How many may still be used. */
  synchronized int unused(long now) {
    forgetExpired(now);
    return unused;
  }

  private void forgetExpired(long now) {
    Iterator<Entry> eldest = entries.values().iterator();
    while (eldest.hasNext()) {
      Entry entry = eldest.next();
      if (entry.expiry() - now > 0) {
        return;
      }
      eldest.remove();
      unused -= entry.unused() == null ? 0 : 1;
    }
  }

  private boolean forgetEldestUsed() {
    Iterator<Entry> eldest = entries.values().iterator();
    if (eldest.next().unused() != null) {
      return false;
    }
    eldest.remove();
    return true;
  }
}
