package sallyport.authdb.protocol;

import java.util.Optional;

/**
 * The timestamp of a POP3 greeting (RFC 1939 section 7), judged: exactly one RFC 822 msg-id.
 *
 * <pre>
 * msg-id = "&lt;" atoms "@" atoms "&gt;"
 * atoms  = atom *( "." atom )
 * atom   = 1*( printable ASCII except blank and ( ) &lt; &gt; @ , ; : \ " . [ ] )
 * </pre>
 *
 * <p>Quoted strings and domain literals of RFC 822 are left out: no POP3 server uses them, and what
 * is digested should leave no room. (An attacker who chooses what is digested learns a secret's
 * first characters through collisions of MD5, CVE-2007-1558, for which octets outside this form are
 * needed.)
 *
 * @param text with its angle brackets, at most {@link #MAX_OCTETS} octets
 */
public record Timestamp(String text) {
  /** Octets of a timestamp. */
  public static final int MAX_OCTETS = 512;

  /** How the local part of every front challenge of every gateway begins. */
  public static final String OWN_MARK = "sp.";

  /** Takes only what {@link #parse} would. */
  public Timestamp {
    Wire.require(isMessageId(text), "timestamp");
  }

  /** The timestamp, if the text is exactly one. */
  public static Optional<Timestamp> parse(String text) {
    return isMessageId(text) ? Optional.of(new Timestamp(text)) : Optional.empty();
  }

  /** Whether it looks like a front challenge of this or another gateway: never to be answered. */
  public boolean ownMark() {
    return text.regionMatches(true, 1, OWN_MARK, 0, OWN_MARK.length());
  }

  private static boolean isMessageId(String text) {
    int end = text.length() - 1;
    int at = text.indexOf('@');
    return text.length() <= MAX_OCTETS
        && at > 0
        && text.charAt(0) == '<'
        && text.charAt(end) == '>'
        && isAtoms(text, 1, at)
        && isAtoms(text, at + 1, end);
  }

  private static boolean isAtoms(String text, int start, int end) {
    boolean inAtom = false;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (!inAtom) {
          return false;
        }
        inAtom = false;
      } else if (isAtom(c)) {
        inAtom = true;
      } else {
        return false;
      }
    }
    return inAtom;
  }

  private static boolean isAtom(char c) {
    return c > ' ' && c < 0x7f && "()<>@,;:\\\".[]".indexOf(c) < 0;
  }
}
