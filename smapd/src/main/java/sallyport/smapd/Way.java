package sallyport.smapd;

/**
 * How a recipient's mail leaves. Recipients of one message that have the same way are handed over
 * together.
 *
 * @param direction decided by the recipient's domain
 */
record Way(Destination destination, Direction direction) {

  /** Whether a recipient's domain is one of {@code local-domains}. */
  enum Direction {
    /** It is, or the recipient is a bare {@code postmaster}. */
    INCOMING,
    /** It is not. */
    OUTGOING
  }
}
