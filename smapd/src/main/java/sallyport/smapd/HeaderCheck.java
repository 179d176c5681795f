package sallyport.smapd;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import sallyport.smapd.SmapdConfig.FaultPolicy;

/**
 * Judges the header of a message before it is handed on. Pure, bounded, and linear in the length of
 * the header.
 *
 * <p>Judged are: the header's size and the length of its lines; zero octets and line ends other
 * than CR LF; the number of Received fields; in {@link #ADDRESS_FIELDS} the address rule; and, by
 * the policy of the table, a From, Date or Message-ID that cannot be read. A line that is no header
 * field is passed over, and the fields behind it are still judged, since some mail systems would
 * take them for the header and others would not.
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

  /**
   * The table's wishes.
   *
   * @param headerOctets the longest header
   * @param lineOctets the longest line of a header, without its line end
   * @param hops the most Received fields that a message may have had when it came to the gateway
   */
  record Rules(
      int headerOctets,
      int lineOctets,
      int hops,
      FaultPolicy badFrom,
      FaultPolicy badDate,
      FaultPolicy badMessageId,
      FaultPolicy badAddress) {

    static final Rules DEFAULT =
        new Rules(
            MAX_HEADER_OCTETS,
            MAX_LINE_OCTETS,
            50,
            FaultPolicy.PASS,
            FaultPolicy.PASS,
            FaultPolicy.PASS,
            FaultPolicy.PASS);
  }

  /** What came of it. */
  sealed interface Verdict {
    /** The message may be handed on. */
    record Pass() implements Verdict {}

    /** The message may not be handed on; {@code reason} says why, in printable ASCII. */
    record Refused(String reason) implements Verdict {}

    /** As {@link Refused}, and the table wants the message back at its sender. */
    record ToBeBounced(String reason) implements Verdict {}
  }

  private final Rules rules;
  private final byte[] octets;

  private int received;
  private int froms;
  private int dates;
  private int messageIds;
  private Verdict verdict = new Verdict.Pass();

  private HeaderCheck(Rules rules, byte[] octets) {
    this.rules = rules;
    this.octets = octets;
  }

  /**
   * Judges a header.
   *
   * @param octets the message from its first octet: at least the header and the empty line that
   *     ends it, or {@code headerOctets} + 1 octets, or the whole message if it is shorter than
   *     both
   */
  static Verdict judge(byte[] octets, Rules rules) {
    HeaderCheck check = new HeaderCheck(rules, octets);
    check.run();
    return check.verdict;
  }

  private void run() {
    int at = 0;
    while (at < octets.length && going()) {
      int end = lineEnd(at);
      if (!going() || end == at) {
        break;
      }
      int next = end + 2;
      while (going() && next < octets.length && isBlank(octets[next])) {
        next = lineEnd(next) + 2;
      }
      if (going()) {
        judgeField(at, Math.min(next, octets.length));
      }
      at = next;
    }
    if (going() && at > rules.headerOctets) {
      refuse("header longer than " + rules.headerOctets + " octets");
    }
    if (going()) {
      judgeCounts();
    }
  }

  private boolean going() {
    return verdict instanceof Verdict.Pass;
  }

  /** Where the line that starts at {@code start} ends: its CR, or the end of what we have. */
  private int lineEnd(int start) {
    int at = start;
    while (at < octets.length && octets[at] != '\r' && octets[at] != '\n' && octets[at] != 0) {
      at++;
    }
    if (at - start > rules.lineOctets) {
      refuse("header line longer than " + rules.lineOctets + " octets");
    } else if (at < octets.length && octets[at] == 0) {
      refuse("zero octet in the header");
    } else if (at < octets.length && !isLineEnd(at)) {
      refuse("line end in the header that is not CR LF");
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
      refuse("address in " + name + " names a program or a file");
    } else if (name.equals("from")) {
      froms++;
      if (!field.readable() || field.addresses() == 0) {
        apply(rules.badFrom, "malformed from");
      }
    } else if (!field.readable()) {
      apply(rules.badAddress, "malformed " + name);
    }
  }

  private void judgeDate(String body) {
    dates++;
    if (!HeaderDate.readable(body)) {
      apply(rules.badDate, "malformed date");
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
      apply(rules.badMessageId, "malformed message-id");
    }
  }

  private void judgeCounts() {
    // The first Received field is the gateway's own.
    if (received - 1 > rules.hops) {
      refuse("more than " + rules.hops + " hops");
    }
    if (froms != 1) {
      apply(rules.badFrom, froms == 0 ? "no from" : "several from");
    }
    if (dates != 1) {
      apply(rules.badDate, dates == 0 ? "no date" : "several date");
    }
    if (messageIds > 1) {
      apply(rules.badMessageId, "several message-id");
    }
  }

  private void refuse(String reason) {
    if (going()) {
      verdict = new Verdict.Refused(reason);
    }
  }

  private void apply(FaultPolicy policy, String reason) {
    if (!going()) {
      return;
    }
    switch (policy) {
      case PASS -> {}
      case SET_ASIDE -> verdict = new Verdict.Refused(reason);
      case BOUNCE -> verdict = new Verdict.ToBeBounced(reason);
    }
  }
}
