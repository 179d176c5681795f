package sallyport.smap.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A reply. Its text is ours alone: no octet of the client ever stands in it.
 *
 * @param code three digits
 * @param enhanced RFC 3463 code such as {@code 2.1.0}, or empty where RFC 2034 wants none
 * @param lines one or more lines of printable ASCII
 */
public record Reply(int code, String enhanced, List<String> lines) {
  /** Longest reply line with its CR LF, RFC 5321 section 4.5.3.1.5. */
  public static final int MAX_LINE_OCTETS = 512;

  private static final Pattern ENHANCED = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}");

  /** Refuses whatever could break a reply in two. */
  public Reply {
    lines = List.copyOf(lines);
    if (code < 200 || code > 599 || lines.isEmpty()) {
      throw new IllegalArgumentException("not a reply");
    }
    if (!enhanced.isEmpty()
        && !(ENHANCED.matcher(enhanced).matches() && enhanced.charAt(0) - '0' == code / 100)) {
      throw new IllegalArgumentException("enhanced code does not fit the reply code");
    }
    for (String line : lines) {
      if (!isPrintable(line) || line.length() + enhanced.length() + 7 > MAX_LINE_OCTETS) {
        throw new IllegalArgumentException("reply text must be short printable ASCII");
      }
    }
  }

  static Reply of(int code, String enhanced, String text) {
    return new Reply(code, enhanced, List.of(text));
  }

  /** The code, the enhanced code and the last line, for the log. */
  public String summary() {
    return code + " " + (enhanced.isEmpty() ? "" : enhanced + " ") + lines.getLast();
  }

  /** The octets for the wire, with CR LF behind each line. */
  public byte[] octets() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      out.append(code).append(i < lines.size() - 1 ? '-' : ' ');
      if (!enhanced.isEmpty()) {
        out.append(enhanced).append(' ');
      }
      out.append(lines.get(i)).append("\r\n");
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
