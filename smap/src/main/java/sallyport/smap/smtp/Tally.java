package sallyport.smap.smtp;

/**
 * What a session has done wrong since its last accepted message.
 *
 * @param errors commands refused for a reason that lies with the client
 * @param junk commands that carry no mail (NOOP, RSET, VRFY, HELP, repeated greetings)
 * @param overshoot recipients offered beyond the limit in the open transaction
 */
public record Tally(int errors, int junk, int overshoot) {
  /** Nothing wrong yet. */
  public static final Tally NONE = new Tally(0, 0, 0);

  Tally plusError() {
    return new Tally(errors + 1, junk, overshoot);
  }

  Tally plusJunk() {
    return new Tally(errors, junk + 1, overshoot);
  }

  Tally plusOvershoot() {
    return new Tally(errors, junk, overshoot + 1);
  }

  Tally newTransaction() {
    return new Tally(errors, junk, 0);
  }
}
