package sallyport.smapd;

/** What smapd's checks say of a message, or of one of its recipients. */
sealed interface Verdict {

  /** It may be handed on. */
  record Pass() implements Verdict {}

  /**
   * It may not be handed on.
   *
   * @param action what is done with it; never {@link HeaderAction#PASS}
   * @param check which check has found something, as the table names it; for a {@code header-match}
   *     with the number of its line
   * @param reason what was found, in printable ASCII
   * @param status code by RFC 3463
   */
  record Refused(HeaderAction action, String check, String reason, String status)
      implements Verdict {

    /** Checks the action. */
    public Refused {
      if (action == HeaderAction.PASS) {
        throw new IllegalArgumentException("a refusal that lets pass");
      }
    }

    /** For mail that nobody may get a bounce for. */
    Refused withoutBounce() {
      return action == HeaderAction.BOUNCE
          ? new Refused(HeaderAction.SET_ASIDE, check, reason, status)
          : this;
    }

    /** Check and reason, as the set-aside folder shows them. */
    String text() {
      return check + ": " + reason;
    }
  }
}
