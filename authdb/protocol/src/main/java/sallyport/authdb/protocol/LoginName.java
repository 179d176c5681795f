package sallyport.authdb.protocol;

import java.util.Optional;

/**
 * A login name as typed, taken apart.
 *
 * <pre>
 * login    = user [ "%" server [ "@" firewall ] ]
 * user     = name
 * server   = name                        ; a name of the rule table, never a host
 * name     = ALNUM *63( ALNUM / "." / "_" / "+" / "-" )
 * firewall = 1*255( ALNUM / "." / "-" )
 * </pre>
 *
 * <p>The server stands behind the last {@code %}; an {@code @} is known only behind it. Case is
 * folded, ASCII only. What is not of this form names nobody. The gateway's {@code user%server} is
 * Gauntlet's way; nothing here is ever looked up in the DNS.
 *
 * @param user lower case
 * @param server lower case; without one the table's default is meant
 * @param firewall lower case; it must be the gateway's own name
 */
public record LoginName(String user, Optional<String> server, Optional<String> firewall) {
  /** Octets of a user's or a server's name. */
  public static final int MAX_NAME = 64;

  private static final int MAX_FIREWALL = 255;

  /** The parts of what was typed; empty if it names nobody. */
  public static Optional<LoginName> parse(String typed) {
    if (typed.length() > Wire.MAX_LOGIN) {
      return Optional.empty();
    }
    int percent = typed.lastIndexOf('%');
    if (percent < 0) {
      return name(typed).map(user -> new LoginName(user, Optional.empty(), Optional.empty()));
    }
    int at = typed.indexOf('@', percent);
    Optional<String> user = name(typed.substring(0, percent));
    Optional<String> server = name(typed.substring(percent + 1, at < 0 ? typed.length() : at));
    if (user.isEmpty() || server.isEmpty()) {
      return Optional.empty();
    }
    if (at < 0) {
      return Optional.of(new LoginName(user.get(), server, Optional.empty()));
    }
    return host(typed.substring(at + 1))
        .map(firewall -> new LoginName(user.get(), server, Optional.of(firewall)));
  }

  /** A user's or a server's name in lower case; empty if it cannot be one. */
  public static Optional<String> name(String typed) {
    if (typed.isEmpty() || typed.length() > MAX_NAME || !isAlphanumeric(typed.charAt(0))) {
      return Optional.empty();
    }
    for (int i = 1; i < typed.length(); i++) {
      char c = typed.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '_' && c != '+' && c != '-') {
        return Optional.empty();
      }
    }
    return Optional.of(lowerCase(typed));
  }

  private static Optional<String> host(String typed) {
    if (typed.isEmpty() || typed.length() > MAX_FIREWALL) {
      return Optional.empty();
    }
    for (int i = 0; i < typed.length(); i++) {
      char c = typed.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '-') {
        return Optional.empty();
      }
    }
    return Optional.of(lowerCase(typed));
  }

  /** ASCII only: no locale, no character that folds into another one. */
  private static String lowerCase(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return lower.toString();
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
