package sallyport.authdb.authsrv;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Which timestamps of inside servers were answered, by user and server: none is answered twice.
 *
 * <p>Kept as keyed hashes; the last {@link #LEAST} at least are known, since the start of this
 * process. A hostile inside server gets one answer for each login of a user, and no more: to make
 * us forget one it must wait for so many logins, of all users together, and has then as many
 * digests anyway. Thread-safe.
 */
final class Answered {
  /** How many answers are remembered at least; at most it is twice as many. */
  static final int LEAST = 1 << 17;

  private final KeyedHash hash;
  private final LatestNumbers numbers;

  Answered(SecureRandom random) {
    this(random, LEAST);
  }

  Answered(SecureRandom random, int least) {
    numbers = new LatestNumbers(least);
    hash = new KeyedHash(random);
  }

  /** Whether this is the first time, which it then was. */
  boolean first(long account, String server, String timestamp) {
    byte[] id = ByteBuffer.allocate(Long.BYTES).putLong(account).array();
    // Neither a server's name nor a timestamp holds a space.
    byte[] text = (server + " " + timestamp).getBytes(StandardCharsets.ISO_8859_1);
    long number = ByteBuffer.wrap(hash.of(id, text)).getLong();
    synchronized (this) {
      return numbers.add(number);
    }
  }
}
