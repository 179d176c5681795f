package sallyport.pop3gw.pop3;

import sallyport.authdb.protocol.SecretText;

/** What happens to the connection to an inside server, as its driver tells it. */
public sealed interface InsideInput {

  /** A line of the server. */
  final class Line implements InsideInput {
    private final byte[] octets;
    private final boolean followed;

    /**
     * A line.
     *
     * @param octets the line without its CR LF, at most {@link InsideDialogue#MAX_LINE_OCTETS}; not
     *     copied, and not kept
     * @param followed octets behind this line had already arrived when it was read
     */
    public Line(byte[] octets, boolean followed) {
      this.octets = octets;
      this.followed = followed;
    }

    byte[] octets() {
      return octets;
    }

    boolean followed() {
      return followed;
    }
  }

  /** A line above the limit; where it ends does not matter. */
  record LineTooLong() implements InsideInput {}

  /** A line with a bare CR or LF, or one that begins as TLS does. */
  record BareLineEnd() implements InsideInput {}

  /** No whole line within the time-out. */
  record TimedOut() implements InsideInput {}

  /** The server closed, or the connection was lost. */
  record EndOfInput() implements InsideInput {}

  /**
   * authsrv's answer to {@link InsideAction.AskDigest}.
   *
   * @param hex 32 lower-case hex digits
   * @param followed octets of the server have arrived meanwhile
   */
  record Digest(String hex, boolean followed) implements InsideInput {
    @Override
    public String toString() {
      return "Digest[hex=***, followed=" + followed + "]";
    }
  }

  /**
   * authsrv's answer to {@link InsideAction.AskSecret}.
   *
   * @param followed octets of the server have arrived meanwhile
   */
  record Secret(SecretText text, boolean followed) implements InsideInput {}

  /** The TLS handshake is done: all that is read and written from now on goes through TLS. */
  record TlsStarted() implements InsideInput {}

  /** It failed; the driver has logged why. */
  record TlsFailed() implements InsideInput {}

  /** authsrv has said no. */
  record Refused() implements InsideInput {}

  /** authsrv cannot be asked, or does not know. */
  record Unavailable() implements InsideInput {}
}
