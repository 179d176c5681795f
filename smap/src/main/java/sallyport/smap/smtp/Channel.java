package sallyport.smap.smtp;

/** What a session runs on. */
public enum Channel {
  /** In the clear. */
  CLEAR,
  /** Through TLS. */
  TLS
}
