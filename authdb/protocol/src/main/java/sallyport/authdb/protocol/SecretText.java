package sallyport.authdb.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A secret on its way between a gateway and authsrv. It never shows itself in text: {@link
 * #toString} is {@code ***}. A character is one octet (ISO 8859-1). Immutable.
 */
public final class SecretText {
  private final String text;

  /**
   * A secret whose characters are octets.
   *
   * @throws IllegalArgumentException if one is above U+00FF, or there are more than {@link
   *     Wire#MAX_SECRET}
   */
  public SecretText(String octets) {
    Wire.require(Wire.isOctets(octets, Wire.MAX_SECRET), "a secret is at most 255 octets");
    this.text = octets;
  }

  /** The same from octets as they came. */
  public static SecretText of(byte[] octets) {
    return new SecretText(new String(octets, StandardCharsets.ISO_8859_1));
  }

  /** The secret itself, one character an octet. */
  public String reveal() {
    return text;
  }

  /** The secret itself; the caller wipes what it is given. */
  public byte[] octets() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Octets. */
  public int length() {
    return text.length();
  }

  /** In a time that does not tell where they differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SecretText secret && MessageDigest.isEqual(octets(), secret.octets());
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
