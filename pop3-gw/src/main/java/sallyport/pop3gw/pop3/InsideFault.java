package sallyport.pop3gw.pop3;

/** Why the login at an inside server did not come about, for the log. */
public enum InsideFault {
  /** No connection. */
  UNREACHABLE(InsideTrouble.DOWN),
  /** It closed, or the connection was lost. */
  CLOSED(InsideTrouble.DOWN),
  /** No whole line within the time-out. */
  SILENT(InsideTrouble.DOWN),
  /** A line above {@link InsideDialogue#MAX_LINE_OCTETS}. */
  LINE_TOO_LONG(InsideTrouble.DOWN),
  /** A line that does not end with CR LF. */
  BARE_LINE_END(InsideTrouble.DOWN),
  /** A line that is neither +OK nor -ERR. */
  NOT_POP3(InsideTrouble.DOWN),
  /** It greeted with -ERR. */
  REFUSED_CONNECTION(InsideTrouble.DOWN),
  /** A greeting with a control character or an octet beyond ASCII. */
  BAD_GREETING(InsideTrouble.DOWN),
  /** APOP is configured, and the greeting holds no timestamp. */
  NO_TIMESTAMP(InsideTrouble.DOWN),
  /** The greeting holds more than one thing that may be a timestamp. */
  SEVERAL_TIMESTAMPS(InsideTrouble.DOWN),
  /** What should be the timestamp is no RFC 822 msg-id of atoms: CVE-2007-1558. */
  BAD_TIMESTAMP(InsideTrouble.DOWN),
  /** The timestamp is a front challenge of a gateway: an answer would log in as the user. */
  REFLECTED_CHALLENGE(InsideTrouble.DOWN),
  /**
   * authsrv will not answer this timestamp: it answered it before, and has then said so in its own
   * log; or the grant has run out, because the server took its time.
   */
  TIMESTAMP_REFUSED(InsideTrouble.DOWN),
  /** Octets came that nobody had asked for yet. */
  SPOKE_AHEAD(InsideTrouble.DOWN),
  /** The table wants TLS, and the server refuses STLS. */
  NO_TLS(InsideTrouble.DOWN),
  /** The handshake failed, or the certificate is not what the table wants. */
  TLS_FAILED(InsideTrouble.DOWN),
  /** A list of capabilities above {@link InsideDialogue#MAX_CAPABILITIES}. */
  TOO_MANY_CAPABILITIES(InsideTrouble.DOWN),
  /** authsrv cannot be asked. */
  NO_AUTHSRV(InsideTrouble.DOWN),
  /** authsrv has no secret that may be sent there. */
  NO_SECRET(InsideTrouble.NO_SECRET),
  /** The name or the secret cannot be written as a command. */
  UNSENDABLE(InsideTrouble.NO_SECRET),
  /** It refused with [IN-USE]. */
  IN_USE(InsideTrouble.IN_USE),
  /** It refused with [LOGIN-DELAY]. */
  LOGIN_DELAY(InsideTrouble.LOGIN_DELAY),
  /** It refused with [SYS/TEMP]. */
  TEMPORARY(InsideTrouble.DOWN),
  /** It refused with [AUTH], with another code, or with none. */
  LOGIN_REFUSED(InsideTrouble.CREDENTIALS);

  private final InsideTrouble trouble;

  InsideFault(InsideTrouble trouble) {
    this.trouble = trouble;
  }

  /** What the client's {@link Dialogue} is given in {@link Input.InsideFailed}. */
  public InsideTrouble trouble() {
    return trouble;
  }

  /** No accident makes an inside server do this: an administrator must see it. */
  public boolean isSuspicious() {
    return switch (this) {
      case REFLECTED_CHALLENGE, BAD_TIMESTAMP, SEVERAL_TIMESTAMPS, SPOKE_AHEAD -> true;
      case UNREACHABLE,
          CLOSED,
          SILENT,
          LINE_TOO_LONG,
          BARE_LINE_END,
          NOT_POP3,
          REFUSED_CONNECTION,
          BAD_GREETING,
          NO_TIMESTAMP,
          TIMESTAMP_REFUSED,
          NO_TLS,
          TLS_FAILED,
          TOO_MANY_CAPABILITIES,
          NO_AUTHSRV,
          NO_SECRET,
          UNSENDABLE,
          IN_USE,
          LOGIN_DELAY,
          TEMPORARY,
          LOGIN_REFUSED ->
          false;
    };
  }
}
