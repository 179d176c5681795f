package sallyport.authdb;

import org.jspecify.annotations.Nullable;

/**
 * The user database or its keys cannot be used as they should. The message is one line that says
 * what and where, and what to do if that is known; never anything of a secret.
 */
public final class DatabaseTrouble extends Exception {
  private static final long serialVersionUID = 1;

  /** What kind of trouble. */
  public enum Kind {
    /** There is no database. */
    MISSING,
    /** There is one already, or there are keys. */
    EXISTS,
    /** Another process is writing, and did not end in time. Worth another try. */
    LOCKED,
    /** No room on the disk. */
    FULL,
    /** May not be written. */
    READ_ONLY,
    /** Belongs to another account, or others may read or write it. */
    NOT_OURS,
    /** Not a user database, or no longer what was written. */
    DAMAGED,
    /** There is no key of the id that the database names. */
    NO_KEY,
    /** The key of that id is not the one that the database was sealed with. */
    WRONG_KEY,
    /** Written by a later version of this program. */
    NEWER_VERSION,
    /** The disk failed, or the operating system refused for another reason. */
    IO
  }

  private final Kind kind;

  DatabaseTrouble(Kind kind, String line) {
    this(kind, line, null);
  }

  DatabaseTrouble(Kind kind, String line, @Nullable Throwable cause) {
    super(line.replaceAll("\\p{Cntrl}+", " "), cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The message; never null. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
