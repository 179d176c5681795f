package sallyport.smapd.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * How values are shown: for people in local time and in units, for programs behind a pipe with the
 * offset and in octets. Text of strangers loses what could move a terminal's cursor.
 */
final class Shown {
  private static final DateTimeFormatter FOR_PEOPLE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final DateTimeFormatter FOR_PROGRAMS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
  private static final long KIBI = 1024;

  private Shown() {}

  static String time(Instant time, Desk desk) {
    Clock clock = desk.streams().clock();
    return (desk.onTerminal() ? FOR_PEOPLE : FOR_PROGRAMS).format(time.atZone(clock.getZone()));
  }

  /** {@code 5m}, {@code 3h}, {@code 2d}. */
  static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86400 + "d";
  }

  static String size(long octets) {
    if (octets < 10 * KIBI) {
      return Long.toString(octets);
    }
    return octets < 10 * KIBI * KIBI ? octets / KIBI + "K" : octets / KIBI / KIBI + "M";
  }

  /** In one line, printable; {@code -} for nothing. */
  static String text(String text) {
    StringBuilder shown = new StringBuilder();
    text.strip()
        .codePoints()
        .forEach(c -> {
          if (c == '\n') {
            shown.append("; ");
          } else {
            shown.appendCodePoint(isPlain(c) ? c : '?');
          }
        });
    return shown.isEmpty() ? "-" : shown.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Cut to a width. */
  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  static String sender(String sender) {
    return sender.isEmpty() ? "<>" : text(sender);
  }
}
