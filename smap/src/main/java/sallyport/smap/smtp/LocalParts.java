package sallyport.smap.smtp;

/**
 * Local parts that a parser must take but a gateway must not pass on, because a mailer behind it
 * may read more into them than a name. The first rules are those of smapd in the TIS Firewall
 * Toolkit, applied to the envelope as well.
 */
final class LocalParts {
  /** RFC 5321 section 4.5.3.1.1; asked of recipients, since return paths are longer in the wild. */
  static final int MAX_RECIPIENT_LOCAL_PART = 64;

  private LocalParts() {}

  /**
   * A program ({@code |}), a file ({@code /}, unless it is an X.400 address) or an option ({@code
   * -}) for some mailer. Every part of {@code a%b}, {@code a!b}, {@code a::b} and {@code a@b} is
   * looked at, since one of them will be the user.
   */
  static boolean isDangerous(String localPart) {
    if (start(localPart).startsWith("-")) {
      return true;
    }
    for (String part : localPart.split("[%!:@]", -1)) {
      String user = start(part);
      if (user.startsWith("|") || (user.startsWith("/") && !isX400(user))) {
        return true;
      }
    }
    return false;
  }

  /** An address of another host inside a local part: an old way to get mail relayed. */
  static boolean isRelayForm(String localPart) {
    return localPart.chars().anyMatch(c -> c == '%' || c == '!' || c == '@')
        || localPart.contains("::");
  }

  /** Blanks and quotes at the start hide nothing. */
  private static String start(String text) {
    int i = 0;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '"')) {
      i++;
    }
    return text.substring(i);
  }

  /** {@code /attribute=value…}. */
  private static boolean isX400(String text) {
    int i = 1;
    while (i < text.length() && isAttributeCharacter(text.charAt(i))) {
      i++;
    }
    return i > 1 && i < text.length() && text.charAt(i) == '=';
  }

  private static boolean isAttributeCharacter(char c) {
    return Characters.isLetterOrDigit(c) || c == '-' || c == '.';
  }
}
