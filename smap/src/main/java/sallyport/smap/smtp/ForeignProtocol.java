package sallyport.smap.smtp;

import java.util.Optional;

/** Protocols that strangers speak to an SMTP port by mistake or with intent. */
public enum ForeignProtocol {
  /** A TLS ClientHello. */
  TLS,
  /** An HTTP request. */
  HTTP,
  /** An SSH identification string. */
  SSH;

  /**
   * Looks at the first octets of a connection.
   *
   * @return what they are, or empty when they may be SMTP or are too few to tell
   */
  public static Optional<ForeignProtocol> recognise(byte[] octets, int offset, int length) {
    throw new UnsupportedOperationException();
  }
}
