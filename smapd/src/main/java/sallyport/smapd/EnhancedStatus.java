package sallyport.smapd;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Status codes of RFC 3463, as reports carry them.
 *
 * <pre>
 *   status-code = class "." subject "." detail
 *   class       = "2"/"4"/"5"
 *   subject     = 1*3digit
 *   detail      = 1*3digit                                    (RFC 3463 section 2)
 * </pre>
 *
 * <p>A reply that bears a code of its own class keeps it. A reply without one is translated by its
 * three digits, and only where these have one meaning: 550 and 554 say "no" for a mailbox that does
 * not exist, for a policy, for content; a program that reads 5.1.1 takes the recipient off its
 * list, so a guess would do harm.
 */
final class EnhancedStatus {

  /**
   * Delivery time expired. Of class 4, "useful only as a persistent transient error" (RFC 3463
   * section 3.5), though the action is {@code failed}.
   */
  static final String EXPIRED = "4.4.7";

  /** The table has nothing that carries mail for the domain: unable to route. */
  static final String UNCARRIED = "5.4.4";

  /** The address cannot be handed on: bad destination mailbox address syntax. */
  static final String BAD_ADDRESS = "5.1.3";

  /** The message is malformed: other or undefined media error. */
  static final String MALFORMED = "5.6.0";

  /** Refused by a rule of the table: delivery not authorized. */
  static final String POLICY = "5.7.1";

  private static final String UNKNOWN_DEFERRAL = "4.0.0";
  private static final String NO_ANSWER = "4.4.1";
  private static final String UNKNOWN_REFUSAL = "5.0.0";

  private static final String CODE = "[0-9]{1,3}\\.[0-9]{1,3}";
  private static final Pattern FAILURE = Pattern.compile("[45]\\." + CODE);
  private static final Pattern REPLY = Pattern.compile("[2-5][0-9]{2}(?:[ -]|$)");
  private static final Pattern LEADING =
      Pattern.compile("(?:[2-5][0-9]{2}[ -])? *([45]\\." + CODE + ")(?:[^0-9.]|$)");

  private EnhancedStatus() {}

  /** Whether this is a code of class 4 or 5. */
  static boolean isFailure(String status) {
    return FAILURE.matcher(status).matches();
  }

  /** Whether a line begins as a reply of SMTP does. */
  static boolean startsWithReplyCode(String line) {
    return REPLY.matcher(line).lookingAt();
  }

  /**
   * The code for a permanent refusal, of class 5.
   *
   * @param reply what was said: an SMTP reply, or a text that begins with a code of RFC 3463, or
   *     any other text
   */
  static String ofRefusal(String reply) {
    String own = own(reply, '5');
    if (!own.isEmpty()) {
      return own;
    }
    return switch (replyCode(reply)) {
      case 500 -> "5.5.2"; // syntax error
      case 501, 504, 555 -> "5.5.4"; // arguments
      case 502, 503 -> "5.5.1"; // command
      case 521, 556 -> "5.3.2"; // takes no mail at all, RFC 7504
      case 530 -> "5.7.0"; // authentication required
      case 551 -> "5.1.6"; // mailbox has moved
      case 552 -> "5.3.0"; // mailbox full, or too big: RFC 5321 has it for both
      case 553 -> "5.1.0"; // mailbox name not allowed; sender's or recipient's
      default -> UNKNOWN_REFUSAL;
    };
  }

  /**
   * The code for a temporary failure, of class 4.
   *
   * @param reason an SMTP reply, or what hindered the connection
   */
  static String ofDeferral(String reason) {
    String own = own(reason, '4');
    if (!own.isEmpty()) {
      return own;
    }
    if (!startsWithReplyCode(reason)) {
      return NO_ANSWER;
    }
    return switch (replyCode(reason)) {
      case 421 -> "4.3.2"; // service not available
      case 450 -> "4.2.0"; // mailbox not available
      case 452 -> "4.3.1"; // storage
      case 454 -> "4.7.0"; // authentication or TLS
      default -> UNKNOWN_DEFERRAL;
    };
  }

  /** The code that the text bears, if it is of this class; else empty. */
  private static String own(String text, char wanted) {
    Matcher matcher = LEADING.matcher(text);
    boolean found = matcher.lookingAt() && matcher.group(1).charAt(0) == wanted;
    return found ? matcher.group(1) : "";
  }

  private static int replyCode(String text) {
    return startsWithReplyCode(text) ? Integer.parseInt(text.substring(0, 3)) : 0;
  }
}
