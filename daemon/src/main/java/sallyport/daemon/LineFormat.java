package sallyport.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Makes the octets of one log line: printable ASCII and the line feed that ends it. */
final class LineFormat {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final String CUT = " cut=yes";

  private final EventLog.Prefix prefix;
  private final Clock clock;
  private volatile Second second = new Second(Long.MIN_VALUE, "");

  /** The text of one second, so that a busy log formats it once. */
  private record Second(long epochSecond, String text) {}

  LineFormat(EventLog.Prefix prefix, Clock clock) {
    this.prefix = prefix;
    this.clock = clock;
  }

  byte[] line(Event event, Field[] fields) {
    StringBuilder line = new StringBuilder(256);
    switch (prefix) {
      case JOURNAL -> line.append('<').append(event.level().priority()).append('>');
      case TIME -> appendTime(line);
    }
    line.append(event.wireName());
    if (event.level() == Level.ALERT) {
      line.append(" securityalert=yes");
    }
    for (Field field : fields) {
      int before = line.length();
      line.append(' ').append(field.key()).append('=');
      appendValue(line, field.value());
      if (line.length() > EventLog.MAX_LINE_OCTETS - CUT.length() - 1) {
        line.setLength(before);
        line.append(CUT);
        break;
      }
    }
    return line.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void appendTime(StringBuilder line) {
    Instant now = clock.instant();
    Second known = second;
    if (known.epochSecond() != now.getEpochSecond()) {
      String text = TIME.format(now).substring(0, "2026-01-01T00:00:00".length());
      known = new Second(now.getEpochSecond(), text);
      second = known;
    }
    int millis = now.getNano() / 1_000_000;
    line.append(known.text()).append('.');
    line.append((char) ('0' + millis / 100)).append((char) ('0' + millis / 10 % 10));
    line.append((char) ('0' + millis % 10)).append("Z ");
  }

  static void appendValue(StringBuilder line, String value) {
    int end = Math.min(value.length(), EventLog.MAX_VALUE_OCTETS);
    boolean plain = end > 0 && end == value.length();
    for (int i = 0; i < end && plain; i++) {
      plain = isPlain(value.charAt(i));
    }
    if (plain) {
      line.append(value);
      return;
    }
    line.append('"');
    for (int i = 0; i < end; i++) {
      appendEscaped(line, value.charAt(i));
    }
    line.append(end < value.length() ? "...\"" : "\"");
  }

  private static boolean isPlain(char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  }

  private static void appendEscaped(StringBuilder line, char c) {
    if (c == '"' || c == '\\') {
      line.append('\\').append(c);
    } else if (c >= ' ' && c < 0x7f) {
      line.append(c);
    } else if (c <= 0xff) {
      line.append("\\x").append(hex(c >> 4)).append(hex(c));
    } else {
      line.append("\\u")
          .append(hex(c >> 12))
          .append(hex(c >> 8))
          .append(hex(c >> 4))
          .append(hex(c));
    }
  }

  private static char hex(int nibble) {
    return "0123456789abcdef".charAt(nibble & 0xf);
  }
}
