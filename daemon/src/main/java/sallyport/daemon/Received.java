package sallyport.daemon;

/** What {@link Connection#readLine} got: a command line, or the reason why there is none. */
public sealed interface Received {

  /**
   * One line, without its CR LF.
   *
   * @param text one character an octet (ISO 8859-1): may hold any of them but LF and CR
   */
  record Line(String text) implements Received {}

  /** The line was longer than the bound; it has been skipped to its end. */
  record LineTooLong() implements Received {}

  /** The line was so long that its end was not waited for; the connection can only be closed. */
  record LineEndless() implements Received {}

  /** The line held a bare CR or ended in a bare LF; it has been skipped to its LF. */
  record BareLineEnd() implements Received {}

  /** The first octet of the line is that of a TLS record: not a line of text at all. */
  record TlsHello() implements Received {}

  /** The deadline passed before the line was whole. */
  record TimedOut() implements Received {}

  /** The peer closed, or the connection broke; a line without an end is dropped. */
  record EndOfInput() implements Received {}

  /**
   * {@link Connection#interrupt} was called.
   *
   * @param cause as given there
   */
  record Interrupted(Interruption cause) implements Received {}

  /** Why a waiting connection is ended by the daemon itself. */
  enum Interruption {
    /** The daemon stops. */
    SHUTTING_DOWN,
    /** The place is needed: sessions are full, and this one had got nowhere. */
    EVICTED
  }
}
