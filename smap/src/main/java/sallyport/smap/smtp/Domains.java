package sallyport.smap.smtp;

/**
 * Domains and address literals.
 *
 * <pre>
 *   Domain          = sub-domain *("." sub-domain)
 *   sub-domain      = Let-dig [Ldh-str]
 *   address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / ... ) "]"
 *   IPv4-address-literal = Snum 3("." Snum)
 *   IPv6-address-literal = "IPv6:" IPv6-addr                    (RFC 5321 section 4.1.2 and 4.1.3)
 * </pre>
 *
 * Departures: an underscore is taken as a letter, because hosts are named so; general address
 * literals are refused, because nothing defines one.
 */
final class Domains {
  /** RFC 5321 section 4.5.3.1.2. */
  static final int MAX_DOMAIN = 255;

  /** RFC 1035 section 2.3.4. */
  static final int MAX_LABEL = 63;

  private static final String IPV6_TAG = "IPv6:";
  private static final int IPV6_GROUPS = 8;

  private Domains() {}

  static boolean isDomainOrLiteral(String text) {
    return text.startsWith("[") ? isLiteral(text) : isDomain(text);
  }

  static boolean isDomain(String text) {
    if (text.isEmpty() || text.length() > MAX_DOMAIN) {
      return false;
    }
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '.') {
        if (!isLabel(text, start, i)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private static boolean isLabel(String text, int start, int end) {
    if (end == start || end - start > MAX_LABEL) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (!Characters.isLetterOrDigit(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return text.charAt(start) != '-' && text.charAt(end - 1) != '-';
  }

  static boolean isLiteral(String text) {
    if (!text.startsWith("[") || !text.endsWith("]") || text.length() > MAX_DOMAIN) {
      return false;
    }
    String inner = text.substring(1, text.length() - 1);
    if (inner.regionMatches(true, 0, IPV6_TAG, 0, IPV6_TAG.length())) {
      return isIpv6(inner.substring(IPV6_TAG.length()));
    }
    return isIpv4(inner);
  }

  private static boolean isIpv4(String text) {
    String[] numbers = text.split("\\.", -1);
    if (numbers.length != 4) {
      return false;
    }
    for (String number : numbers) {
      if (number.isEmpty()
          || number.length() > 3
          || !number.chars().allMatch(c -> Characters.isDigit((char) c))
          || Integer.parseInt(number) > 255) {
        return false;
      }
    }
    return true;
  }

  /** At most one {@code ::}, at most eight groups, perhaps an IPv4 address as the last two. */
  private static boolean isIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text, true) == IPV6_GROUPS;
    }
    String front = text.substring(0, gap);
    String back = text.substring(gap + 2);
    if (back.contains("::") || back.startsWith(":")) {
      return false;
    }
    int before = front.isEmpty() ? 0 : groups(front, false);
    int behind = back.isEmpty() ? 0 : groups(back, true);
    return before >= 0 && behind >= 0 && before + behind < IPV6_GROUPS;
  }

  /** The number of groups, or a number far below zero when one is malformed. */
  private static int groups(String text, boolean mayEndInIpv4) {
    String[] parts = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && mayEndInIpv4 && isIpv4(parts[i])) {
        count += 2;
      } else if (isHexGroup(parts[i])) {
        count++;
      } else {
        return -2 * IPV6_GROUPS;
      }
    }
    return count;
  }

  private static boolean isHexGroup(String text) {
    return !text.isEmpty()
        && text.length() <= 4
        && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
  }
}
