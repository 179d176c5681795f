package sallyport.smapd;

import java.util.Locale;
import java.util.Set;

/**
 * Whether a Date field can be read.
 *
 * <pre>
 *   date-time = [day-name ","] day month year hour ":" minute [":" second] zone    RFC 5322, 3.3
 * </pre>
 *
 * <p>Departures, as old programs write them: two-digit years, zone names, a missing zone, and
 * comments anywhere. Own code, because the date classes of Java load time zones and locales when
 * first used, which fails inside the jail.
 */
final class HeaderDate {

  private static final Set<String> DAYS = Set.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Set<String> MONTHS =
      Set.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  /** No date is longer; what follows is a comment that nobody needs. */
  private static final int MAX_OCTETS = 200;

  private final String text;
  private int at;

  private HeaderDate(String text) {
    this.text = text.substring(0, Math.min(text.length(), MAX_OCTETS)).toLowerCase(Locale.ROOT);
  }

  static boolean readable(String body) {
    return new HeaderDate(body).read();
  }

  private boolean read() {
    String first = letters();
    if (!first.isEmpty()) {
      if (!DAYS.contains(first)) {
        return false;
      }
      sign(',');
    }
    return number(1, 31)
        && MONTHS.contains(letters())
        && year()
        && number(0, 23)
        && sign(':')
        && number(0, 59)
        && (!sign(':') || number(0, 60))
        && zone();
  }

  private boolean year() {
    int value = digits(4);
    return value >= 1900 || (value >= 0 && value <= 99);
  }

  private boolean number(int least, int most) {
    int value = digits(2);
    return value >= least && value <= most;
  }

  private boolean zone() {
    skipBlanks();
    if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
      at++;
      int value = digits(4);
      return value >= 0 && value % 100 <= 59 && atEnd();
    }
    letters();
    return atEnd();
  }

  private boolean atEnd() {
    skipBlanks();
    return at == text.length();
  }

  private String letters() {
    skipBlanks();
    int start = at;
    while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
      at++;
    }
    return text.substring(start, at);
  }

  /** The number of at most {@code most} digits that stands here, or -1. */
  private int digits(int most) {
    skipBlanks();
    int value = -1;
    for (int i = 0; i < most && at < text.length(); i++, at++) {
      char c = text.charAt(at);
      if (c < '0' || c > '9') {
        break;
      }
      value = Math.max(value, 0) * 10 + (c - '0');
    }
    return value;
  }

  private boolean sign(char wanted) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    int depth = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '(') {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0 && c != ' ' && c != '\t') {
        return;
      }
      at++;
    }
  }
}
