package sallyport.smap.smtp;

/**
 * What one session may do. A driver makes one for each client from the rule table; the decisions
 * inside know the client, the core does not.
 *
 * @param hostname our own name, for the greeting: a domain or an address literal
 * @param limits bounds
 * @param lineEnds what becomes of bare CR, LF and NUL from this client
 * @param startTls whether TLS can be begun
 * @param senders who may send
 * @param recipients who may be written to
 */
public record Policy(
    String hostname,
    Limits limits,
    LineEnds lineEnds,
    StartTls startTls,
    SenderPolicy senders,
    RecipientPolicy recipients) {

  /** One without STARTTLS. */
  public Policy(
      String hostname,
      Limits limits,
      LineEnds lineEnds,
      SenderPolicy senders,
      RecipientPolicy recipients) {
    this(hostname, limits, lineEnds, StartTls.ABSENT, senders, recipients);
  }

  /** Checks the host name, because it stands in replies. */
  public Policy {
    if (!Reply.isPrintable(hostname) || hostname.isEmpty() || hostname.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("hostname must be printable ASCII without blanks");
    }
    if (hostname.length() > Greeting.MAX_NAME) {
      throw new IllegalArgumentException("hostname must be at most 255 characters");
    }
  }

  BodyRules bodyRules() {
    return new BodyRules(
        limits.maxOctets(),
        BodyRules.MAX_HEADER_OCTETS,
        BodyRules.MAX_HEADER_LINE_OCTETS,
        lineEnds);
  }
}
