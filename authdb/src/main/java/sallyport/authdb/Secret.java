package sallyport.authdb;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a user and a mail program share. Held as octets that {@link #close} wipes; never part of a
 * text. For one thread.
 */
public final class Secret implements AutoCloseable {
  /** Octets of the shortest secret: an empty one would let everybody in. */
  public static final int LEAST_OCTETS = 1;

  /** Octets of the longest secret. */
  public static final int MOST_OCTETS = 255;

  private static final int GENERATED_OCTETS = 16;

  private final byte[] octets;

  private Secret(byte[] octets) {
    this.octets = octets;
  }

  /**
   * A secret of these octets, which are copied.
   *
   * @throws IllegalArgumentException if there are too few or too many, or CR, LF or NUL among them;
   *     the message says which, and nothing of the secret
   */
  public static Secret of(byte[] octets) {
    if (octets.length < LEAST_OCTETS) {
      throw new IllegalArgumentException("a secret must not be empty");
    }
    if (octets.length > MOST_OCTETS) {
      throw new IllegalArgumentException("a secret has at most " + MOST_OCTETS + " octets");
    }
    for (byte octet : octets) {
      if (octet == 0 || octet == '\r' || octet == '\n') {
        throw new IllegalArgumentException("a secret must not hold CR, LF or NUL");
      }
    }
    return new Secret(octets.clone());
  }

  /** A new secret of 128 random bits, as 32 hexadecimal digits. */
  public static Secret generate(SecureRandom random) {
    byte[] bits = new byte[GENERATED_OCTETS];
    random.nextBytes(bits);
    byte[] digits = new byte[2 * GENERATED_OCTETS];
    for (int i = 0; i < bits.length; i++) {
      digits[2 * i] = (byte) HexFormat.of().toHighHexDigit(bits[i]);
      digits[2 * i + 1] = (byte) HexFormat.of().toLowHexDigit(bits[i]);
    }
    Arrays.fill(bits, (byte) 0);
    return new Secret(digits);
  }

  /** A copy of the octets, for the caller to wipe. */
  public byte[] octets() {
    return octets.clone();
  }

  /** Overwrites the octets; the secret is of no use afterwards. */
  @Override
  public void close() {
    Arrays.fill(octets, (byte) 0);
  }

  @Override
  public String toString() {
    return "Secret";
  }
}
