package sallyport.authdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import sallyport.authdb.DatabaseTrouble.Kind;

/**
 * Makes a database and its first key, each whole before it has its name: the database as {@code
 * NAME.new}, then the key, then the database gets its name. Whoever does it again after a crash
 * finishes it; see the table in the package's manual page.
 */
final class Creation {
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");
  private static final Set<StandardOpenOption> EXCLUSIVELY =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  private static final Set<StandardOpenOption> IN_ANY_CASE =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path database;
  private final Path unfinished;
  private final Path keys;
  private final Progress progress;

  /** Told after each thing that a crash could come after. */
  interface Progress {
    void done(String step);
  }

  private Creation(Path database, Path keys, Progress progress) {
    this.database = database;
    this.unfinished = unfinished(database);
    this.keys = keys;
    this.progress = progress;
  }

  /** The name of a database that is being made. */
  static Path unfinished(Path database) {
    return database.resolveSibling(database.getFileName() + ".new");
  }

  static void run(Path database, Path keys, Duration patience, Progress progress)
      throws DatabaseTrouble {
    Creation creation = new Creation(database, keys, progress);
    Ownership.requireFolder(Ownership.folderOf(database));
    Path lockFile = database.resolveSibling(database.getFileName() + ".lock");
    try (FileChannel channel = FileChannel.open(lockFile, IN_ANY_CASE, PRIVATE)) {
      lock(channel, database, patience);
      creation.refuseOld();
      KeyFiles.makeFolder(keys);
      progress.done("key folder");
      creation.make();
    } catch (IOException e) {
      throw Ownership.io(database, e);
    }
  }

  /** Held until the channel is closed. */
  private static void lock(FileChannel channel, Path database, Duration patience)
      throws IOException, DatabaseTrouble {
    long end = System.nanoTime() + patience.toNanos();
    while (!tryLock(channel)) {
      if (System.nanoTime() - end >= 0) {
        throw new DatabaseTrouble(
            Kind.LOCKED, database + ": another process is making it; try again");
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DatabaseTrouble(Kind.LOCKED, database + ": interrupted", e);
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false; // Another thread of this process.
    }
  }

  private void refuseOld() throws DatabaseTrouble {
    if (isThere(database)) {
      throw new DatabaseTrouble(Kind.EXISTS, database + ": there is a database already");
    }
    for (String companion : COMPANIONS) {
      Path left = database.resolveSibling(database.getFileName() + companion);
      if (isThere(left)) {
        throw new DatabaseTrouble(
            Kind.EXISTS,
            left + ": left of a database that is gone; put that back, or move this away");
      }
    }
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private void make() throws IOException, DatabaseTrouble {
    Keyring present = Keyring.open(keys);
    if (present.isEmpty()) {
      KeyFiles.NewKey key = KeyFiles.NewKey.generate(new SecureRandom());
      makeUnfinished(key);
      progress.done("unfinished database");
      KeyFiles.make(keys, key);
      progress.done("key");
    } else if (!isThere(unfinished) || !fits(present)) {
      throw new DatabaseTrouble(
          Kind.EXISTS,
          "%s: there are keys, but no database %s: put the database back, or move the keys away"
              .formatted(keys, database));
    }
    removeCompanions();
    Files.move(unfinished, database, StandardCopyOption.ATOMIC_MOVE);
    progress.done("name");
    Ownership.force(Ownership.folderOf(database));
    progress.done("folder");
  }

  /**
   * Whether the unfinished database was made for the key that is there: only its name is wanting.
   */
  private boolean fits(Keyring present) throws DatabaseTrouble {
    Ownership.requirePrivateFile(unfinished);
    try (SqliteSession session = SqliteSession.open(unfinished, Duration.ZERO)) {
      Sealer sealer = new Sealer(present);
      return session.reading(
          sql -> sql.applicationId() == Sql.APPLICATION_ID && !sealer.checkKey(sql).isEmpty());
    } catch (DatabaseTrouble e) {
      if (e.kind() == Kind.IO || e.kind() == Kind.LOCKED || e.kind() == Kind.FULL) {
        throw e;
      }
      return false;
    }
  }

  private void makeUnfinished(KeyFiles.NewKey key) throws IOException, DatabaseTrouble {
    Files.deleteIfExists(unfinished); // Its key was never put away: nobody can have used it.
    removeCompanions();
    FileChannel.open(unfinished, EXCLUSIVELY, PRIVATE).close();
    try (SqliteSession session = SqliteSession.open(unfinished, Duration.ZERO)) {
      session.settle();
      Sealer sealer = new Sealer(Keyring.of(key));
      session.writing(sql -> {
        sql.makeTables();
        sealer.setKey(sql, key.id());
        return true;
      });
    }
    try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void removeCompanions() throws IOException {
    for (String companion : COMPANIONS) {
      Files.deleteIfExists(unfinished.resolveSibling(unfinished.getFileName() + companion));
    }
  }
}
