package sallyport.smapd;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a report has to know of the header of the message it is about.
 *
 * @param messageId with its brackets; empty if there is none, or several, or if it is not well
 *     formed, for it goes into a header of ours
 * @param report whether the message is a delivery report itself
 * @param automatic whether a program or a list sent it, which no warning is of use to
 */
record OriginalHeader(String messageId, boolean report, boolean automatic) {

  static final OriginalHeader UNKNOWN = new OriginalHeader("", false, false);

  /** A longer Message-ID is not repeated. */
  private static final int MAX_MESSAGE_ID = 250;

  /** No value of interest is longer. */
  private static final int MAX_VALUE = 1_000;

  /** Behind the value of a field that is there more than once. */
  private static final String REPEATED = " ";

  private static final Pattern MESSAGE_ID =
      Pattern.compile("<[\\w!#$%&'*+/=?^`{|}~.-]+@[\\w!#$%&'*+/=?^`{|}~.\\[:\\]-]+>");

  private static final Set<String> WANTED =
      Set.of("message-id", "auto-submitted", "precedence", "content-type", "list-id");

  private static final Set<String> BULK = Set.of("bulk", "list", "junk");

  /**
   * Reads a header.
   *
   * @param octets the message from its first octet
   */
  static OriginalHeader of(byte[] octets) {
    Map<String, String> fields = fields(new String(octets, StandardCharsets.ISO_8859_1));
    String id = fields.getOrDefault("message-id", "");
    String type = fields.getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
    String submitted = firstWord(fields.getOrDefault("auto-submitted", "no"));
    return new OriginalHeader(
        id.length() <= MAX_MESSAGE_ID && MESSAGE_ID.matcher(id).matches() ? id : "",
        type.startsWith("multipart/report") && type.contains("delivery-status"),
        !submitted.equals("no")
            || fields.containsKey("list-id")
            || BULK.contains(firstWord(fields.getOrDefault("precedence", ""))));
  }

  private static String firstWord(String value) {
    return value.split("[ \t;(]", 2)[0].toLowerCase(Locale.ROOT);
  }

  /** The first of each wanted field, unfolded; of two Message-IDs neither is well formed. */
  private static Map<String, String> fields(String header) {
    Map<String, String> fields = new LinkedHashMap<>();
    int at = 0;
    while (at < header.length()) {
      int end = fieldEnd(header, at);
      String field = header.substring(at, end);
      if (field.isBlank()) {
        break;
      }
      int colon = field.indexOf(':');
      String name = colon < 0 ? "" : field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (WANTED.contains(name)) {
        fields.merge(name, value(field, colon + 1), (first, _) -> first.strip() + REPEATED);
      }
      at = end;
    }
    return fields;
  }

  private static int fieldEnd(String header, int start) {
    int end = lineEnd(header, start);
    boolean blank = header.substring(start, end).isBlank();
    while (!blank && end < header.length() && " \t".indexOf(header.charAt(end)) >= 0) {
      end = lineEnd(header, end);
    }
    return end;
  }

  private static int lineEnd(String header, int start) {
    int newline = header.indexOf('\n', start);
    return newline < 0 ? header.length() : newline + 1;
  }

  private static String value(String field, int start) {
    String value = field.substring(start, Math.min(field.length(), start + MAX_VALUE));
    return value.replace("\r", "").replace("\n", "").strip();
  }
}
