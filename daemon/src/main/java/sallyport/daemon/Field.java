package sallyport.daemon;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import sallyport.daemon.tls.TlsFacts;

/**
 * One {@code key=value} of a log line. A value is text as it came, from whomever it came: {@link
 * EventLog} escapes it, so that no value can end a line, begin another field, or reach a terminal.
 *
 * @param key lower-case letters, digits and hyphens; chosen by us, never by a peer
 * @param value anything; what is longer than {@link EventLog#MAX_VALUE_OCTETS} is cut
 */
public record Field(String key, String value) {
  private static final int MAX_KEY = 32;

  /** Checks the key, which is a fault of the program if it is wrong. */
  public Field {
    if (!isKey(key)) {
      throw new IllegalArgumentException("no key for a log field: " + key);
    }
  }

  /** By hand, since a busy gateway makes a hundred thousand of these a second. */
  private static boolean isKey(String key) {
    if (key.isEmpty() || key.length() > MAX_KEY) {
      return false;
    }
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean inner = i > 0 && ((c >= '0' && c <= '9') || c == '-');
      if (!inner && (c < 'a' || c > 'z')) {
        return false;
      }
    }
    return true;
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
    long millis = Math.max(0, value.toMillis());
    String fraction = Long.toString(1000 + millis % 1000).substring(1);
    return new Field(key, millis / 1000 + "." + fraction);
  }

  /** What a handshake came to: one field for each of {@link TlsFacts#fields}. */
  public static List<Field> of(TlsFacts facts) {
    return of("", facts);
  }

  /** The same with a word before each key, as in {@code inside-tls=}. */
  public static List<Field> of(String prefix, TlsFacts facts) {
    return facts.fields().entrySet().stream()
        .map(fact -> new Field(prefix + fact.getKey(), fact.getValue()))
        .toList();
  }

  /** A field with octets from the wire: what is not printable ASCII is written as {@code \xNN}. */
  public static Field octets(String key, byte[] value) {
    return new Field(key, new String(value, StandardCharsets.ISO_8859_1));
  }
}
