package sallyport.smap.smtp;

/** Decides about a sender. A pure function; it never blocks. */
@FunctionalInterface
public interface SenderPolicy {

  /** Decides about a sender that has passed the parser. */
  Verdict decide(Sender sender);

  /** The answers. */
  enum Verdict {
    /** 250. */
    ACCEPT,
    /** 550 5.7.1. */
    REFUSED
  }

  /** Takes every sender. */
  static SenderPolicy any() {
    return sender -> Verdict.ACCEPT;
  }
}
