package sallyport.smap.smtp;

import java.time.Duration;

/** What the driver has to do, in the order given. */
public sealed interface Action {

  /** Write this reply; replies to pipelined commands may leave in one write. */
  record Send(Reply reply) implements Action {}

  /** Wait this long before the next {@link Send}: the client makes too many errors. */
  record Delay(Duration time) implements Action {}

  /**
   * Read the body through {@code new BodyScanner(rules)} to its end, then give {@link
   * Input.BodyEnd}. The 354 stands before this action.
   */
  record ReceiveBody(Transaction transaction, BodyRules rules) implements Action {}

  /** Make the body that was read durable, then give the outcome. */
  record Commit(Transaction transaction) implements Action {}

  /**
   * Write what waits to be written and do the handshake, then give {@link Input.TlsStarted} or
   * {@link Input.TlsFailed}. Octets that came before it must make it fail (RFC 3207 section 4.2).
   */
  record BeginTls() implements Action {}

  /** Throw away the body that was read, or the part of it. */
  record Discard() implements Action {}

  /** Write what waits to be written and close the connection. */
  record Close() implements Action {}

  /**
   * Something for the log.
   *
   * @param topic what happened
   * @param detail what the client sent (bounded, hostile: the log must escape it), or empty
   */
  record Note(Topic topic, String detail) implements Action {
    /** The closed set of things worth a log line. */
    public enum Topic {
      /** MAIL was refused. */
      SENDER_REFUSED,
      /** RCPT was refused. */
      RECIPIENT_REFUSED,
      /** A body was refused after its end. */
      MESSAGE_REFUSED,
      /** Another command was refused; the detail is its verb. */
      COMMAND_REFUSED,
      /** The client reached the soft error limit. */
      MANY_ERRORS,
      /** The client reached the hard error limit and was cut off. */
      TOO_MANY_ERRORS,
      /** HTTP, TLS or another protocol; the detail names it. */
      NOT_SMTP,
      /** A handshake failed; the detail says why. */
      TLS_FAILED,
      /** The client sent ahead where it may not; the detail is the command it stood behind. */
      SENT_AHEAD,
      /** A command line held a bare CR or LF. */
      BARE_LINE_END,
      /** The client used BDAT, which was not offered. */
      BDAT,
      /** A time-out, of a command or of a session. */
      TIMED_OUT,
      /** The body came too slowly. */
      TOO_SLOW,
      /** The connection ended inside a body; nothing of it was kept. */
      LOST_IN_BODY
    }
  }
}
