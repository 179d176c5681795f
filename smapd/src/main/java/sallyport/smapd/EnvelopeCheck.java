package sallyport.smapd;

/**
 * Judges the addresses of an envelope once more before they become SMTP commands. smap has checked
 * them, but smapd trusts nothing that lies in the spool: an address must not be able to end a
 * command, begin another parameter, look like a program's option, or name a program or a file.
 */
final class EnvelopeCheck {

  /** RFC 5321, 4.5.3.1.3: a path has 256 octets; some room for what the world does. */
  static final int MAX_ADDRESS = 512;

  private EnvelopeCheck() {}

  /** Whether mail may be handed on to this recipient. */
  static boolean allowsRecipient(String recipient) {
    return !recipient.isEmpty() && !recipient.startsWith("-") && isSafe(recipient);
  }

  /** Whether mail may be handed on from this sender; empty is the null sender. */
  static boolean allowsSender(String sender) {
    return sender.isEmpty() || (!sender.startsWith("-") && isSafe(sender));
  }

  private static boolean isSafe(String address) {
    return address.length() <= MAX_ADDRESS && isOnePath(address) && AddressRule.allows(address);
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
