package sallyport.spool;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one message, from DATA to its last delivery: sixteen hexadecimal digits that are
 * random per process start, a hyphen, and a counter in hexadecimal. It stands in the {@code 250},
 * in {@code Received:}, in every log line of the message, and it names files, so nothing else is
 * ever accepted.
 *
 * <p>What smapd itself writes about a message has the id of that message with an ending: {@code
 * -bN} a return to the sender, {@code -dN} one that goes to postmaster instead, {@code -w} a
 * warning of delay, {@code -n} a notice; N is hexadecimal. So the same report, written again after
 * a crash, has the same name. No such id is believed in {@code new/}.
 *
 * <p>Numbers inside: a million of them are held in memory.
 */
public final class QueueId {
  /** Characters in the longest id. */
  public static final int MAX_LENGTH = 41;

  /** The largest number in an ending. */
  public static final int MAX_NUMBER = 0xffffff;

  private static final String NUMBER = "(?:0|[1-9a-f][0-9a-f]{0,5})";
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9a-f]{16})-(0|[1-9a-f][0-9a-f]{0,15})(?:-([bd])(" + NUMBER + ")|-([wn]))?");
  private static final int HEX = 16;
  private static final int KIND_SHIFT = 24;

  private final long start;
  private final long counter;

  /** Kind and number of the ending; 0 without one. */
  private final int ending;

  /**
   * Reads an id.
   *
   * @throws IllegalArgumentException when the text is not an id
   */
  public QueueId(String text) {
    Matcher form = FORM.matcher(text.length() <= MAX_LENGTH ? text : "");
    if (!form.matches()) {
      throw new IllegalArgumentException("not a queue id");
    }
    start = Long.parseUnsignedLong(form.group(1), HEX);
    counter = Long.parseUnsignedLong(form.group(2), HEX);
    if (form.group(3) != null) {
      ending = ending(form.group(3).charAt(0), Integer.parseInt(form.group(4), HEX));
    } else {
      ending = form.group(5) == null ? 0 : ending(form.group(5).charAt(0), 0);
    }
  }

  QueueId(long start, long counter, int ending) {
    this.start = start;
    this.counter = counter;
    this.ending = ending;
  }

  private static int ending(char kind, int number) {
    return (kind << KIND_SHIFT) | number;
  }

  /**
   * Reads an id.
   *
   * @throws IllegalArgumentException when the text is not an id
   */
  public static QueueId parse(String text) {
    return new QueueId(text);
  }

  /**
   * The id of what smapd writes about a message.
   *
   * @param of the message, which is not smapd's own
   * @param kind {@code b}, {@code d}, {@code w} or {@code n}
   * @param n 0 to {@link #MAX_NUMBER}; 0 for {@code w} and {@code n}
   * @throws IllegalArgumentException for anything else
   */
  public static QueueId own(QueueId of, char kind, int n) {
    int most =
        switch (kind) {
          case 'b', 'd' -> MAX_NUMBER;
          case 'w', 'n' -> 0;
          default -> -1;
        };
    if (of.isOwn() || n < 0 || n > most) {
      throw new IllegalArgumentException("no ending of " + of + ": " + kind + n);
    }
    return new QueueId(of.start, of.counter, ending(kind, n));
  }

  /** Whether smapd wrote the message itself. */
  public boolean isOwn() {
    return ending != 0;
  }

  static boolean isLegal(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  long start() {
    return start;
  }

  long counter() {
    return counter;
  }

  int ending() {
    return ending;
  }

  /** The id as it is written. */
  public String text() {
    StringBuilder text = new StringBuilder(MAX_LENGTH).append(BatchFormat.mark(start)).append('-');
    text.append(Long.toHexString(counter));
    if (ending != 0) {
      char kind = (char) (ending >> KIND_SHIFT);
      text.append('-').append(kind);
      if (kind == 'b' || kind == 'd') {
        text.append(Integer.toHexString(ending & MAX_NUMBER));
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QueueId id
        && start == id.start
        && counter == id.counter
        && ending == id.ending;
  }

  @Override
  public int hashCode() {
    return hash(start, counter, ending);
  }

  static int hash(long start, long counter, int ending) {
    long mixed = (start ^ (counter * 0x9E3779B97F4A7C15L)) + ending * 0xC2B2AE3D27D4EB4FL;
    return Long.hashCode(mixed ^ (mixed >>> 29));
  }

  @Override
  public String toString() {
    return text();
  }
}
