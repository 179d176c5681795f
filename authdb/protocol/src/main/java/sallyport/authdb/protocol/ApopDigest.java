package sallyport.authdb.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of APOP, RFC 1939 section 7: MD5 over the timestamp and the secret. */
public final class ApopDigest {
  private ApopDigest() {}

  /**
   * The digest as it is sent, 32 lower-case hex digits.
   *
   * @param timestamp with its angle brackets, one character an octet
   * @param secret its octets; left untouched
   */
  public static String hex(String timestamp, byte[] secret) {
    MessageDigest md5 = md5();
    md5.update(timestamp.getBytes(StandardCharsets.ISO_8859_1));
    return HexFormat.of().formatHex(md5.digest(secret));
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
