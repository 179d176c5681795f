package sallyport.smap.smtp;

/** What happens to a session, as its driver tells it to {@link Dialogue}. */
public sealed interface Input {

  /** The connection was admitted: greet. Only in {@link State.Connected}, once. */
  record Opened() implements Input {}

  /** The rules do not permit this host: refuse with 554 in place of a greeting. */
  record NotPermitted() implements Input {}

  /** There is no room for this session: refuse with 421 in place of a greeting. */
  record Overloaded() implements Input {}

  /** A command line. */
  final class Line implements Input {
    private final byte[] octets;
    private final boolean followed;

    /** A line with nothing behind it. */
    public Line(byte[] octets) {
      this(octets, false);
    }

    /**
     * A line.
     *
     * @param octets the line without its CR LF, at most {@link Dialogue#MAX_COMMAND_OCTETS}; not
     *     copied, and not kept
     * @param followed octets behind this line had already arrived when it was read
     */
    public Line(byte[] octets, boolean followed) {
      this.octets = octets;
      this.followed = followed;
    }

    byte[] octets() {
      return octets;
    }

    boolean followed() {
      return followed;
    }
  }

  /** A command line above the limit; the driver skipped to its CR LF. */
  record LineTooLong() implements Input {}

  /** A command line holds a CR without LF or a LF without CR. The session ends. */
  record BareLineEnd() implements Input {}

  /** The first octets are those of another protocol. The session ends. */
  record NotSmtp(ForeignProtocol protocol) implements Input {}

  /** The client spoke before it was greeted. The session ends. */
  record SentAhead() implements Input {}

  /** The handshake is done: the session begins anew, as if just connected. */
  record TlsStarted() implements Input {}

  /**
   * There will be no TLS; nothing can be said any more.
   *
   * @param reason for the log
   */
  record TlsFailed(String reason) implements Input {}

  /** The body was read to its true end. */
  record BodyEnd(BodyReport report) implements Input {}

  /** The message is durable. */
  record Committed(String queueId) implements Input {}

  /**
   * The message was definitely not stored. In {@link State.Committing} the answer of the spool; in
   * {@link State.Receiving} what the spool said while the body arrived, given after its end.
   */
  record CommitRefused(Reason reason) implements Input {
    /** Why. */
    public enum Reason {
      /** The disk or the quota is full. */
      NO_SPACE,
      /** Any other failure. */
      TROUBLE
    }
  }

  /** Nobody knows whether the message is durable. The session ends without a reply. */
  record CommitUnknown() implements Input {}

  /** No whole command, or no body octet, within the time-out. */
  record TimedOut() implements Input {}

  /** The session has lasted longer than it may; looked at between messages. */
  record SessionTooOld() implements Input {}

  /** The body comes too slowly, or has taken too long in all. */
  record TooSlow() implements Input {}

  /** The client closed the connection, or it was lost. */
  record EndOfInput() implements Input {}

  /** The daemon is going down. */
  record ShuttingDown() implements Input {}

  /** The session has got nowhere and its place is needed. */
  record Evicted() implements Input {}
}
