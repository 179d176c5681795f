package sallyport.authdb.authsrv;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import sallyport.authdb.protocol.Timestamp;

/**
 * Front challenges: {@code <sp.RANDOM.MAC@hostname>}.
 *
 * <p>RANDOM is 96 random bits and the instant of expiry, MAC half an HMAC-SHA256 over RANDOM and
 * the host name under a key of this process. So a challenge that is never used costs nothing: ten
 * thousand strangers who connect and go away leave no trace. One that is used is remembered until
 * it expires, whatever came of it. Times are monotonic. Thread-safe.
 */
final class Challenges {
  /** From the greeting to the login. */
  static final Duration LIFE = Duration.ofMinutes(10);

  /** Used challenges that are remembered: 1,700 logins a second for all of {@link #LIFE}. */
  static final int MAX_USED = 1 << 20;

  private static final int RANDOM_OCTETS = 12;
  private static final int OCTETS = RANDOM_OCTETS + 6;
  private static final int MAC_OCTETS = 16;
  private static final long BUCKET_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final byte[] hostname;
  private final String suffix;
  private final long start;
  private final int maxUsed;
  private final SecureRandom random;
  private final KeyedHash mac;
  private final TreeMap<Long, LongSet> used = new TreeMap<>();
  private int usedCount;

  /** What a challenge is worth. */
  enum Worth {
    /** Ours, in time, and now used. */
    GOOD,
    /** Ours, and used before. */
    USED,
    /** Too old, or perhaps of the process before this one. */
    STALE,
    /** Not ours. */
    FORGED,
    /** There is no room to remember it. */
    FULL
  }

  /**
   * With a new key.
   *
   * @param now monotonic, in nanoseconds, like every other one here
   */
  Challenges(String hostname, SecureRandom random, long now) {
    this(hostname, random, now, MAX_USED);
  }

  Challenges(String hostname, SecureRandom random, long now, int maxUsed) {
    this.maxUsed = maxUsed;
    this.hostname = hostname.getBytes(StandardCharsets.US_ASCII);
    this.suffix = "@" + hostname + ">";
    this.random = random;
    this.start = now;
    this.mac = new KeyedHash(random);
  }

  /** A new challenge. */
  String make(long now) {
    byte[] octets = new byte[RANDOM_OCTETS];
    random.nextBytes(octets);
    long expiry = millis(now) + LIFE.toMillis();
    byte[] all = Arrays.copyOf(octets, OCTETS);
    for (int i = OCTETS - 1; i >= RANDOM_OCTETS; i--) {
      all[i] = (byte) expiry;
      expiry >>>= 8;
    }
    return text(all);
  }

  /** Uses a challenge up, if it is one. */
  Worth use(String challenge, long now) {
    byte[] octets = octets(challenge);
    if (octets.length != OCTETS || !isOwn(challenge, octets)) {
      return millis(now) < LIFE.toMillis() ? Worth.STALE : Worth.FORGED;
    }
    long expiry = 0;
    for (int i = RANDOM_OCTETS; i < OCTETS; i++) {
      expiry = (expiry << 8) | (octets[i] & 0xff);
    }
    return expiry <= millis(now) ? Worth.STALE : remember(octets, expiry, millis(now));
  }

  /** How many used ones are remembered. */
  synchronized int remembered() {
    return usedCount;
  }

  private synchronized Worth remember(byte[] octets, long expiry, long millis) {
    for (Map.Entry<Long, LongSet> oldest = used.firstEntry();
        oldest != null && (oldest.getKey() + 1) * BUCKET_MILLIS <= millis;
        oldest = used.firstEntry()) {
      usedCount -= oldest.getValue().size();
      used.remove(oldest.getKey());
    }
    LongSet bucket = used.computeIfAbsent(expiry / BUCKET_MILLIS, _ -> new LongSet());
    long number = ByteBuffer.wrap(octets).getLong();
    if (bucket.contains(number)) {
      return Worth.USED;
    }
    if (usedCount >= maxUsed) {
      return Worth.FULL;
    }
    bucket.add(number);
    usedCount++;
    return Worth.GOOD;
  }

  /** Compared as a whole text, so that there is one spelling only. */
  private boolean isOwn(String challenge, byte[] octets) {
    return MessageDigest.isEqual(
        challenge.getBytes(StandardCharsets.ISO_8859_1),
        text(octets).getBytes(StandardCharsets.ISO_8859_1));
  }

  private String text(byte[] octets) {
    byte[] tag = Arrays.copyOf(mac.of(octets, hostname), MAC_OCTETS);
    return "<"
        + Timestamp.OWN_MARK
        + ENCODER.encodeToString(octets)
        + "."
        + ENCODER.encodeToString(tag)
        + suffix;
  }

  /** What stands in the place of RANDOM; empty if that cannot be read. */
  private static byte[] octets(String challenge) {
    int from = 1 + Timestamp.OWN_MARK.length();
    int to = challenge.indexOf('.', from);
    if (to < 0) {
      return new byte[0];
    }
    try {
      return Base64.getUrlDecoder().decode(challenge.substring(from, to));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private long millis(long now) {
    return TimeUnit.NANOSECONDS.toMillis(now - start);
  }
}
