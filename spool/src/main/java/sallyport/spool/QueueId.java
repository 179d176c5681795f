package sallyport.spool;

import org.jspecify.annotations.Nullable;

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

  private static final int MAX_COUNTER_DIGITS = 16;
  private static final int MAX_NUMBER_DIGITS = 6;
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
    Form form = Form.of(text);
    if (form == null) {
      throw new IllegalArgumentException("not a queue id");
    }
    start = Long.parseUnsignedLong(text, 0, form.startEnd(), HEX);
    counter = Long.parseUnsignedLong(text, form.startEnd() + 1, form.counterEnd(), HEX);
    if (form.counterEnd() == text.length()) {
      ending = 0;
    } else {
      char kind = text.charAt(form.counterEnd() + 1);
      int number = form.counterEnd() + 2;
      ending =
          ending(kind, isNumbered(kind) ? Integer.parseInt(text, number, text.length(), HEX) : 0);
    }
  }

  private static boolean isNumbered(char kind) {
    return kind == 'b' || kind == 'd';
  }

  /** Where the numbers of an id end. */
  private record Form(int startEnd, int counterEnd) {

    /** Null if the text is not an id. */
    static @Nullable Form of(String text) {
      int startEnd = BatchFormat.MARK_LENGTH;
      int counterEnd = numberEnd(text, startEnd + 1, MAX_COUNTER_DIGITS);
      boolean begins = digitsEnd(text, 0, startEnd) == startEnd && isAt(text, startEnd, '-');
      return begins && counterEnd >= 0 && isEnding(text, counterEnd)
          ? new Form(startEnd, counterEnd)
          : null;
    }

    private static boolean isEnding(String text, int from) {
      int number = from + 2;
      if (from == text.length()) {
        return true;
      } else if (!isAt(text, from, '-') || number > text.length()) {
        return false;
      }
      char kind = text.charAt(from + 1);
      return isNumbered(kind)
          ? numberEnd(text, number, MAX_NUMBER_DIGITS) == text.length()
          : number == text.length() && (kind == 'w' || kind == 'n');
    }
  }

  private static boolean isAt(String text, int index, char expected) {
    return index < text.length() && text.charAt(index) == expected;
  }

  /**
   * Behind a number of at most so many digits, without leading zeros; negative if there is none.
   */
  private static int numberEnd(String text, int from, int mostDigits) {
    int end = digitsEnd(text, from, mostDigits);
    boolean leadingZero = end > from + 1 && text.charAt(from) == '0';
    return end == from || leadingZero ? -1 : end;
  }

  /** Behind the hexadecimal digits that stand here, as far as so many. */
  private static int digitsEnd(String text, int from, int most) {
    int i = from;
    while (i < text.length() && i - from < most && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
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
    return Form.of(text) != null;
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
      if (isNumbered(kind)) {
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
