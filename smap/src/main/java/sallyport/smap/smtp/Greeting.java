package sallyport.smap.smtp;

/**
 * How the client introduced itself.
 *
 * @param protocol by HELO or by EHLO
 * @param name the name it gave: printable ASCII without blanks, at most {@link #MAX_NAME}
 *     characters, otherwise unchecked and hostile
 * @param channel on which it said so
 */
public record Greeting(Protocol protocol, String name, Channel channel) {
  /** Longest HELO or EHLO argument, RFC 5321 section 4.5.3.1.2. */
  public static final int MAX_NAME = 255;

  /** The greeting's verb, as the {@code with} clause of {@code Received:} knows it. */
  public enum Protocol {
    /** The client said HELO: no pipelining was offered. */
    SMTP,
    /** The client said EHLO. */
    ESMTP
  }

  /** In the clear. */
  public Greeting(Protocol protocol, String name) {
    this(protocol, name, Channel.CLEAR);
  }

  Greeting on(Channel other) {
    return new Greeting(protocol, name, other);
  }

  /**
   * The word of RFC 3848 for the {@code with} clause of {@code Received:}. It has none for HELO
   * under TLS, which stays SMTP.
   */
  String with() {
    boolean secured = protocol == Protocol.ESMTP && channel == Channel.TLS;
    return secured ? "ESMTPS" : protocol.name();
  }
}
