package sallyport.pop3gw.pop3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import sallyport.authdb.protocol.SecretText;

/**
 * A response of SASL PLAIN, understood as far as it can be.
 *
 * <pre>
 * message = [authzid] NUL authcid NUL passwd   ; RFC 4616 section 2
 * </pre>
 *
 * <p>Nobody acts for another here: an authzid must be the authcid, or absent.
 *
 * @param login who it says; empty if no name can look like that
 * @param password empty if no secret can look like that, or if it is meant for another than the
 *     login
 */
record SaslPlain(Optional<String> login, Optional<SecretText> password) {

  /** Of what is no message at all nothing is known. */
  private static final SaslPlain NOBODY = new SaslPlain(Optional.empty(), Optional.empty());

  /** Reads the base64 of RFC 4648 section 4, padded; a lone {@code =} is an empty message. */
  static SaslPlain decode(String base64) {
    String message;
    try {
      byte[] octets = Base64.getDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
      message = Characters.text(octets);
    } catch (IllegalArgumentException e) {
      return NOBODY;
    }
    int first = message.indexOf('\0');
    int second = message.indexOf('\0', first + 1);
    if (first < 0 || second < 0 || message.length() > Dialogue.MAX_SASL_MESSAGE) {
      return NOBODY;
    }
    String identity = message.substring(0, first);
    String login = message.substring(first + 1, second);
    boolean same = identity.isEmpty() || identity.equals(login);
    return new SaslPlain(
        CommandParser.login(login),
        same ? CommandParser.password(message.substring(second + 1)) : Optional.empty());
  }
}
