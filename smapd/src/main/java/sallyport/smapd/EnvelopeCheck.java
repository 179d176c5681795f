package sallyport.smapd;

import java.util.Optional;

/**
 * Judges the addresses of an envelope once more before they become SMTP commands. smap has checked
 * them, but smapd trusts nothing that lies in the spool: an address must not be able to end a
 * command, begin another parameter, look like a program's option, or name a program or a file.
 */
final class EnvelopeCheck {

  /** RFC 5321, 4.5.3.1.3: a path has 256 octets; some room for what the world does. */
  static final int MAX_ADDRESS = 512;

  private EnvelopeCheck() {}

  /** What is wrong with a recipient; empty if nothing is. */
  static Optional<HeaderFault> faultOfRecipient(String recipient) {
    return recipient.isEmpty() ? Optional.of(HeaderFault.ENVELOPE_SYNTAX) : fault(recipient);
  }

  /** Whether nothing is wrong with a recipient. */
  static boolean allowsRecipient(String recipient) {
    return faultOfRecipient(recipient).isEmpty();
  }

  /** What is wrong with a sender; empty if nothing is. The null sender is empty. */
  static Optional<HeaderFault> faultOfSender(String sender) {
    return sender.isEmpty() ? Optional.empty() : fault(sender);
  }

  /** The worst fault: what can never pass comes first. */
  private static Optional<HeaderFault> fault(String address) {
    if (address.length() > MAX_ADDRESS || !isOnePath(address)) {
      return Optional.of(HeaderFault.ENVELOPE_SYNTAX);
    }
    if (address.startsWith("-")) {
      return Optional.of(HeaderFault.ENVELOPE_HYPHEN);
    }
    return AddressRule.allows(address)
        ? Optional.empty()
        : Optional.of(HeaderFault.ENVELOPE_PROGRAM);
  }

  /** Printable ASCII, with blanks and angle brackets only in a quoted string that is closed. */
  private static boolean isOnePath(String address) {
    boolean quoted = false;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c < ' ' || c > '~' || (!quoted && " <>".indexOf(c) >= 0)) {
        return false;
      }
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        i++;
        if (i == address.length() || address.charAt(i) < ' ' || address.charAt(i) > '~') {
          return false;
        }
      }
    }
    return !quoted;
  }
}
