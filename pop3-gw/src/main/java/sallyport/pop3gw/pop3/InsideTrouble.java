package sallyport.pop3gw.pop3;

/** Why a client that has logged in gets no mailbox: all it is told about the inside server. */
public enum InsideTrouble {
  /** The inside server cannot be reached or does not behave. */
  DOWN,
  /** Another session has the mailbox. */
  IN_USE,
  /** The inside server lets this user in only so often. */
  LOGIN_DELAY,
  /** The inside server refused the login that authsrv made for it: no fault of the user's. */
  CREDENTIALS,
  /** authsrv has nothing to log in with there. */
  NO_SECRET
}
