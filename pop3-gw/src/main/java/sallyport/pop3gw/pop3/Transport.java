package sallyport.pop3gw.pop3;

/** How a client's octets travel at this moment, and what may be done about that. */
public enum Transport {
  /** Readable on the wire, and STLS is not offered. */
  PLAIN,
  /** Readable on the wire; STLS is offered. */
  STLS_OFFERED,
  /** Readable on the wire; there is no login before STLS. */
  STLS_REQUIRED,
  /** Under TLS. */
  TLS;

  /** Whether STLS can be said now. */
  boolean offersStls() {
    return this == STLS_OFFERED || this == STLS_REQUIRED;
  }
}
