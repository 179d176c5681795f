package sallyport.spool;

/**
 * Something in the spool that an administrator must see.
 *
 * @param kind what sort of thing
 * @param name the file, folder or queue id; from an untrusted folder, so escape it
 * @param detail one line; may quote untrusted text, so escape it
 */
public record QueueAlert(Kind kind, String name, String detail) {
  /** The sorts of alert. */
  public enum Kind {
    /** A name in {@code new/} that is not of the legal form, or a file that cannot be moved. */
    NOT_TAKEN,
    /** A file that is no batch of ours, or a batch with damaged messages; it is kept in bad/. */
    DAMAGED,
    /** A file in queue/ that cannot be read now; it stays where it is. */
    UNREADABLE,
    /** A line of a log, other than the last, that does not hold its checksum. */
    LOG_DAMAGED,
    /** All is delivered but the file cannot be removed or moved to bad/; it stays. */
    NOT_FINISHED,
    /** A force failed: what is on disk is unknown. Every later call fails; end the process. */
    BROKEN
  }
}
