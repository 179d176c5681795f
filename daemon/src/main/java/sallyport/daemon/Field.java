package sallyport.daemon;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * One {@code key=value} of a log line. A value is text as it came, from whomever it came: {@link
 * EventLog} escapes it, so that no value can end a line, begin another field, or reach a terminal.
 *
 * @param key lower-case letters, digits and hyphens; chosen by us, never by a peer
 * @param value anything; what is longer than {@link EventLog#MAX_VALUE_OCTETS} is cut
 */
public record Field(String key, String value) {
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** Checks the key, which is a fault of the program if it is wrong. */
  public Field {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("no key for a log field: " + key);
    }
  }

  /** A field of text. */
  public static Field of(String key, String value) {
    return new Field(key, value);
  }

  /** A field with a number. */
  public static Field of(String key, long value) {
    return new Field(key, Long.toString(value));
  }

  /** A field with an address in digits; a scope is dropped, no name is looked up. */
  public static Field of(String key, InetAddress value) {
    String text = value.getHostAddress();
    int scope = text.indexOf('%');
    return new Field(key, scope < 0 ? text : text.substring(0, scope));
  }

  /** A field with seconds and milliseconds, as in {@code 12.345}. */
  public static Field of(String key, Duration value) {
    long millis = value.toMillis();
    return new Field(key, "%d.%03d".formatted(millis / 1000, millis % 1000));
  }

  /** A field with octets from the wire: what is not printable ASCII is written as {@code \xNN}. */
  public static Field octets(String key, byte[] value) {
    return new Field(key, new String(value, StandardCharsets.ISO_8859_1));
  }
}
