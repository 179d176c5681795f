package sallyport.pop3gw.pop3;

import java.util.Optional;
import java.util.Set;

/** Protocols that strangers speak to a POP3 port by mistake or with intent. */
public enum ForeignProtocol {
  /** A TLS ClientHello. */
  TLS,
  /** An HTTP request. */
  HTTP,
  /** An SMTP greeting. */
  SMTP,
  /** An SSH identification string. */
  SSH;

  private static final char TLS_HANDSHAKE = 0x16;
  private static final Set<String> HTTP_METHODS =
      Set.of("GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "PRI");
  private static final Set<String> SMTP_GREETINGS = Set.of("EHLO", "HELO", "LHLO");

  /**
   * Looks at a command line.
   *
   * @param verb its first word in upper case
   */
  static Optional<ForeignProtocol> recognise(String line, String verb) {
    if (line.indexOf(TLS_HANDSHAKE) == 0) {
      return Optional.of(TLS);
    }
    if (HTTP_METHODS.contains(verb)) {
      return Optional.of(HTTP);
    }
    if (SMTP_GREETINGS.contains(verb)) {
      return Optional.of(SMTP);
    }
    return verb.startsWith("SSH-") ? Optional.of(SSH) : Optional.empty();
  }
}
