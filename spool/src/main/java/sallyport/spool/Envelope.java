package sallyport.spool;

import java.time.Instant;
import java.util.List;

/**
 * Everything about a message but its octets. Its values go into a text file line by line, so none
 * may hold a control character, and each is bounded.
 *
 * @param id names the message
 * @param sender the reverse path without brackets; empty for the null sender
 * @param recipients the forward paths without brackets, at least one, in the order they were
 *     accepted
 * @param clientAddress the peer's IP address as text
 * @param clientName the peer's confirmed name, or a word that says why there is none; may be empty
 * @param helo what the peer called itself; may be empty
 * @param tls the TLS protocol and cipher; empty for plain text
 * @param user the authenticated user; empty for none
 * @param arrival when DATA was accepted
 * @param body what the client said about the body
 */
public record Envelope(
    QueueId id,
    String sender,
    List<String> recipients,
    String clientAddress,
    String clientName,
    String helo,
    String tls,
    String user,
    Instant arrival,
    BodyType body) {
  /** Characters in one address. */
  public static final int MAX_ADDRESS = 512;

  /** Characters in any other text. */
  public static final int MAX_TEXT = 1024;

  /** Recipients of one message. */
  public static final int MAX_RECIPIENTS = 2000;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException when one is too long, holds a control character, or there is
   *     no recipient
   */
  public Envelope {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
      throw new IllegalArgumentException("recipients: " + recipients.size());
    }
    address("sender", sender);
    for (String recipient : recipients) {
      if (recipient.isEmpty()) {
        throw new IllegalArgumentException("recipient is empty");
      }
      address("recipient", recipient);
    }
    text("clientAddress", clientAddress);
    text("clientName", clientName);
    text("helo", helo);
    text("tls", tls);
    text("user", user);
    if (arrival.isBefore(EARLIEST) || arrival.isAfter(LATEST)) {
      throw new IllegalArgumentException("arrival is out of range");
    }
  }

  private static void address(String what, String value) {
    if (value.length() > MAX_ADDRESS) {
      throw new IllegalArgumentException(what + " is longer than " + MAX_ADDRESS);
    }
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
        throw new IllegalArgumentException(what + " holds a character outside printable ASCII");
      }
    }
  }

  private static void text(String what, String value) {
    if (value.length() > MAX_TEXT) {
      throw new IllegalArgumentException(what + " is longer than " + MAX_TEXT);
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        throw new IllegalArgumentException(what + " holds a control character");
      }
    }
  }
}
