package sallyport.smap.smtp;

/**
 * How the client introduced itself.
 *
 * @param protocol by HELO or by EHLO
 * @param name the name it gave: printable ASCII without blanks, at most {@link #MAX_NAME}
 *     characters, otherwise unchecked and hostile
 */
public record Greeting(Protocol protocol, String name) {
  /** Longest HELO or EHLO argument, RFC 5321 section 4.5.3.1.2. */
  public static final int MAX_NAME = 255;

  /** The words of RFC 3848 for the {@code with} clause of {@code Received:}. */
  public enum Protocol {
    /** The client said HELO: no pipelining was offered. */
    SMTP,
    /** The client said EHLO. */
    ESMTP
  }
}
