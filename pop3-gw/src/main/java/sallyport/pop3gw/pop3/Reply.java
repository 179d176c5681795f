package sallyport.pop3gw.pop3;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A reply of the gateway. Its text is ours alone: no octet of the client or of an inside server
 * ever stands in it.
 *
 * @param status {@code +OK} or {@code -ERR}
 * @param code RFC 2449 response code
 * @param text printable ASCII, maybe empty, not beginning with a square bracket
 * @param list the lines of a reply that has several, without the {@code .} behind them; empty for a
 *     reply of one line
 */
public record Reply(Status status, Code code, String text, List<String> list) {
  /** Longest reply line with its CR LF, RFC 2449 section 4. */
  public static final int MAX_LINE_OCTETS = 512;

  /** Whether it went well. */
  public enum Status {
    /** It did. */
    OK("+OK"),
    /** It did not. */
    ERR("-ERR"),
    /** A line of a SASL exchange is awaited. */
    MORE("+");

    private final String word;

    Status(String word) {
      this.word = word;
    }
  }

  /** What a program can make of a refusal, RFC 2449 section 8 and RFC 3206. */
  public enum Code {
    /** Nothing but the text. */
    NONE(""),
    /** The user's name or secret is wrong. */
    AUTH("[AUTH] "),
    /** Another session has the mailbox. */
    IN_USE("[IN-USE] "),
    /** The mailbox may not be opened again so soon. */
    LOGIN_DELAY("[LOGIN-DELAY] "),
    /** Trouble that passes; credentials were not judged. */
    SYS_TEMP("[SYS/TEMP] "),
    /** Trouble that somebody has to mend; credentials were not judged wrong. */
    SYS_PERM("[SYS/PERM] ");

    private final String prefix;

    Code(String prefix) {
      this.prefix = prefix;
    }
  }

  /** Refuses whatever could break a reply in two. */
  public Reply {
    list = List.copyOf(list);
    if (text.startsWith("[") || list.stream().anyMatch(line -> line.startsWith("."))) {
      throw new IllegalArgumentException("text would be read as something else");
    }
    if (!fits(firstLine(status, code, text)) || !list.stream().allMatch(Reply::fits)) {
      throw new IllegalArgumentException("reply text must be short printable ASCII");
    }
  }

  static Reply ok(String text) {
    return new Reply(Status.OK, Code.NONE, text, List.of());
  }

  static Reply error(Code code, String text) {
    return new Reply(Status.ERR, code, text, List.of());
  }

  /** An empty challenge of SASL: the blank must be there, RFC 5034 section 4. */
  static Reply more() {
    return new Reply(Status.MORE, Code.NONE, "", List.of());
  }

  /** The first line, for the log; a greeting's holds the challenge, which is no secret. */
  public String summary() {
    return firstLine(status, code, text);
  }

  /** The octets for the wire, with CR LF behind each line. */
  public byte[] octets() {
    StringBuilder out = new StringBuilder(summary()).append("\r\n");
    list.forEach(line -> out.append(line).append("\r\n"));
    if (!list.isEmpty()) {
      out.append(".\r\n");
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String firstLine(Status status, Code code, String text) {
    String line = status.word + " " + code.prefix + text;
    return status == Status.MORE ? line : line.stripTrailing();
  }

  private static boolean fits(String line) {
    return Characters.arePrintable(line) && line.length() + 2 <= MAX_LINE_OCTETS;
  }
}
