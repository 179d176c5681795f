package sallyport.pop3gw.pop3;

import java.util.Set;

/**
 * What the gateway says and offers, from the rule table.
 *
 * @param hostname our own name, at most 255 visible ASCII characters
 * @param welcome text of the greeting; the challenge is put behind it
 * @param denial what a host that is not permitted is told
 * @param offers how a client may log in under TLS
 * @param offersInPlain the same without TLS: some of those, maybe none
 */
public record Policy(
    String hostname,
    String welcome,
    String denial,
    Set<LoginMethod> offers,
    Set<LoginMethod> offersInPlain) {
  /** Most characters of {@link #welcome} and of {@link #denial}. */
  public static final int MAX_TEXT = 120;

  /** Most characters of {@link #hostname}. */
  public static final int MAX_HOSTNAME = 255;

  /**
   * Checks what stands in replies. A welcome text with an angle bracket is refused, because a
   * client takes the first thing in brackets for the challenge; one that begins with a bracket is
   * refused, because RFC 2449 section 8 makes a response code of it.
   */
  public Policy {
    offers = Set.copyOf(offers);
    offersInPlain = Set.copyOf(offersInPlain);
    if (offers.isEmpty()) {
      throw new IllegalArgumentException("at least one way to log in is needed");
    }
    if (!offers.containsAll(offersInPlain)) {
      throw new IllegalArgumentException("what is offered in plain is offered under TLS, too");
    }
    if (hostname.isEmpty()
        || hostname.length() > MAX_HOSTNAME
        || !Characters.areVisible(hostname)
        || hasBracket(hostname)) {
      throw new IllegalArgumentException("hostname must be a domain name");
    }
    checkText("welcome", welcome);
    checkText("denial", denial);
  }

  boolean offers(LoginMethod method, Transport transport) {
    return switch (transport) {
      case PLAIN, STLS_OFFERED -> offersInPlain.contains(method);
      case STLS_REQUIRED -> false;
      case TLS -> offers.contains(method);
    };
  }

  /**
   * Whether the greeting holds a challenge: where APOP is offered, or will be behind STLS, as
   * nobody is greeted again there.
   */
  boolean greetsWithChallenge(Transport transport) {
    return offers(LoginMethod.APOP, transport.offersStls() ? Transport.TLS : transport);
  }

  private static void checkText(String what, String text) {
    if (text.isBlank() || text.length() > MAX_TEXT || !Characters.arePrintable(text)) {
      throw new IllegalArgumentException(
          "the " + what + " text must be 1 to " + MAX_TEXT + " printable ASCII characters");
    }
    if (hasBracket(text) || text.startsWith("[")) {
      throw new IllegalArgumentException(
          "the " + what + " text must not hold < or >, nor begin with [");
    }
  }

  private static boolean hasBracket(String text) {
    return text.indexOf('<') >= 0 || text.indexOf('>') >= 0;
  }
}
