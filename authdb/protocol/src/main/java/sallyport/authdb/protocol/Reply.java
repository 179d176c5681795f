package sallyport.authdb.protocol;

import java.util.List;
import java.util.Optional;

/** What authsrv answers. No {@code toString} shows a field. */
public sealed interface Reply {
  /** The request's. */
  String tag();

  /** The line without its LF. */
  String line();

  /** What a line without its LF says; empty if it breaks the grammar. */
  static Optional<Reply> parse(String line) {
    return Wire.split(line).flatMap(Reply::of);
  }

  private static Optional<Reply> of(List<String> words) {
    if (words.size() < 2 || words.size() > 2 + Ok.MAX_FIELDS || !Wire.isTag(words.getFirst())) {
      return Optional.empty();
    }
    String tag = words.getFirst();
    return switch (words.get(1)) {
      case "ok" -> Optional.of(new Ok(tag, words.subList(2, words.size())));
      case "refused" -> words.size() == 2 ? Optional.of(new Refused(tag)) : Optional.empty();
      case "unavailable" ->
          words.size() == 2 ? Optional.of(new Unavailable(tag)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * It is done.
   *
   * @param fields what was asked for, at most {@link #MAX_FIELDS}
   */
  record Ok(String tag, List<String> fields) implements Reply {
    /** The most fields of an answer. */
    static final int MAX_FIELDS = 3;

    /** Checks tag and number of fields. */
    public Ok {
      Wire.require(Wire.isTag(tag), "tag");
      Wire.require(fields.size() <= MAX_FIELDS, "fields");
      fields = List.copyOf(fields);
    }

    @Override
    public String line() {
      StringBuilder line = new StringBuilder(96).append(tag).append(" ok");
      for (String field : fields) {
        Wire.append(line, field);
      }
      return line.toString();
    }

    @Override
    public String toString() {
      return "Ok[tag=" + tag + "]";
    }
  }

  /** It is not, whatever the cause. */
  record Refused(String tag) implements Reply {
    /** Checks the tag. */
    public Refused {
      Wire.require(Wire.isTag(tag), "tag");
    }

    @Override
    public String line() {
      return tag + " refused";
    }
  }

  /** Not now. */
  record Unavailable(String tag) implements Reply {
    /** Checks the tag. */
    public Unavailable {
      Wire.require(Wire.isTag(tag), "tag");
    }

    @Override
    public String line() {
      return tag + " unavailable";
    }
  }
}
