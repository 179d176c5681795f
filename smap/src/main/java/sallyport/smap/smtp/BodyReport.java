package sallyport.smap.smtp;

/**
 * What {@link BodyScanner} saw.
 *
 * @param octets octets handed to the sink
 * @param tooBig the message passed {@link BodyRules#maxOctets}
 * @param bareCr a CR without LF was seen
 * @param bareLf a LF without CR was seen
 * @param nul a NUL was seen
 * @param hops {@code Received:} fields in the header
 * @param headerOctets size of the header, with line ends, without the empty line behind it
 * @param longestHeaderLine longest line of the header, without its line end
 * @param headerEnded an empty line ended the header
 */
public record BodyReport(
    long octets,
    boolean tooBig,
    boolean bareCr,
    boolean bareLf,
    boolean nul,
    int hops,
    int headerOctets,
    int longestHeaderLine,
    boolean headerEnded) {}
