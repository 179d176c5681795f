package sallyport.authdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * Users as text: JSON lines of our own (RFC 8259; a header line, then a line a user), and the dump
 * of the TIS Firewall Toolkit, which is read only.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Dump {

  private Dump() {}

  /**
   * What was read. Nothing should be loaded while there are errors.
   *
   * @param errors one line each, {@code line N: what}: the text is no dump
   * @param notes one line each, {@code user NAME: what could not be taken over}
   */
  public record Content(List<UserEntry> users, List<String> errors, List<String> notes) {
    public Content {
      users = List.copyOf(users);
      errors = List.copyOf(errors);
      notes = List.copyOf(notes);
    }
  }

  /** Reads either kind; the first line tells which. */
  public static Content read(BufferedReader text) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes JSON lines, in UTF-8 if the writer does.
   *
   * @param users those of {@link UserDatabase#export}
   */
  public static void write(List<UserEntry> users, Secrets secrets, Writer to) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Whether a dump holds secrets, in clear. */
  public enum Secrets {
    LEFT_OUT,
    IN_CLEAR
  }
}
