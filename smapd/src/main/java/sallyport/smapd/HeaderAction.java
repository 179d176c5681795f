package sallyport.smapd;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the table may want done with a message in which a check has found something. */
enum HeaderAction {
  /** The message is handed on all the same. */
  PASS("pass"),
  /** The message goes to the set-aside folder. */
  SET_ASIDE("set-aside"),
  /** The message goes back to its sender; set aside if its client is not in {@code local-nets}. */
  BOUNCE("bounce"),
  /** The message is dropped, with a line in the log for each recipient. */
  DISCARD("discard");

  /** The words of the table. */
  static final Map<String, HeaderAction> BY_WORD =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(a -> a.word, Function.identity()));

  private final String word;

  HeaderAction(String word) {
    this.word = word;
  }
}
