package sallyport.pop3gw.pop3;

import java.util.Optional;

/** What happens to a client's session, as its driver tells it to {@link Dialogue}. */
public sealed interface Input {

  /**
   * The connection was admitted: greet. Only in {@link State.Connected}, once.
   *
   * @param challenge authsrv's, if the policy offers APOP
   */
  record Opened(Optional<String> challenge) implements Input {}

  /** The TLS handshake is done: all that is read and written from now on goes through TLS. */
  record TlsStarted() implements Input {}

  /** It failed; the driver has logged why. Not a word can be said any more. */
  record TlsFailed() implements Input {}

  /** Octets came behind STLS before it was answered, and no handshake was begun. */
  record SentAhead() implements Input {}

  /** The rules do not permit this host: refuse in place of a greeting. */
  record NotPermitted() implements Input {}

  /** There is no room for this session: refuse in place of a greeting. */
  record Overloaded() implements Input {}

  /** A command line. */
  final class Line implements Input {
    private final byte[] octets;

    /**
     * A line.
     *
     * @param octets the line without its CR LF, at most {@link Dialogue#mostOctets}; not copied,
     *     and not kept
     */
    public Line(byte[] octets) {
      this.octets = octets;
    }

    byte[] octets() {
      return octets;
    }
  }

  /** A command line above the limit. The session ends. */
  record LineTooLong() implements Input {}

  /** A command line holds a CR without LF or a LF without CR. The session ends. */
  record BareLineEnd() implements Input {}

  /** The octets are those of another protocol. The session ends. */
  record NotPop3(ForeignProtocol protocol) implements Input {}

  /**
   * authsrv has said yes to what {@link Action.VerifyDigest} or {@link Action.VerifyPassword}
   * asked.
   *
   * @param server name of the inside server in the table
   */
  record LoggedIn(String server) implements Input {}

  /** authsrv has said no, to whatever was asked; it has held the answer back already. */
  record Refused() implements Input {}

  /** authsrv cannot be asked, or does not know: in place of a greeting, or of an answer. */
  record Unavailable() implements Input {}

  /** {@link InsideDialogue} has said {@link InsideAction.Ready}. */
  record InsideReady() implements Input {}

  /** {@link InsideDialogue} has said {@link InsideAction.Failed}, or there was no connection. */
  record InsideFailed(InsideTrouble trouble) implements Input {}

  /** No whole command within the time-out. */
  record TimedOut() implements Input {}

  /** The client closed the connection, or it was lost. */
  record EndOfInput() implements Input {}

  /** The daemon is going down. */
  record ShuttingDown() implements Input {}

  /** The session has got nowhere and its place is needed. */
  record Evicted() implements Input {}
}
