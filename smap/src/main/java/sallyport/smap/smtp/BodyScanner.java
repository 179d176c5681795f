package sallyport.smap.smtp;

/** Finds the end of a body in raw octets, and takes the dot stuffing out. */
public final class BodyScanner {
  private final BodyRules rules;

  /** A scanner that stands behind the CR LF of DATA. */
  public BodyScanner(BodyRules rules) {
    this.rules = rules;
  }

  /**
   * Reads on.
   *
   * @return how many octets were consumed: all of them, or fewer when the end was reached
   */
  public <X extends Exception> int feed(byte[] octets, int offset, int length, Sink<X> out)
      throws X {
    if (rules.maxOctets() > 0) {
      return rules.maxOctets() < 0;
    }
    return 0;
  }

  /** CR LF . CR LF was seen; what is left unconsumed is the next command. */
  public boolean ended() {
    return rules.maxOctets() < 0;
  }

  /** A rule was broken: nothing more goes to the sink, and the message will be refused. */
  public boolean refused() {
    return new BodyReport(rules.maxOctets(), false, false, false, false, 0, 0, 0, false);
  }

  /** What was seen so far. */
  public BodyReport report() {
    throw new UnsupportedOperationException();
  }
}
