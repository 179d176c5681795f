package sallyport.spool;

/** How a commit ended. */
public sealed interface CommitResult {
  /** The message is on disk under its final name: answer 250. */
  record Committed() implements CommitResult {}

  /**
   * Nothing of the message is or will be in {@code new/}: answer 4xx.
   *
   * @param reason what to tell the client
   * @param detail what to tell the log
   */
  record Refused(Reason reason, String detail) implements CommitResult {}

  /**
   * The message may or may not be there: close the connection without a reply. The process is about
   * to end.
   *
   * @param detail what to tell the log
   */
  record Unknown(String detail) implements CommitResult {}

  /** Why a message was refused. */
  enum Reason {
    /** No room: 452. */
    NO_SPACE,
    /** Anything else: 451. */
    TROUBLE
  }
}
