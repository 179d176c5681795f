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

  /** {@code local@domain}, the local part quoted where it must be, RFC 5321 section 4.1.2. */
  public String text() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return text();
  }
}
