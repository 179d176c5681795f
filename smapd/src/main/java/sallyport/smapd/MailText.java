package sallyport.smapd;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.StringTokenizer;

/**
 * Builds the text of a message that smapd itself writes. Whatever is put in, what comes out is
 * printable ASCII in lines of at most {@link #MAX_LINE} octets that end in CR LF. One thread.
 */
final class MailText {

  /** Octets in a line without its CR LF, RFC 5322 section 2.1.1. */
  static final int MAX_LINE = 998;

  /** Where lines are folded if they can be, from the same section. */
  static final int WIDTH = 76;

  private static final String CRLF = "\r\n";
  private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private final StringBuilder text = new StringBuilder();

  /** One line as it is. */
  MailText line(String line) {
    int length = Math.min(line.length(), MAX_LINE);
    for (int i = 0; i < length; i++) {
      char c = line.charAt(i);
      text.append(c >= ' ' && c <= '~' ? c : '?');
    }
    text.append(CRLF);
    return this;
  }

  /** An empty line. */
  MailText line() {
    return line("");
  }

  /** A paragraph; runs of blanks become one. */
  MailText paragraph(String words) {
    return wrapped("", "", words);
  }

  /** A paragraph whose lines are all indented. */
  MailText indented(String words) {
    return wrapped("    ", "    ", words);
  }

  /** A header field that may be folded where it has blanks; runs of them become one. */
  MailText field(String name, String words) {
    return wrapped(name + ": ", " ", words);
  }

  private MailText wrapped(String first, String others, String words) {
    StringBuilder line = new StringBuilder(first);
    boolean empty = true;
    for (StringTokenizer rest = new StringTokenizer(words, " "); rest.hasMoreTokens(); ) {
      String word = rest.nextToken();
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        line(line.toString());
        line.setLength(0);
        line.append(others);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    return line(line.toString());
  }

  /** Lines that are known to be as they must be, the last with its line end. */
  MailText lines(String clean) {
    text.append(clean);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  byte[] octets() {
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A date as RFC 5322 section 3.3 has it, in UTC. Own code, because the date formats of Java load
   * locales when first used, which fails inside the jail.
   */
  static String date(Instant instant) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    return DAYS[time.getDayOfWeek().getValue() - 1]
        + ", "
        + two(time.getDayOfMonth())
        + ' '
        + MONTHS[time.getMonthValue() - 1]
        + ' '
        + time.getYear()
        + ' '
        + two(time.getHour())
        + ':'
        + two(time.getMinute())
        + ':'
        + two(time.getSecond())
        + " +0000";
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
