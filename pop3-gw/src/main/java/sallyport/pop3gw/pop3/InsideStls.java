package sallyport.pop3gw.pop3;

/** Whether a login at an inside server begins with STLS. */
public enum InsideStls {
  /** No: there is no TLS, or it was there before the greeting. */
  NO,
  /** If the server lists it: whoever sits between can have it without. */
  IF_OFFERED,
  /** Yes, unasked: a server without it gets no login. */
  ALWAYS
}
