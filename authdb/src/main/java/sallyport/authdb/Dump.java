package sallyport.authdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * Users as text: JSON lines of our own, and the dump of the TIS Firewall Toolkit, which is read
 * only.
 *
 * <p>The first of our lines says what it is, {@code {"sallyport-users": 1, "secrets": false}}; each
 * further one is a user:
 *
 * <pre>
 * name          as stored; the only member that must be there
 * group, longName
 * disabled      true or false
 * badCount      wrong logins since the last right one
 * lastLogin, lastSource, created, secretChanged
 *               times as 2026-11-22T08:00:00Z
 * secret        the front secret, in clear; secretBase64 if it is no UTF-8
 * inside        an object: by server name, an object of name, secret or secretBase64
 * </pre>
 *
 * <p>Secrets are in a dump only if it was asked for. Without them it is no backup: whoever loads it
 * into an empty database gets users who cannot log in until they are given a secret.
 */
public final class Dump {
  /** Characters of the longest line. */
  public static final int MOST_LINE = 64 * 1024;

  /** Users in the longest dump. */
  public static final int MOST_USERS = 1_000_000;

  /** Errors and notes that are told; the rest is only counted. */
  static final int MOST_TOLD = 100;

  private Dump() {}

  /** Whether a dump holds secrets, in clear. */
  public enum Secrets {
    LEFT_OUT,
    IN_CLEAR
  }

  /**
   * What was read. Nothing should be loaded while there are errors.
   *
   * @param errors one line each, {@code line N: what}: this is not, or not wholly, a dump
   * @param notes one line each, {@code user NAME: what could not be taken over}
   */
  public record Content(List<UserEntry> users, List<String> errors, List<String> notes) {
    public Content {
      users = List.copyOf(users);
      errors = List.copyOf(errors);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Reads either kind; the first line that is not empty tells which. The caller closes the secrets.
   *
   * @throws IOException if the text cannot be read to its end
   */
  public static Content read(BufferedReader text) throws IOException {
    DumpLines lines = new DumpLines(text);
    while (lines.next() && lines.line().isBlank()) {}
    boolean toolkit = FwtkDump.begins(lines.line());
    return toolkit ? new FwtkDump(lines).read() : new JsonDump(lines).read();
  }

  /**
   * Writes JSON lines; the characters are ASCII or need an encoding that has them all.
   *
   * @param users those of {@link UserDatabase#export}
   */
  public static void write(List<UserEntry> users, Secrets secrets, Writer to) throws IOException {
    JsonDump.write(users, secrets, to);
  }

  /** Adds a line, or, when there are many, only says so. */
  static void tell(List<String> told, String line) {
    if (told.size() < MOST_TOLD) {
      told.add(line);
    } else if (told.size() == MOST_TOLD) {
      told.add("and more");
    }
  }
}
