package sallyport.smapd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.spool.QueueId;

/** The messages that an administrator means. */
public sealed interface Selection {
  /** Ids in one request; a client asks several times for more. */
  int MAX_IDS = 256;

  /** These, in this order. */
  record Ids(List<QueueId> ids) implements Selection {
    /** Copies and bounds the list. */
    public Ids {
      ids = List.copyOf(ids);
      if (ids.isEmpty() || ids.size() > MAX_IDS) {
        throw new IllegalArgumentException("ids: " + ids.size());
      }
    }
  }

  /** All that fulfil this, as the queue is at that moment, the oldest first. */
  record Matching(Filter filter) implements Selection {}

  /** As words of a request. */
  default List<String> words() {
    return switch (this) {
      case Ids chosen -> chosen.ids().stream().map(id -> "id=" + id.text()).toList();
      case Matching matching -> {
        List<String> words = matching.filter().words();
        yield words.isEmpty() ? List.of("all") : words;
      }
    };
  }

  /** Reads them: {@code all}, ids, or criteria; nothing at all is no selection. */
  public static Optional<Selection> parse(List<String> words) {
    if (words.equals(List.of("all"))) {
      return Optional.of(new Matching(Filter.ALL));
    }
    if (words.isEmpty() || words.size() > MAX_IDS) {
      return Optional.empty();
    }
    if (!words.getFirst().startsWith("id=")) {
      return Filter.parse(words).map(Matching::new);
    }
    List<QueueId> ids = new ArrayList<>();
    for (String word : words) {
      Optional<QueueId> id = word.startsWith("id=") ? id(word.substring(3)) : Optional.empty();
      if (id.isEmpty()) {
        return Optional.empty();
      }
      ids.add(id.get());
    }
    return Optional.of(new Ids(ids));
  }

  /** The id that a text is. */
  static Optional<QueueId> id(String text) {
    try {
      return Optional.of(QueueId.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
