package sallyport.smapd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Judges the header of a message before it is handed on. Pure, bounded, and linear in the length of
 * the header, once for each {@code header-match} line.
 *
 * <p>Judged are: the header's size and the length of its lines; zero octets and line ends other
 * than CR LF; each {@code header-match}; in {@link #ADDRESS_FIELDS} the address rule; the number of
 * Received fields; and From, Date, Message-ID and address fields that are missing, repeated or
 * cannot be read. What is done about each is the table's: {@link HeaderPolicy}. A line that is no
 * header field is passed over, and the fields behind it are still judged, since some mail systems
 * would take them for the header and others would not.
 */
final class HeaderCheck {

  /** The fields whose addresses are judged, as the firewall toolkit listed them. */
  static final Set<String> ADDRESS_FIELDS =
      Set.of(
          "bcc", "cc", "errors-to", "from", "reply-to", "return-path", "return-receipt-to", "to");

  /** The longest header: what smap takes, and room for its own Received field. */
  static final int MAX_HEADER_OCTETS = 260 * 1024;

  /** The longest line of a header, without its line end: what smap takes. */
  static final int MAX_LINE_OCTETS = 64 * 1024;

  /** No field name of interest is longer; longer names are not looked at. */
  private static final int MAX_NAME = 64;

  /** What header-match refuses. RFC 3463: delivery not authorized. */
  private static final String STATUS_OF_MATCH = "5.7.1";

  /** A field with its continuation lines, by its first octet and the one behind its last. */
  private record Extent(int start, int end) {}

  private final HeaderPolicy policy;
  private final byte[] octets;
  private final List<Extent> fields = new ArrayList<>();

  private int received;
  private int froms;
  private int dates;
  private int messageIds;
  private Verdict verdict = new Verdict.Pass();

  private HeaderCheck(HeaderPolicy policy, byte[] octets) {
    this.policy = policy;
    this.octets = octets;
  }

  /**
   * Judges a header. The first of what is found, and may not pass, is the verdict; what was found
   * in the form of lines comes first, then {@code header-match}, then the fields in their order.
   *
   * @param octets the message from its first octet: at least the header and the empty line that
   *     ends it, or {@link #MAX_HEADER_OCTETS} + 1 octets, or the whole message if it is shorter
   *     than both
   * @return as the table has it: whether a bounce may be sent is not asked here
   */
  static Verdict judge(byte[] octets, HeaderPolicy policy) {
    HeaderCheck check = new HeaderCheck(policy, octets);
    check.readLines();
    check.match();
    check.judgeFields();
    return check.verdict;
  }

  private boolean going() {
    return verdict instanceof Verdict.Pass;
  }

  private void readLines() {
    int at = 0;
    while (at < octets.length && going()) {
      int end = lineEnd(at);
      if (end == at) {
        break;
      }
      int next = end + 2;
      while (going() && next < octets.length && isBlank(octets[next])) {
        next = lineEnd(next) + 2;
      }
      fields.add(new Extent(at, Math.min(next, octets.length)));
      at = next;
    }
    if (at > MAX_HEADER_OCTETS) {
      found(HeaderFault.HEADER_LENGTH, "header longer than " + MAX_HEADER_OCTETS + " octets");
    }
  }

  /** Where the line that starts at {@code start} ends: its CR, or the end of what we have. */
  private int lineEnd(int start) {
    int at = start;
    while (at < octets.length && octets[at] != '\r' && octets[at] != '\n' && octets[at] != 0) {
      at++;
    }
    if (at < octets.length && octets[at] == 0) {
      found(HeaderFault.ZERO_OCTET, "zero octet in the header");
    } else if (at < octets.length && !isLineEnd(at)) {
      found(HeaderFault.LINE_END, "line end in the header that is not CR LF");
    } else if (at - start > MAX_LINE_OCTETS) {
      found(HeaderFault.LINE_LENGTH, "header line longer than " + MAX_LINE_OCTETS + " octets");
    }
    return at;
  }

  private boolean isLineEnd(int at) {
    boolean cut = at + 1 == octets.length;
    return octets[at] == '\r' && (cut || octets[at + 1] == '\n');
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  /** Asks the lines of the table from top to bottom; the first that fits some field decides. */
  private void match() {
    if (policy.matches().isEmpty() || !going()) {
      return;
    }
    List<String> texts =
        fields.stream().map(this::unfolded).filter(text -> !text.isEmpty()).toList();
    for (HeaderMatch match : policy.matches()) {
      if (texts.stream().anyMatch(match::matches)) {
        if (match.action() != HeaderAction.PASS) {
          verdict =
              new Verdict.Refused(match.action(), match.check(), match.reason(), STATUS_OF_MATCH);
        }
        return;
      }
    }
  }

  /** {@code Name: value} without line ends, whatever blanks surround the colon; or nothing. */
  private String unfolded(Extent field) {
    int colon = field.start;
    while (colon < field.end && octets[colon] != ':') {
      colon++;
    }
    if (colon == field.end) {
      return "";
    }
    byte[] value = new byte[field.end - colon - 1];
    int length = 0;
    for (int i = colon + 1; i < field.end; i++) {
      if (octets[i] != '\r' && octets[i] != '\n') {
        value[length++] = octets[i];
      }
    }
    String name = new String(octets, field.start, colon - field.start, StandardCharsets.UTF_8);
    return name.strip() + ": " + new String(value, 0, length, StandardCharsets.UTF_8).strip();
  }

  private void judgeFields() {
    for (int i = 0; i < fields.size() && going(); i++) {
      judgeField(fields.get(i).start, fields.get(i).end);
    }
    if (going()) {
      judgeCounts();
    }
  }

  private void judgeField(int start, int end) {
    int colon = start;
    int nameEnd = start;
    while (colon < end && octets[colon] != ':') {
      if (!isBlank(octets[colon])) {
        nameEnd = colon + 1;
      }
      colon++;
    }
    if (colon == end || nameEnd - start > MAX_NAME) {
      return;
    }
    String name =
        new String(octets, start, nameEnd - start, StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    switch (name) {
      case "received" -> received++;
      case "date" -> judgeDate(body(colon + 1, end));
      case "message-id" -> judgeMessageId(body(colon + 1, end));
      default -> {
        if (ADDRESS_FIELDS.contains(name)) {
          judgeAddresses(name, body(colon + 1, end));
        }
      }
    }
  }

  /** The body of a field without its line ends, one character an octet. */
  private String body(int start, int end) {
    StringBuilder body = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      if (octets[i] != '\r' && octets[i] != '\n') {
        body.append((char) (octets[i] & 0xff));
      }
    }
    return body.toString();
  }

  private void judgeAddresses(String name, String body) {
    AddressField field = AddressField.of(body);
    if (!field.allowed()) {
      found(HeaderFault.HEADER_PROGRAM, "address in " + name + " names a program or a file");
    }
    if (name.equals("from")) {
      froms++;
      if (!field.readable() || field.addresses() == 0) {
        found(HeaderFault.FROM_UNREADABLE, "malformed from");
      }
    } else if (!field.readable()) {
      found(HeaderFault.ADDRESS_UNREADABLE, "malformed " + name);
    }
  }

  private void judgeDate(String body) {
    dates++;
    if (!HeaderDate.readable(body)) {
      found(HeaderFault.DATE_UNREADABLE, "malformed date");
    }
  }

  /** One {@code <...@...>} of printable characters, as lenient as the world needs. */
  private void judgeMessageId(String body) {
    messageIds++;
    String id = body.strip();
    boolean readable = id.length() > 2 && id.startsWith("<") && id.indexOf('>') == id.length() - 1;
    for (int i = 0; readable && i < id.length(); i++) {
      readable = id.charAt(i) > ' ' && id.charAt(i) < 127;
    }
    if (!readable) {
      found(HeaderFault.MESSAGE_ID_UNREADABLE, "malformed message-id");
    }
  }

  private void judgeCounts() {
    // The first Received field is the gateway's own.
    if (received - 1 > policy.hops()) {
      found(HeaderFault.HOPS, "more than " + policy.hops() + " hops");
    }
    count(froms, HeaderFault.FROM_MISSING, HeaderFault.FROM_REPEATED, "from");
    count(dates, HeaderFault.DATE_MISSING, HeaderFault.DATE_REPEATED, "date");
    count(
        messageIds, HeaderFault.MESSAGE_ID_MISSING, HeaderFault.MESSAGE_ID_REPEATED, "message-id");
  }

  private void count(int fields, HeaderFault missing, HeaderFault repeated, String name) {
    if (fields == 0) {
      found(missing, "no " + name);
    } else if (fields > 1) {
      found(repeated, "several " + name);
    }
  }

  private void found(HeaderFault fault, String reason) {
    if (going() && policy.actionFor(fault) != HeaderAction.PASS) {
      verdict = policy.refusal(fault, reason);
    }
  }
}
