package sallyport.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The four folders of the spool and where they lie.
 *
 * @param directory the transfer directory; {@code /} after chroot
 * @param badName the set-aside folder, relative to {@code directory}
 */
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
    Path inside = directory.toAbsolutePath().normalize();
    Path absolute = inside.resolve(bad).normalize();
    if (!absolute.startsWith(inside) || absolute.equals(inside)) {
      throw new SpoolException(bad + " is not inside " + inside + "; expected a folder in it");
    }
    Path relative = inside.relativize(absolute);
    String first = relative.getName(0).toString();
    if (Set.of("tmp", "new", "queue").contains(first)) {
      throw new SpoolException(bad + " is in " + first + "/; expected a folder of its own");
    }
    return new SpoolFolders(directory, relative.toString());
  }

  /**
   * Checks owner, group and mode of each folder, and that all lie on one file system. To be called
   * before chroot, as root, with the account that this program is about to become. The account of
   * the other program is taken from the folders that are its own.
   *
   * @param user its numeric user
   * @param group its numeric group
   * @throws SpoolException naming the folder, what was found and what was expected
   */
  public void checkConfined(Side side, int user, int group) throws SpoolException {
    FolderFacts.of(directory).require("root", 0, 0, 0755);
    FolderFacts tmp = FolderFacts.of(tmp());
    FolderFacts queue = FolderFacts.of(queue());
    int smap = side == Side.COLLECTOR ? user : tmp.user();
    int smapd = side == Side.DELIVERY ? user : queue.user();
    int smapdGroup = side == Side.DELIVERY ? group : queue.group();
    tmp.require("smap, group of smapd", smap, smapdGroup, 02700);
    FolderFacts arrived = FolderFacts.of(new_());
    if (side == Side.DELIVERY && arrived.user() != smap) {
      throw new SpoolException(
          "%s belongs to user %d and %s to user %d; expected one account, smap's, for both"
              .formatted(tmp(), smap, new_(), arrived.user()));
    }
    arrived.require("smap, group of smapd", smap, smapdGroup, 02770);
    queue.require("smapd", smapd, smapdGroup, 0700);
    FolderFacts.of(bad()).require("smapd", smapd, smapdGroup, 0700);
    if (smap == smapd) {
      throw new SpoolException(
          tmp() + " and " + queue() + " belong to one user, " + smap + "; expected two accounts");
    }
    requireOneDevice();
  }

  /**
   * For a program that is not root: makes missing folders (0700), checks that this account owns
   * all, may write in all, and that all lie on one file system.
   *
   * @throws SpoolException naming the folder, what was found and what was expected
   */
  public void makeUnconfined() throws SpoolException {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rwx------");
    for (Path folder : List.of(directory, tmp(), new_(), queue(), bad())) {
      try {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(mode));
      } catch (IOException e) {
        throw new SpoolException(folder + " cannot be made (" + e + "); expected a folder", e);
      }
    }
    DiskFiles files = new DiskFiles();
    int user = FolderFacts.ownUser();
    for (Path folder : List.of(tmp(), new_(), queue(), bad())) {
      FolderFacts.of(folder).requireOwner(user);
      try {
        files.requireUsable(folder);
      } catch (SpoolException e) {
        throw e;
      } catch (IOException e) {
        throw new SpoolException(folder + " cannot be looked at: " + e, e);
      }
    }
    requireOneDevice();
  }

  void requireOneDevice() throws SpoolException {
    FolderFacts top = FolderFacts.of(directory);
    for (Path folder : List.of(tmp(), new_(), queue(), bad())) {
      FolderFacts facts = FolderFacts.of(folder);
      if (facts.device() != top.device()) {
        throw new SpoolException(
            folder + " lies on another file system than " + directory + "; expected the same");
      }
    }
  }
}
