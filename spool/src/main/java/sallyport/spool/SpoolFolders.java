package sallyport.spool;

import java.nio.file.Path;

/**
 * The four folders of the spool and where they lie.
 *
 * @param directory the transfer directory; {@code /} after chroot
 * @param badName the set-aside folder, relative to {@code directory}
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public record SpoolFolders(Path directory, String badName) {
  /** The set-aside folder if none is configured. */
  public static final String BAD = "bad";

  /** Folders with their usual names. Looks at nothing. */
  public SpoolFolders(Path directory) {
    this(directory, BAD);
  }

  /** Which program asks. */
  public enum Side {
    /** smap: owns {@code tmp/} and {@code new/}. */
    COLLECTOR,
    /** smapd: owns {@code queue/} and {@code bad/}. */
    DELIVERY
  }

  /** Where smap writes. */
  public Path tmp() {
    return directory.resolve("tmp");
  }

  /** Where committed batches lie until smapd takes them. */
  public Path new_() {
    return directory.resolve("new");
  }

  /** Where smapd keeps what it delivers. */
  public Path queue() {
    return directory.resolve("queue");
  }

  /** Where smapd keeps what it set aside. */
  public Path bad() {
    return directory.resolve(badName);
  }

  /** The same folders below another root: {@code at(Path.of("/"))} after chroot. */
  public SpoolFolders at(Path root) {
    return new SpoolFolders(root, badName);
  }

  /**
   * The same with another set-aside folder, given absolute or relative to {@code directory}.
   *
   * @throws SpoolException when it is not inside {@code directory}
   */
  public SpoolFolders withBad(Path bad) throws SpoolException {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks owner, group and mode of each folder, and that all lie on one file system. To be called
   * before chroot, as root, with the account that this program is about to become.
   *
   * @param user its numeric user
   * @param group its numeric group
   * @throws SpoolException naming the folder, what was found and what was expected
   */
  public void checkConfined(Side side, int user, int group) throws SpoolException {
    throw new UnsupportedOperationException();
  }

  /**
   * For a program that is not root: makes missing folders (0700), checks that this account owns
   * all, may write in all, and that all lie on one file system.
   *
   * @throws SpoolException naming the folder, what was found and what was expected
   */
  public void makeUnconfined() throws SpoolException {
    throw new UnsupportedOperationException();
  }
}
