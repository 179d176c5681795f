package sallyport.pop3gw.pop3;

/** How one side of a login is done, by a client at the gateway or by the gateway inside. */
public enum LoginMethod {
  /** A digest over the timestamp of the greeting and the secret, RFC 1939 section 7. */
  APOP,
  /** USER and PASS: the secret itself on the wire. */
  PASS
}
