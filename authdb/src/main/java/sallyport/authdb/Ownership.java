package sallyport.authdb;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import sallyport.authdb.DatabaseTrouble.Kind;
import sallyport.daemon.Account;

/** Whose files and folders are, and whether others can reach them. */
final class Ownership {
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int OPEN_TO_OTHERS = 0077;
  private static final int FILE_TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int FOLDER = 0040000;
  private static final String ATTRIBUTES = "unix:uid,mode";

  private Ownership() {}

  /** A folder of ours that nobody else can write, or a link to one. */
  static void requireFolder(Path folder) throws DatabaseTrouble {
    require(folder, FOLDER, WRITABLE_BY_OTHERS, "others may write it; chmod go-w");
  }

  /** A folder of ours that nobody else can enter. */
  static void requirePrivateFolder(Path folder) throws DatabaseTrouble {
    require(folder, FOLDER, OPEN_TO_OTHERS, "others may enter it; chmod 700", NOFOLLOW_LINKS);
  }

  /** A plain file of ours that nobody else can read. */
  static void requirePrivateFile(Path file) throws DatabaseTrouble {
    require(
        file, REGULAR, OPEN_TO_OTHERS, "others may read or write it; chmod go-rwx", NOFOLLOW_LINKS);
  }

  private static void require(
      Path path, int type, int forbidden, String remedy, LinkOption... links)
      throws DatabaseTrouble {
    int uid;
    int mode;
    try {
      Map<String, Object> attributes = Files.readAttributes(path, ATTRIBUTES, links);
      uid = (Integer) attributes.getOrDefault("uid", -1);
      mode = (Integer) attributes.getOrDefault("mode", 0);
    } catch (NoSuchFileException e) {
      throw new DatabaseTrouble(Kind.MISSING, path + ": there is no such file or folder", e);
    } catch (IOException e) {
      throw io(path, e);
    }
    if ((mode & FILE_TYPE) != type) {
      String expected = type == FOLDER ? "not a folder" : "not a plain file";
      throw new DatabaseTrouble(Kind.NOT_OURS, path + ": " + expected);
    }
    int us = Account.runningUserId();
    if (uid != us) {
      throw new DatabaseTrouble(
          Kind.NOT_OURS, path + ": belongs to account " + uid + "; expected our own, " + us);
    }
    if ((mode & forbidden) != 0) {
      throw new DatabaseTrouble(Kind.NOT_OURS, path + ": " + remedy);
    }
  }

  /** The folder that a file lies in; the working folder for a bare name. */
  static Path folderOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of(".") : parent;
  }

  /** Has the disk hold what names the folder has. */
  static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What an error of the file system is to the user. */
  static DatabaseTrouble io(Path path, IOException e) {
    String text = String.valueOf(e.getMessage());
    if (e instanceof java.nio.file.AccessDeniedException) {
      return new DatabaseTrouble(Kind.NOT_OURS, path + ": permission denied", e);
    }
    if (e instanceof NotDirectoryException) {
      return new DatabaseTrouble(Kind.NOT_OURS, path + ": not a folder", e);
    }
    if (text.contains("No space left") || text.contains("Disk quota")) {
      return new DatabaseTrouble(Kind.FULL, path + ": no room on the disk", e);
    }
    if (text.contains("Read-only file system")) {
      return new DatabaseTrouble(Kind.READ_ONLY, path + ": the file system is read-only", e);
    }
    return new DatabaseTrouble(Kind.IO, path + ": " + e, e);
  }
}
