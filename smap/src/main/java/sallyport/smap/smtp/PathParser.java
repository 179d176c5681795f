package sallyport.smap.smtp;

import java.util.Optional;

/**
 * Reads the path of MAIL and RCPT.
 *
 * <pre>
 *   Reverse-path   = Path / "&lt;&gt;"
 *   Forward-path   = Path
 *   Path           = "&lt;" [ A-d-l ":" ] Mailbox "&gt;"
 *   A-d-l          = At-domain *( "," At-domain )
 *   At-domain      = "@" Domain
 *   Mailbox        = Local-part "@" ( Domain / address-literal )
 *   Local-part     = Dot-string / Quoted-string
 *   Dot-string     = Atom *("."  Atom)
 *   Quoted-string  = DQUOTE *QcontentSMTP DQUOTE
 *   QcontentSMTP   = qtextSMTP / quoted-pairSMTP
 *   quoted-pairSMTP = %d92 %d32-126
 *   qtextSMTP      = %d32-33 / %d35-91 / %d93-126                     (RFC 5321 section 4.1.2)
 * </pre>
 *
 * Departures: a source route is checked and dropped, as section 3.3 asks. {@code <postmaster>}
 * stands without a domain, as section 4.1.1.3 allows. Quoting is undone, so that what is judged is
 * what is meant: {@code "-oX"@example.org} is {@code -oX}.
 */
final class PathParser {
  /** RFC 5321 section 4.5.3.1.3, with the angle brackets. */
  static final int MAX_PATH = 256;

  private static final String POSTMASTER = "postmaster";

  /** What a path turned out to be. */
  sealed interface Parsed {
    /** {@code <>}. */
    record Empty(String rest) implements Parsed {}

    /** {@code <postmaster>}. */
    record BarePostmaster(String rest) implements Parsed {}

    /** A mailbox, and the text behind the closing bracket. */
    record Address(Mailbox mailbox, String rest) implements Parsed {}

    /** Not a path. */
    record Wrong(Reason reason) implements Parsed {}
  }

  /** Why a path is not one. */
  enum Reason {
    SYNTAX,
    TOO_LONG,
    EIGHT_BIT
  }

  private final String text;
  private int at;

  private PathParser(String text) {
    this.text = text;
  }

  /** Reads a path from the start of the text, which holds no control characters. */
  static Parsed parse(String text) {
    return new PathParser(text).path();
  }

  private Parsed path() {
    if (!take('<')) {
      return wrong();
    }
    if (take('>')) {
      return new Parsed.Empty(text.substring(at));
    }
    if (text.regionMatches(true, at, POSTMASTER + '>', 0, POSTMASTER.length() + 1)) {
      return new Parsed.BarePostmaster(text.substring(at + POSTMASTER.length() + 1));
    }
    if (peek('@') && !sourceRoute()) {
      return wrong();
    }
    return mailbox();
  }

  private boolean sourceRoute() {
    do {
      if (!take('@') || !Domains.isDomain(domainText())) {
        return false;
      }
    } while (take(','));
    return take(':');
  }

  private Parsed mailbox() {
    Optional<String> localPart = peek('"') ? quotedString() : dotString();
    if (localPart.isEmpty() || !take('@')) {
      return wrong();
    }
    String domain = peek('[') ? literalText() : domainText();
    if (!take('>')) {
      return wrong();
    }
    if (at > MAX_PATH || domain.length() > Domains.MAX_DOMAIN) {
      return new Parsed.Wrong(Reason.TOO_LONG);
    }
    if (!Domains.isDomainOrLiteral(domain)) {
      return new Parsed.Wrong(Reason.SYNTAX);
    }
    return new Parsed.Address(new Mailbox(localPart.get(), domain), text.substring(at));
  }

  private Optional<String> dotString() {
    int start = at;
    do {
      int atom = at;
      while (at < text.length() && Characters.isAtomText(text.charAt(at))) {
        at++;
      }
      if (at == atom) {
        return Optional.empty();
      }
    } while (take('.'));
    return Optional.of(text.substring(start, at));
  }

  private Optional<String> quotedString() {
    StringBuilder meant = new StringBuilder();
    at++;
    while (at < text.length() && !Characters.isEightBit(text.charAt(at))) {
      char c = text.charAt(at++);
      if (c == '"') {
        return Optional.of(meant.toString());
      }
      if (c == '\\') {
        if (at == text.length() || Characters.isEightBit(text.charAt(at))) {
          return Optional.empty();
        }
        c = text.charAt(at++);
      }
      meant.append(c);
    }
    return Optional.empty();
  }

  private String domainText() {
    int start = at;
    while (at < text.length() && isDomainCharacter(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isDomainCharacter(char c) {
    return Characters.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
  }

  private String literalText() {
    int start = at;
    int close = text.indexOf(']', at);
    at = close < 0 ? text.length() : close + 1;
    return text.substring(start, at);
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean take(char c) {
    if (peek(c)) {
      at++;
      return true;
    }
    return false;
  }

  /** Names an internationalised address as such, because its sender should know why. */
  private Parsed wrong() {
    boolean eightBit = at < text.length() && Characters.isEightBit(text.charAt(at));
    return new Parsed.Wrong(eightBit ? Reason.EIGHT_BIT : Reason.SYNTAX);
  }
}
