package sallyport.smap.smtp;

/**
 * The bounds of one body.
 *
 * @param maxOctets largest message as it is stored
 * @param maxHeaderOctets largest header
 * @param maxHeaderLineOctets longest line of the header, without its CR LF
 * @param lineEnds what becomes of bare CR, LF and NUL
 */
public record BodyRules(
    long maxOctets, int maxHeaderOctets, int maxHeaderLineOctets, LineEnds lineEnds) {
  /** Largest header that is taken. */
  public static final int MAX_HEADER_OCTETS = 256 * 1024;

  /** Longest header line that is taken; lines of the body may have any length. */
  public static final int MAX_HEADER_LINE_OCTETS = 64 * 1024;
}
