package sallyport.daemon;

import sallyport.daemon.tls.TlsFacts;

/**
 * What came of {@link Connection#startTls}. After any but {@link Started} it can only be closed.
 */
public sealed interface TlsStart {

  /** The connection is encrypted. */
  record Started(TlsFacts facts) implements TlsStart {}

  /** The peer had sent octets in the clear that would have been taken for encrypted ones. */
  record SentAhead() implements TlsStart {}

  /** The peer speaks something else. */
  record NotTls() implements TlsStart {}

  /**
   * The two sides could not agree, or the peer was not who it should be.
   *
   * @param reason for the log; in part the peer's own words
   */
  record Failed(String reason) implements TlsStart {}

  /** The deadline passed first. */
  record TimedOut() implements TlsStart {}

  /** The peer closed, or the connection broke. */
  record Lost() implements TlsStart {}

  /** {@link Connection#interrupt} was called. */
  record Interrupted(Received.Interruption cause) implements TlsStart {}
}
