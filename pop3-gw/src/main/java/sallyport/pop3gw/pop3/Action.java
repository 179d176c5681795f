package sallyport.pop3gw.pop3;

import sallyport.authdb.protocol.SecretText;

/** What the driver of a client's session has to do, in the order given. */
public sealed interface Action {

  /** Write this reply. */
  record Send(Reply reply) implements Action {}

  /**
   * If octets have come behind the command, give {@link Input.SentAhead} and write nothing: they
   * were sent readable, maybe by somebody between, and would be taken for octets under TLS. Else
   * write this reply, make the handshake, and give {@link Input.TlsStarted} or {@link
   * Input.TlsFailed}.
   */
  record StartTls(Reply reply) implements Action {}

  /** A user has been named: the session has got somewhere, though it is not logged in. */
  record Named() implements Action {}

  /**
   * Ask authsrv about a digest, or have it deny if the rules do not let this user through; then
   * give {@link Input.LoggedIn}, {@link Input.Refused} or {@link Input.Unavailable}.
   *
   * @param login as typed, visible ASCII
   * @param challenge the one this session was greeted with
   * @param digest 32 lower-case hex digits
   */
  record VerifyDigest(String login, String challenge, String digest) implements Action {
    @Override
    public String toString() {
      return "VerifyDigest[login=" + login + ", challenge=" + challenge + ", digest=***]";
    }
  }

  /**
   * The same for a password.
   *
   * @param login as typed, visible ASCII
   * @param password as typed, at least one octet and no NUL
   */
  record VerifyPassword(String login, SecretText password) implements Action {}

  /**
   * These credentials cannot be anybody's: have authsrv deny them, so that they are refused like
   * any others, and give its answer.
   *
   * @param login as typed, visible ASCII; empty if it is not
   * @param reason one of ours, for the log
   */
  record Deny(String login, String reason) implements Action {}

  /**
   * Connect to this inside server and run an {@link InsideDialogue}, then give {@link
   * Input.InsideReady} or {@link Input.InsideFailed}.
   */
  record ConnectInside(String server) implements Action {}

  /**
   * Carry octets both ways until an end, beginning with those of the client that are waiting
   * already. The last action of a session.
   */
  record Relay() implements Action {}

  /** Write what waits to be written and close the connection. */
  record Close() implements Action {}

  /**
   * Something for the log.
   *
   * @param topic what happened
   * @param detail bounded printable ASCII of the client's (the log must escape it), or ours, or
   *     empty; never what could be a secret
   */
  record Note(Topic topic, String detail) implements Action {
    /** The closed set of things worth a log line. */
    public enum Topic {
      /** Credentials were refused; the detail is the login as typed, or empty. */
      LOGIN_REFUSED,
      /** authsrv could not be asked. */
      LOGIN_UNAVAILABLE,
      /** The inside server let nobody in; the detail is the kind. */
      INSIDE_FAILED,
      /** A command that is wrong here; the detail is its verb, if it is one. */
      BAD_COMMAND,
      /** Octets came between STLS and its answer. */
      SENT_AHEAD,
      /** Too many commands without a login. */
      TOO_MANY_COMMANDS,
      /** A command line was longer than allowed. */
      LINE_TOO_LONG,
      /** A command line held a bare CR or LF. */
      BARE_LINE_END,
      /** HTTP, TLS or another protocol; the detail names it. */
      NOT_POP3,
      /** authsrv's challenge cannot stand in a greeting: something is wrong there. */
      BAD_CHALLENGE,
      /** A time-out. */
      TIMED_OUT
    }
  }
}
