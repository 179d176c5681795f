package sallyport.smapd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sallyport.spool.QueueId;

/** What a client asks for, in one line. */
sealed interface Request {
  /** Octets in the longest line, its end included. */
  int MAX_LINE = 16 * 1024;

  /** Characters of who asks. */
  int MAX_BY = 64;

  /** The messages of a selection. */
  record ListThem(Selection which) implements Request {}

  /** All about one message. */
  record Show(QueueId id) implements Request {}

  /** The octets of one message. */
  record Write(Part part, QueueId id) implements Request {}

  /** Something is to be done. */
  record Act(Action action, String by, Selection which) implements Request {}

  /** The line, without its end. */
  default String line() {
    List<String> words = new ArrayList<>();
    switch (this) {
      case ListThem list -> {
        words.add("list");
        words.addAll(list.which().words());
      }
      case Show show -> words.addAll(List.of("show", show.id().text()));
      case Write write -> words.addAll(List.of(write.part().word(), write.id().text()));
      case Act act -> {
        words.addAll(List.of(act.action().word(), act.by()));
        words.addAll(act.which().words());
      }
    }
    return words.stream().map(Words::escape).collect(Collectors.joining(" "));
  }

  /** Reads a line; empty if it breaks the grammar. */
  static Optional<Request> parse(String line) {
    return Words.of(line).flatMap(Request::of);
  }

  private static Optional<Request> of(List<String> words) {
    String verb = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    Optional<Part> part = Part.of(verb);
    Optional<Action> action = Action.of(verb);
    if (verb.equals("list")) {
      return Selection.parse(rest).map(ListThem::new);
    }
    if (verb.equals("show")) {
      return onlyId(rest).map(Show::new);
    }
    if (part.isPresent()) {
      return onlyId(rest).map(id -> new Write(part.get(), id));
    }
    if (action.isEmpty() || rest.isEmpty() || rest.getFirst().length() > MAX_BY) {
      return Optional.empty();
    }
    return Selection.parse(rest.subList(1, rest.size()))
        .map(which -> new Act(action.get(), rest.getFirst(), which));
  }

  private static Optional<QueueId> onlyId(List<String> words) {
    return words.size() == 1 ? Selection.id(words.getFirst()) : Optional.empty();
  }

  /** Every verb, for the sake of tests. */
  static List<String> verbs() {
    return Stream.of(
            Stream.of("list", "show"),
            Stream.of(Part.values()).map(Part::word),
            Stream.of(Action.values()).map(Action::word))
        .flatMap(each -> each)
        .toList();
  }
}
