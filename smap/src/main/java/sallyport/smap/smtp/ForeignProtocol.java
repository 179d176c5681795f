package sallyport.smap.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Protocols that strangers speak to an SMTP port by mistake or with intent. */
public enum ForeignProtocol {
  /** A TLS ClientHello. */
  TLS,
  /** An HTTP request. */
  HTTP,
  /** An SSH identification string. */
  SSH;

  /** How many octets {@link #recognise} looks at. */
  public static final int OCTETS_NEEDED = 8;

  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR_VERSION = 3;
  private static final List<byte[]> HTTP_STARTS =
      ascii("GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PATCH ", "PRI ");
  private static final List<byte[]> SSH_STARTS = ascii("SSH-");

  /**
   * Looks at the first octets of a connection or of a command line.
   *
   * @return what they are, or empty when they may be SMTP or are too few to tell
   */
  public static Optional<ForeignProtocol> recognise(byte[] octets, int offset, int length) {
    if (length >= 2 && octets[offset] == TLS_HANDSHAKE && octets[offset + 1] == TLS_MAJOR_VERSION) {
      return Optional.of(TLS);
    }
    if (startsWithAny(HTTP_STARTS, octets, offset, length)) {
      return Optional.of(HTTP);
    }
    return startsWithAny(SSH_STARTS, octets, offset, length) ? Optional.of(SSH) : Optional.empty();
  }

  private static boolean startsWithAny(List<byte[]> starts, byte[] octets, int offset, int length) {
    for (byte[] start : starts) {
      if (length >= start.length && startsWith(start, octets, offset)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] start, byte[] octets, int offset) {
    for (int i = 0; i < start.length; i++) {
      int octet = octets[offset + i];
      int upper = octet >= 'a' && octet <= 'z' ? octet - ' ' : octet;
      if (upper != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static List<byte[]> ascii(String... texts) {
    return List.of(texts).stream().map(t -> t.getBytes(StandardCharsets.US_ASCII)).toList();
  }
}
