package sallyport.smapd.control;

import java.util.Locale;
import java.util.Optional;

/**
 * What became of one message that an administrator wanted something done with.
 *
 * @param id as it was asked for
 * @param detail why not; empty when done
 */
public record Result(String id, Kind kind, String detail) {

  /** How it ended. */
  public enum Kind {
    /** It is done, and on disk. */
    DONE,
    /** There is no such message. */
    UNKNOWN,
    /** It is being delivered now; nothing was done. */
    BUSY,
    /** It is in no state for this; nothing was done. */
    UNFIT,
    /** A disk or a file failed. */
    FAILED;

    /** One word. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> of(String word) {
      for (Kind kind : values()) {
        if (kind.word().equals(word)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /** It is done. */
  public static Result done(String id) {
    return new Result(id, Kind.DONE, "");
  }

  /** There is no such message. */
  public static Result unknown(String id) {
    return new Result(id, Kind.UNKNOWN, "no such message");
  }

  /** A worker has it. */
  public static Result busy(String id) {
    return new Result(id, Kind.BUSY, "being delivered now");
  }

  /** The reply's line. */
  String line() {
    return "result " + Words.escape(id) + " " + kind.word() + " " + Words.escape(detail);
  }

  /** Reads what {@link #line} wrote. */
  static Optional<Result> parse(String line) {
    return Words.of(line, "result", 3)
        .flatMap(words ->
            Kind.of(words.get(1)).map(kind -> new Result(words.get(0), kind, words.get(2))));
  }
}
