package sallyport.smap.smtp;

/**
 * Decides about a recipient. A pure function; it never blocks. {@code <postmaster>} without a
 * domain is never asked about.
 */
@FunctionalInterface
public interface RecipientPolicy {

  /** Decides about a recipient that has passed the parser. */
  Verdict decide(Mailbox recipient);

  /** The answers. */
  enum Verdict {
    /** 250. */
    ACCEPT,
    /** 550 5.7.1: not one of our domains, and this client may not send elsewhere. */
    RELAYING_DENIED,
    /** 550 5.1.1: the list of recipients does not have it. */
    UNKNOWN,
    /** 550 5.4.4: no relay, route or sendmail carries mail for its domain. */
    NO_ROUTE
  }
}
