package sallyport.spool;

import java.util.regex.Pattern;

/**
 * The name of one message, from DATA to its last delivery: sixteen hexadecimal digits that are
 * random per process start, a hyphen, and a counter in hexadecimal. It stands in the {@code 250},
 * in {@code Received:}, in every log line of the message, and it names files, so nothing else is
 * ever accepted.
 *
 * @param text {@code [0-9a-f]{16}-[0-9a-f]{1,16}}
 */
public record QueueId(String text) {
  /** Characters in the longest id. */
  public static final int MAX_LENGTH = 33;

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{1,16}");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException when the text is not an id
   */
  public QueueId {
    if (!isLegal(text)) {
      throw new IllegalArgumentException("not a queue id");
    }
  }

  /**
   * Reads an id.
   *
   * @throws IllegalArgumentException when the text is not an id
   */
  public static QueueId parse(String text) {
    return new QueueId(text);
  }

  static boolean isLegal(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
