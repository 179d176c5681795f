package sallyport.smap.smtp;

/** What becomes of STARTTLS (RFC 3207) in a session that is in the clear. */
public enum StartTls {
  /** It is not there. */
  ABSENT,
  /** The client may. */
  OFFERED,
  /** Without it there is no mail. */
  REQUIRED
}
