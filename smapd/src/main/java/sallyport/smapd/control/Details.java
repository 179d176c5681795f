package sallyport.smapd.control;

import java.util.List;
import java.util.Optional;

/**
 * Everything about one message but its octets.
 *
 * @param facts of envelope and file, in the order in which they are shown
 * @param history what was recorded of it so far, the oldest first
 */
public record Details(Entry entry, List<Fact> facts, List<String> history) {
  /** Lines of history that are told; the oldest are left out. */
  public static final int MAX_HISTORY = 1000;

  /** Copies the lists. */
  public Details {
    facts = List.copyOf(facts);
    history = List.copyOf(history);
  }

  /** A name and what it stands for; not empty. */
  public record Fact(String name, String value) {
    String line() {
      return "fact " + Words.escape(name) + " " + Words.escape(value);
    }

    static Optional<Fact> parse(String line) {
      return Words.of(line, "fact", 2).map(words -> new Fact(words.get(0), words.get(1)));
    }
  }

  static String historyLine(String line) {
    return "history " + Words.escape(line);
  }

  static Optional<String> history(String line) {
    return Words.of(line, "history", 1).map(List::getFirst);
  }
}
