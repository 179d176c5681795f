package sallyport.authdb;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database file as anybody with SQLite can reach it. */
final class Sqlite implements AutoCloseable {
  private final Connection connection;

  Sqlite(Path file) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  static void run(Path file, String... statements) throws SQLException {
    try (Sqlite sqlite = new Sqlite(file)) {
      for (String text : statements) {
        sqlite.execute(text);
      }
    }
  }

  static String ask(Path file, String question) throws SQLException {
    try (Sqlite sqlite = new Sqlite(file);
        Statement statement = sqlite.connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      return rows.next() ? rows.getString(1) : "nothing";
    }
  }

  void execute(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
