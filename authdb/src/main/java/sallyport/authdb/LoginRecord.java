package sallyport.authdb;

import java.time.Instant;

/**
 * A login or a refusal, as {@link UserDatabase#log} tells it.
 *
 * @param time exact to the millisecond
 * @param source an address literal
 */
public record LoginRecord(Instant time, String source, Outcome outcome) {
  /** Characters of the longest source. */
  public static final int MOST_SOURCE = 64;

  public LoginRecord {
    if (source.length() > MOST_SOURCE) {
      throw new IllegalArgumentException("a source of " + source.length() + " characters");
    }
  }

  /** What came of it. The names are stored: a new one needs a new schema version. */
  public enum Outcome {
    /** Let in. */
    LOGIN,
    /** The secret was wrong. */
    WRONG_SECRET,
    /** The secret was the previous one: refused, not counted. */
    OLD_SECRET,
    /** The user has no front secret. */
    NO_SECRET,
    /** The user is disabled. */
    DISABLED,
    /** The source had too many wrong logins. */
    ASLEEP,
    /** The server was not listed, or the user has no secret of the kind that it needs. */
    NO_SERVER,
    /** The gateway's rules. */
    RULES
  }
}
