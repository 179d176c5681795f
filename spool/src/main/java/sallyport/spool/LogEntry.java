package sallyport.spool;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One line of the log beside a batch: eight digits of CRC-32C over the rest, a verb, its values. A
 * line that does not hold its checksum was never acknowledged, and is passed over.
 */
sealed interface LogEntry {
  /** Octets in the longest line. */
  int MAX_LINE = 8192;

  /** Characters kept of a reply or reason. */
  int MAX_REPLY = 500;

  /** The log exists; the first hand-off may follow. */
  record Begun() implements LogEntry {}

  /** A recipient is final. */
  record Final(QueueId id, String recipient, boolean delivered, String reply) implements LogEntry {}

  /** A recipient was tried and stays; for the reader of the log only. */
  record Tried(QueueId id, String recipient, String reason) implements LogEntry {}

  /** The message is to be tried again. */
  record Deferred(QueueId id, int tries, Instant nextTry, String reason) implements LogEntry {}

  /** The message has a file of its own elsewhere. */
  record Moved(QueueId id) implements LogEntry {}

  /** The sender was told that the message is delayed. */
  record Warned(QueueId id) implements LogEntry {}

  /** Someone took the message out of the queue for all that were pending. */
  record Removed(QueueId id, String by) implements LogEntry {}

  /** The message could not be read again; the batch is to be kept in bad/. */
  record Damaged(QueueId id) implements LogEntry {}

  /** The line, with its end. */
  default String line() {
    String rest =
        switch (this) {
          case Begun begun -> "begin";
          case Final entry ->
              (entry.delivered ? "delivered " : "failed ")
                  + entry.id
                  + " "
                  + escape(entry.recipient, '!')
                  + " "
                  + escape(cut(entry.reply), ' ');
          case Tried entry ->
              "tried "
                  + entry.id
                  + " "
                  + escape(entry.recipient, '!')
                  + " "
                  + escape(cut(entry.reason), ' ');
          case Deferred entry ->
              "deferred "
                  + entry.id
                  + " "
                  + entry.tries
                  + " "
                  + entry.nextTry
                  + " "
                  + escape(cut(entry.reason), ' ');
          case Moved entry -> "moved " + entry.id;
          case Damaged entry -> "damaged " + entry.id;
          case Warned entry -> "warned " + entry.id;
          case Removed entry -> "removed " + entry.id + " " + escape(cut(entry.by), '!');
        };
    return checksum(rest) + " " + rest + "\n";
  }

  /** Reads a line without its end; null if it is not whole. */
  static @Nullable LogEntry parse(String line) {
    int space = line.indexOf(' ');
    String rest = line.substring(space + 1);
    if (space < 0 || !line.substring(0, space).equals(checksum(rest))) {
      return null;
    }
    try {
      return of(rest);
    } catch (RuntimeException e) {
      // Our own checksum over what we never write: a later version's verb, say.
      return null;
    }
  }

  private static @Nullable LogEntry of(String rest) {
    List<String> words = List.of(rest.split(" ", 4));
    return switch (words.getFirst()) {
      case "begin" -> new Begun();
      case "delivered" ->
          new Final(id(words), unescape(words.get(2)), true, unescape(words.get(3)));
      case "failed" -> new Final(id(words), unescape(words.get(2)), false, unescape(words.get(3)));
      case "tried" -> new Tried(id(words), unescape(words.get(2)), unescape(words.get(3)));
      case "deferred" -> deferred(words);
      case "moved" -> new Moved(id(words));
      case "damaged" -> new Damaged(id(words));
      case "warned" -> new Warned(id(words));
      case "removed" -> new Removed(id(words), unescape(words.get(2)));
      default -> null;
    };
  }

  private static Deferred deferred(List<String> words) {
    List<String> last = List.of(words.get(3).split(" ", 2));
    return new Deferred(
        id(words),
        Integer.parseInt(words.get(2)),
        Instant.parse(last.getFirst()),
        unescape(last.get(1)));
  }

  private static QueueId id(List<String> words) {
    return QueueId.parse(words.get(1));
  }

  private static String checksum(String rest) {
    CRC32C checksum = new CRC32C();
    checksum.update(rest.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private static String cut(String text) {
    return text.length() <= MAX_REPLY ? text : text.substring(0, MAX_REPLY);
  }

  private static String escape(String text, char least) {
    StringBuilder escaped = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet < least || octet > '~' || octet == '%') {
        escaped.append('%').append(HexFormat.of().toHexDigits(octet));
      } else {
        escaped.append((char) octet);
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        octets.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        octets.write(text.charAt(i));
      }
    }
    return octets.toString(StandardCharsets.UTF_8);
  }
}
