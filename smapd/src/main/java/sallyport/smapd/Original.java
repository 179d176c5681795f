package sallyport.smapd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import sallyport.spool.DamagedException;
import sallyport.spool.QueuedMessage;

/**
 * What of a message goes back with a report: the third part of RFC 6522. Always 7-bit, so that the
 * report can pass any mail server; a longer message, and one with 8-bit octets in it, goes back by
 * its header only.
 */
sealed interface Original {
  /** A message up to this size goes back whole. */
  int WHOLE_OCTETS = 50_000;

  /** More of a header does not go back. */
  int HEADER_OCTETS = 20_000;

  /**
   * The message.
   *
   * @param text 7-bit lines of at most 998 octets, each with CR LF
   */
  record Whole(String text) implements Original {}

  /**
   * The fields of its header, without the empty line.
   *
   * @param text 7-bit lines of at most 998 octets, each with CR LF
   * @param quotedPrintable whether the text is encoded, since the fields are not fit to be sent
   * @param cut whether there are more fields than are given back
   */
  record Header(String text, boolean quotedPrintable, boolean cut) implements Original {}

  /** Its file is damaged. */
  record Unreadable() implements Original {}

  /** Takes from the spool what goes back. */
  static Original of(QueuedMessage message) throws IOException {
    try {
      byte[] header = message.header(HeaderCheck.MAX_HEADER_OCTETS + 1);
      if (message.size() <= WHOLE_OCTETS) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream((int) message.size());
        message.streamBody(whole);
        return of(whole.toByteArray());
      }
      return header(header);
    } catch (DamagedException e) {
      return new Unreadable();
    }
  }

  /** The part for a whole message that is short enough to go back. */
  static Original of(byte[] whole) {
    return whole.length <= WHOLE_OCTETS && isClean(whole)
        ? new Whole(new String(whole, StandardCharsets.US_ASCII))
        : header(whole);
  }

  /** The header part for these octets, which may go on behind the header. */
  static Header header(byte[] octets) {
    int end = headerEnd(octets);
    int kept = end <= HEADER_OCTETS ? end : lastField(octets, HEADER_OCTETS);
    String text = new String(octets, 0, kept, StandardCharsets.ISO_8859_1);
    boolean clean = isClean(text.getBytes(StandardCharsets.ISO_8859_1));
    return new Header(clean ? text : QuotedPrintable.encode(text), !clean, kept < end);
  }

  /** Where the empty line begins, or the end of what there is. */
  private static int headerEnd(byte[] octets) {
    int lineStart = 0;
    for (int i = 0; i < octets.length; i++) {
      if (octets[i] == '\n') {
        int length = i - lineStart - (i > 0 && octets[i - 1] == '\r' ? 1 : 0);
        if (length <= 0) {
          return lineStart;
        }
        lineStart = i + 1;
      }
    }
    return octets.length;
  }

  /** The start of the field that does not fit, so that what comes before it is whole. */
  private static int lastField(byte[] octets, int most) {
    for (int i = most; i > 1; i--) {
      if (octets[i - 1] == '\n' && octets[i] != ' ' && octets[i] != '\t') {
        return i;
      }
    }
    return most;
  }

  /** Whether MIME allows these octets as 7bit (RFC 2045 section 2.7), ended by a line end. */
  static boolean isClean(byte[] octets) {
    int lineLength = 0;
    for (int i = 0; i < octets.length; i++) {
      byte octet = octets[i];
      if (octet <= 0 || (octet == '\n') != (i > 0 && octets[i - 1] == '\r')) {
        return false;
      }
      lineLength = octet == '\n' ? 0 : lineLength + 1;
      if (lineLength > MailText.MAX_LINE + (octet == '\r' ? 1 : 0)) {
        return false;
      }
    }
    return octets.length == 0 || octets[octets.length - 1] == '\n';
  }
}
