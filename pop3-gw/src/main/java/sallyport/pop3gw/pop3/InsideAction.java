package sallyport.pop3gw.pop3;

/** What the driver of the connection to an inside server has to do. */
public sealed interface InsideAction {

  /**
   * Ask authsrv for the digest of this timestamp against the grant; then give {@link
   * InsideInput.Digest}, {@link InsideInput.Refused} or {@link InsideInput.Unavailable}.
   */
  record AskDigest(String timestamp) implements InsideAction {}

  /**
   * Ask authsrv for the secret against the grant; then give {@link InsideInput.Secret}, {@link
   * InsideInput.Refused} or {@link InsideInput.Unavailable}.
   */
  record AskSecret() implements InsideAction {}

  /** Write this line, then read one. */
  record Send(InsideCommand command) implements InsideAction {}

  /** Read another line. */
  record Read() implements InsideAction {}

  /**
   * Make the handshake; then give {@link InsideInput.TlsStarted} or {@link InsideInput.TlsFailed}.
   */
  record StartTls() implements InsideAction {}

  /** Logged in, and the server has said nothing more: the connection is ready to be relayed. */
  record Ready() implements InsideAction {}

  /** It did not come about: close the connection, without another word. */
  record Failed(InsideFault fault) implements InsideAction {}
}
