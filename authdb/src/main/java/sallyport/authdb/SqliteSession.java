package sallyport.authdb;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;
import sallyport.authdb.DatabaseTrouble.Kind;

/**
 * One connection to a SQLite file that exists: its settings, its transactions, and what its errors
 * mean. For one thread.
 */
final class SqliteSession implements AutoCloseable {
  /** Octets that the write-ahead log keeps on disk when it is empty again. */
  private static final int LOG_FILE_OCTETS = 4 << 20;

  /** What SQLite's result codes have in common with their extensions. */
  private static final int PRIMARY_CODE = 0xFF;

  private final Path file;
  private final Connection connection;
  private final Sql sql;

  private SqliteSession(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.sql = new Sql(connection);
  }

  /** Opens a file that is there; it may be empty. */
  static SqliteSession open(Path file, Duration patience) throws DatabaseTrouble {
    return connect(file, "file:" + escaped(file), patience);
  }

  /** A database that is gone when this is closed. */
  static SqliteSession inMemory() throws DatabaseTrouble {
    return connect(Path.of("in memory"), ":memory:", Duration.ZERO);
  }

  private static SqliteSession connect(Path file, String name, Duration patience)
      throws DatabaseTrouble {
    NativeLibrary.load();
    try {
      return new SqliteSession(file, settings(patience).createConnection("jdbc:sqlite:" + name));
    } catch (SQLException e) {
      throw trouble(file, e);
    }
  }

  private static SQLiteConfig settings(Duration patience) {
    SQLiteConfig settings = new SQLiteConfig();
    settings.resetOpenMode(SQLiteOpenMode.CREATE);
    settings.setBusyTimeout((int) patience.toMillis());
    settings.setSynchronous(SynchronousMode.FULL);
    settings.setJournalSizeLimit(LOG_FILE_OCTETS);
    settings.setTempStore(TempStore.MEMORY);
    settings.enforceForeignKeys(true);
    settings.setGetGeneratedKeys(false);
    settings.setPragma(Pragma.CACHE_SPILL, "false");
    return settings;
  }

  /** The path of a file URI: the driver and SQLite read some characters of it otherwise. */
  private static String escaped(Path file) {
    StringBuilder path = new StringBuilder();
    for (byte octet : file.toString().getBytes(StandardCharsets.UTF_8)) {
      boolean plain = octet > ' ' && octet < 0x7F && "%?#\\".indexOf(octet) < 0;
      if (plain) {
        path.append((char) octet);
      } else {
        path.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return path.toString();
  }

  /** What is done in a transaction. Whatever it throws rolls the transaction back. */
  interface Work<T> {
    T with(Sql sql) throws SQLException, DatabaseTrouble;
  }

  /** Reads, as of one moment. */
  <T> T reading(Work<T> work) throws DatabaseTrouble {
    return transaction("BEGIN", work);
  }

  /** Reads and writes while no other process writes; on disk when this returns. */
  <T> T writing(Work<T> work) throws DatabaseTrouble {
    return transaction("BEGIN IMMEDIATE", work);
  }

  /** One statement, outside of a transaction. */
  <T> T plainly(Work<T> work) throws DatabaseTrouble {
    try {
      return work.with(sql);
    } catch (SQLException e) {
      throw trouble(file, e);
    }
  }

  private <T> T transaction(String begin, Work<T> work) throws DatabaseTrouble {
    boolean ended = false;
    try {
      execute(begin);
      T result = work.with(sql);
      execute("COMMIT");
      ended = true;
      return result;
    } catch (SQLException e) {
      throw trouble(file, e);
    } finally {
      if (!ended) {
        rollBack();
      }
    }
  }

  private void rollBack() {
    try {
      execute("ROLLBACK");
    } catch (SQLException _) {
      // Nothing was begun, or SQLite has rolled back by itself: what was thrown says why.
    }
  }

  /** Settings that may be made only once it is known whose database this is. */
  void settle() throws DatabaseTrouble {
    try {
      execute("PRAGMA journal_mode = WAL");
      execute("PRAGMA secure_delete = ON"); // What is deleted is overwritten.
    } catch (SQLException e) {
      throw trouble(file, e);
    }
  }

  /** Empties the write-ahead log into the database, as far as no other process is in the way. */
  void emptyLog() throws DatabaseTrouble {
    try {
      execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      throw trouble(file, e);
    }
  }

  private void execute(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  @Override
  public void close() throws DatabaseTrouble {
    try {
      connection.close();
    } catch (SQLException e) {
      throw trouble(file, e);
    }
  }

  private static DatabaseTrouble trouble(Path file, SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return new DatabaseTrouble(Kind.DAMAGED, file + ": " + e.getMessage(), e);
    }
    SQLiteErrorCode code = sqlite.getResultCode();
    Kind kind = kind(code);
    String text =
        switch (kind) {
          case LOCKED -> "another process is writing to it; try again";
          case FULL -> "no room on the disk";
          case READ_ONLY -> "may not be written";
          case NOT_OURS -> "cannot be opened with its companions -wal and -shm";
          case DAMAGED -> "damaged, or not a user database; put it back from a backup";
          case MISSING, EXISTS, NO_KEY, WRONG_KEY, NEWER_VERSION, IO -> "cannot be used";
        };
    return new DatabaseTrouble(kind, "%s: %s (%s)".formatted(file, text, code.name()), e);
  }

  private static Kind kind(SQLiteErrorCode code) {
    if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
      return Kind.FULL; // The one file that SQLite lengthens without saying what failed.
    }
    return switch (code.code & PRIMARY_CODE) {
      case Code.BUSY, Code.LOCKED, Code.PROTOCOL -> Kind.LOCKED;
      case Code.FULL -> Kind.FULL;
      case Code.READONLY -> Kind.READ_ONLY;
      case Code.PERM, Code.CANTOPEN, Code.AUTH -> Kind.NOT_OURS;
      case Code.IOERR, Code.NOMEM, Code.INTERRUPT -> Kind.IO;
      default -> Kind.DAMAGED; // Our statements never change: the tables are not those we made.
    };
  }

  /** Primary result codes of SQLite (sqlite.org/rescode.html). */
  private static final class Code {
    static final int PERM = 3;
    static final int BUSY = 5;
    static final int LOCKED = 6;
    static final int NOMEM = 7;
    static final int READONLY = 8;
    static final int INTERRUPT = 9;
    static final int IOERR = 10;
    static final int FULL = 13;
    static final int CANTOPEN = 14;
    static final int PROTOCOL = 15;
    static final int AUTH = 23;

    private Code() {}
  }
}
