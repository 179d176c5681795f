package sallyport.netperm;

/** What is known of a client's name. */
public sealed interface HostName {
  /**
   * A name that leads back to the client's address.
   *
   * @param name in lower case, without a final dot
   */
  record Known(String name) implements HostName {
    public Known {
      name = Ascii.domain(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** No name that could be believed; a rule meets it with the pattern {@code unknown}. */
  record Unknown(Reason reason) implements HostName {
    @Override
    public String toString() {
      return "unknown";
    }
  }

  /** Why a name is unknown. */
  enum Reason {
    /** The address has no name. */
    NO_NAME,
    /** The address has a name, but that name does not lead back to it: a possible spoof. */
    MISMATCH,
    /** The look-up failed or took too long. */
    FAILED,
    /** No rule that was reached needed a name. */
    NOT_ASKED
  }
}
