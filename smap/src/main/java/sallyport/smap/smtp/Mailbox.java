package sallyport.smap.smtp;

/**
 * An address that has passed the parser: no control characters, no 8-bit, lengths within RFC 5321.
 *
 * @param localPart without quotes and backslashes, as it is meant
 * @param domain as the client wrote it: a domain, or an address literal in brackets
 */
public record Mailbox(String localPart, String domain) {

  /** The domain is an address literal. */
  public boolean hasLiteral() {
    return domain.startsWith("[");
  }

  /**
   * {@code local@domain} with the least quoting that works, which RFC 5321 section 4.1.2 asks of a
   * sending system.
   */
  public String text() {
    return (isDotString(localPart) ? localPart : quoted(localPart)) + '@' + domain;
  }

  @Override
  public String toString() {
    return text();
  }

  /** {@code Dot-string = Atom *("." Atom)}. */
  private static boolean isDotString(String text) {
    boolean wantAtom = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' ? wantAtom : !Characters.isAtomText(c)) {
        return false;
      }
      wantAtom = c == '.';
    }
    return !wantAtom;
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }
}
