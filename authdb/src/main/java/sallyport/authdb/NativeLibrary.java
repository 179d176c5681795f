package sallyport.authdb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;
import sallyport.authdb.DatabaseTrouble.Kind;
import sallyport.daemon.LibraryLog;

/**
 * SQLite itself. The driver can load it only from a file, for which it would use the shared folder
 * for temporary files and, confined, never remove it: here the file lies in a folder of its own and
 * is gone once it is loaded. Nothing of it is logged: what fails comes as an exception, too.
 */
final class NativeLibrary {
  private static final String FOLDER_PROPERTY = "org.sqlite.tmpdir";

  private static boolean loaded;

  private NativeLibrary() {}

  /** Loads the library unless this process has it. */
  static synchronized void load() throws DatabaseTrouble {
    if (loaded) {
      return;
    }
    LibraryLog.silence("org.sqlite");
    try {
      if (System.getProperty(FOLDER_PROPERTY) == null) {
        loadThroughOwnFolder();
      } else {
        SQLiteJDBCLoader.initialize();
      }
      loaded = true;
    } catch (Exception e) {
      String folder = System.getProperty("java.io.tmpdir");
      throw new DatabaseTrouble(
          Kind.IO,
          "SQLite cannot be loaded (is " + folder + " writable, and not noexec?): " + e,
          e);
    }
  }

  private static void loadThroughOwnFolder() throws Exception {
    Path folder =
        Files.createTempDirectory("sallyport-sqlite-" + ProcessHandle.current().pid() + "-");
    System.setProperty(FOLDER_PROPERTY, folder.toString());
    try {
      SQLiteJDBCLoader.initialize();
    } finally {
      System.clearProperty(FOLDER_PROPERTY);
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
