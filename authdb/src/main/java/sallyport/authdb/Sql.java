package sallyport.authdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.authdb.LoginRecord.Outcome;
import sallyport.authdb.Snapshot.Pair;

/**
 * Every statement that is ever sent to the database, and how its rows read. Times are milliseconds
 * since 1970, truths 0 and 1. For one thread, within a transaction of {@link SqliteSession}.
 */
final class Sql {
  /** Marks a SQLite file as ours: "SPud". */
  static final int APPLICATION_ID = 0x53507564;

  /** The version of the tables below. */
  static final int VERSION = 1;

  private static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE current_key (
            only INTEGER PRIMARY KEY CHECK (only = 1), key_id TEXT NOT NULL, proof TEXT NOT NULL
          ) STRICT\
          """,
          """
          CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE, group_name TEXT NOT NULL, long_name TEXT NOT NULL,
            disabled INTEGER NOT NULL, bad_count INTEGER NOT NULL, sleeping_until INTEGER,
            last_login INTEGER, last_source TEXT, created INTEGER NOT NULL,
            secret_changed INTEGER, unlocks INTEGER NOT NULL
          ) STRICT\
          """,
          """
          CREATE TABLE secrets (
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            purpose TEXT NOT NULL, key_id TEXT NOT NULL, sealed TEXT NOT NULL, until INTEGER,
            PRIMARY KEY (user_id, purpose)
          ) STRICT, WITHOUT ROWID\
          """,
          "CREATE INDEX secrets_until ON secrets (until) WHERE until IS NOT NULL",
          """
          CREATE TABLE inside (
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            server TEXT NOT NULL, name TEXT,
            PRIMARY KEY (user_id, server)
          ) STRICT, WITHOUT ROWID\
          """,
          """
          CREATE TABLE pairs (
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            source TEXT NOT NULL, bad_count INTEGER NOT NULL, last_bad INTEGER,
            sleeping_until INTEGER, last_login INTEGER,
            PRIMARY KEY (user_id, source)
          ) STRICT, WITHOUT ROWID\
          """,
          """
          CREATE TABLE logins (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            time INTEGER NOT NULL, source TEXT NOT NULL, outcome TEXT NOT NULL
          ) STRICT\
          """,
          "CREATE INDEX logins_of_user ON logins (user_id, id)",
          "PRAGMA application_id = " + APPLICATION_ID,
          "PRAGMA user_version = " + VERSION);

  private final Connection connection;

  /** By their texts, of which there are as many as methods here; the connection closes them. */
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** The key that secrets are sealed with, and something sealed with it. */
  record CurrentKey(String id, String proof) {}

  /** A user's row, without what other tables have. */
  record UserRow(long id, long unlocks, User user) {}

  /** A sealed secret, and until when it counts. */
  record SecretRow(long userId, String purpose, Sealed sealed, Optional<Instant> until) {}

  /** The name of a user at an inside server. */
  record InsideRow(long userId, String server, Optional<String> name) {}

  /** Reads one row. */
  private interface Reader<T> {
    T row(ResultSet row) throws SQLException;
  }

  void makeTables() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String text : SCHEMA) {
        statement.execute(text);
      }
    }
  }

  int applicationId() throws SQLException {
    return (int) number("PRAGMA application_id");
  }

  int version() throws SQLException {
    return (int) number("PRAGMA user_version");
  }

  /** Changes whenever another connection commits. */
  long dataVersion() throws SQLException {
    return number("PRAGMA data_version");
  }

  /** Some random octets: SQLite looks for their source when it first needs some. */
  void rehearseRandom() throws SQLException {
    rows("SELECT randomblob(8)", row -> row.getBytes(1));
  }

  private long number(String pragma) throws SQLException {
    return rows(pragma, row -> row.getLong(1)).getFirst();
  }

  Optional<CurrentKey> currentKey() throws SQLException {
    return first(
        "SELECT key_id, proof FROM current_key",
        row -> new CurrentKey(row.getString(1), row.getString(2)));
  }

  void setCurrentKey(CurrentKey key) throws SQLException {
    update(
        """
        INSERT INTO current_key (only, key_id, proof) VALUES (1, ?, ?)
        ON CONFLICT (only) DO UPDATE SET key_id = excluded.key_id, proof = excluded.proof\
        """,
        key.id(),
        key.proof());
  }

  private static final String USER =
      """
      SELECT id, unlocks, name, group_name, long_name, disabled, bad_count, sleeping_until,
        last_login, last_source, created, secret_changed
      FROM users\
      """;

  List<UserRow> users() throws SQLException {
    return rows(USER + " ORDER BY name", Sql::user);
  }

  Optional<UserRow> user(String name) throws SQLException {
    return first(USER + " WHERE name = ?", Sql::user, name);
  }

  private static UserRow user(ResultSet row) throws SQLException {
    User user =
        new User(
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getLong(6) != 0,
            row.getInt(7),
            time(row, 8),
            time(row, 9),
            Optional.ofNullable(row.getString(10)),
            Instant.ofEpochMilli(row.getLong(11)),
            time(row, 12),
            Map.of());
    return new UserRow(row.getLong(1), row.getLong(2), user);
  }

  /** A new user; what stands in {@code inside} is not written. */
  void insertUser(User user) throws SQLException {
    update(
        """
        INSERT INTO users (name, group_name, long_name, disabled, bad_count, sleeping_until,
          last_login, last_source, created, secret_changed, unlocks)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)\
        """,
        user.name(),
        user.group(),
        user.longName(),
        user.disabled() ? 1 : 0,
        user.badCount(),
        millis(user.sleepingUntil()),
        millis(user.lastLogin()),
        user.lastSource().orElse(null),
        user.created().toEpochMilli(),
        millis(user.secretChanged()));
  }

  boolean deleteUser(String name) throws SQLException {
    return update("DELETE FROM users WHERE name = ?", name) > 0;
  }

  boolean setName(String from, String to) throws SQLException {
    return update("UPDATE users SET name = ? WHERE name = ?", to, from) > 0;
  }

  boolean setGroup(String name, String group) throws SQLException {
    return update("UPDATE users SET group_name = ? WHERE name = ?", group, name) > 0;
  }

  boolean setLongName(String name, String longName) throws SQLException {
    return update("UPDATE users SET long_name = ? WHERE name = ?", longName, name) > 0;
  }

  boolean setDisabled(String name, boolean disabled) throws SQLException {
    return update("UPDATE users SET disabled = ? WHERE name = ?", disabled ? 1 : 0, name) > 0;
  }

  void setSecretChanged(long id, Instant when) throws SQLException {
    update("UPDATE users SET secret_changed = ? WHERE id = ?", when.toEpochMilli(), id);
  }

  /** Voids what was counted for a user, here and in the memory of authsrv. */
  void unlock(long id) throws SQLException {
    update(
        """
        UPDATE users SET bad_count = 0, sleeping_until = NULL, unlocks = unlocks + 1
        WHERE id = ?\
        """,
        id);
    update("DELETE FROM pairs WHERE user_id = ? AND last_login IS NULL", id);
    update(
        """
        UPDATE pairs SET bad_count = 0, last_bad = NULL, sleeping_until = NULL
        WHERE user_id = ?\
        """,
        id);
  }

  List<SecretRow> secrets() throws SQLException {
    return rows(SECRET, Sql::secret);
  }

  List<SecretRow> secretsOf(long userId) throws SQLException {
    return rows(SECRET + " WHERE user_id = ?", Sql::secret, userId);
  }

  Optional<SecretRow> secret(long userId, String purpose) throws SQLException {
    return first(SECRET + " WHERE user_id = ? AND purpose = ?", Sql::secret, userId, purpose);
  }

  private static final String SECRET =
      "SELECT user_id, purpose, key_id, sealed, until FROM secrets";

  private static SecretRow secret(ResultSet row) throws SQLException {
    Sealed sealed = new Sealed(row.getString(3), row.getString(4));
    return new SecretRow(row.getLong(1), row.getString(2), sealed, time(row, 5));
  }

  void putSecret(SecretRow secret) throws SQLException {
    update(
        "INSERT OR REPLACE INTO secrets (user_id, purpose, key_id, sealed, until) VALUES (?,?,?,?,?)",
        secret.userId(),
        secret.purpose(),
        secret.sealed().keyId(),
        secret.sealed().base64(),
        millis(secret.until()));
  }

  boolean deleteSecret(long userId, String purpose) throws SQLException {
    return update("DELETE FROM secrets WHERE user_id = ? AND purpose = ?", userId, purpose) > 0;
  }

  void deleteSecretsUntil(Instant now) throws SQLException {
    update("DELETE FROM secrets WHERE until <= ?", now.toEpochMilli());
  }

  List<InsideRow> inside() throws SQLException {
    return rows("SELECT user_id, server, name FROM inside", Sql::inside);
  }

  List<InsideRow> insideOf(long userId) throws SQLException {
    return rows("SELECT user_id, server, name FROM inside WHERE user_id = ?", Sql::inside, userId);
  }

  private static InsideRow inside(ResultSet row) throws SQLException {
    return new InsideRow(row.getLong(1), row.getString(2), Optional.ofNullable(row.getString(3)));
  }

  /** An empty name leaves the one that is there. */
  void putInside(InsideRow inside) throws SQLException {
    update(
        """
        INSERT INTO inside (user_id, server, name) VALUES (?, ?, ?)
        ON CONFLICT (user_id, server) DO UPDATE SET name = coalesce(excluded.name, name)\
        """,
        inside.userId(),
        inside.server(),
        inside.name().orElse(null));
  }

  boolean deleteInside(long userId, String server) throws SQLException {
    return update("DELETE FROM inside WHERE user_id = ? AND server = ?", userId, server) > 0;
  }

  /** By user id. */
  Map<Long, List<Pair>> pairs() throws SQLException {
    Map<Long, List<Pair>> pairs = new HashMap<>();
    rows(
        """
        SELECT user_id, source, bad_count, last_bad, sleeping_until, last_login FROM pairs
        ORDER BY user_id, source\
        """,
        row -> pairs.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>()).add(pair(row)));
    return pairs;
  }

  private static Pair pair(ResultSet row) throws SQLException {
    return new Pair(row.getString(2), row.getInt(3), time(row, 4), time(row, 5), time(row, 6));
  }

  void countUser(Changes.UserCount count) throws SQLException {
    update(
        "UPDATE users SET bad_count = ?, sleeping_until = ? WHERE id = ? AND unlocks = ?",
        count.badCount(),
        millis(count.sleepingUntil()),
        count.id(),
        count.unlocks());
  }

  /** True if the user has one more pair now. */
  boolean countPair(Changes.PairCount count) throws SQLException {
    Pair pair = count.pair();
    if (pair.isBlank()) {
      update(
          """
          DELETE FROM pairs WHERE user_id = ? AND source = ?
            AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND unlocks = ?)\
          """,
          count.id(),
          pair.source(),
          count.unlocks());
      return false;
    }
    return updatePair(count) == 0 && insertPair(count) > 0;
  }

  private int updatePair(Changes.PairCount count) throws SQLException {
    Pair pair = count.pair();
    return update(
        """
        UPDATE pairs SET bad_count = ?, last_bad = ?, sleeping_until = ?, last_login = ?
        WHERE user_id = ? AND source = ?
          AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND unlocks = ?)\
        """,
        pair.badCount(),
        millis(pair.lastBad()),
        millis(pair.sleepingUntil()),
        millis(pair.lastLogin()),
        count.id(),
        pair.source(),
        count.unlocks());
  }

  private int insertPair(Changes.PairCount count) throws SQLException {
    Pair pair = count.pair();
    return update(
        """
        INSERT OR IGNORE INTO pairs
          (user_id, source, bad_count, last_bad, sleeping_until, last_login)
        SELECT id, ?, ?, ?, ?, ? FROM users WHERE id = ? AND unlocks = ?\
        """,
        pair.source(),
        pair.badCount(),
        millis(pair.lastBad()),
        millis(pair.sleepingUntil()),
        millis(pair.lastLogin()),
        count.id(),
        count.unlocks());
  }

  /** Forgets pairs beyond so many: first those without a login, then the least recent. */
  void trimPairs(long userId, int most) throws SQLException {
    update(
        """
        DELETE FROM pairs WHERE user_id = ? AND source IN (
          SELECT source FROM pairs WHERE user_id = ?
          ORDER BY last_login IS NULL, max(coalesce(last_login, 0), coalesce(last_bad, 0)) DESC
          LIMIT -1 OFFSET ?)\
        """,
        userId,
        userId,
        most);
  }

  List<LoginRecord> log(long userId, int most) throws SQLException {
    return rows(
        "SELECT time, source, outcome FROM logins WHERE user_id = ? ORDER BY id DESC LIMIT ?",
        Sql::login,
        userId,
        most);
  }

  private static LoginRecord login(ResultSet row) throws SQLException {
    String outcome = row.getString(3);
    try {
      return new LoginRecord(
          Instant.ofEpochMilli(row.getLong(1)), row.getString(2), Outcome.valueOf(outcome));
    } catch (IllegalArgumentException e) {
      throw new SQLException("a login of unknown outcome " + outcome, e);
    }
  }

  /** Does nothing for a user who is gone. */
  void insertLogin(long userId, LoginRecord login) throws SQLException {
    update(
        """
        INSERT INTO logins (user_id, time, source, outcome)
        SELECT id, ?, ?, ? FROM users WHERE id = ?\
        """,
        login.time().toEpochMilli(),
        login.source(),
        login.outcome().name(),
        userId);
  }

  void setLastLogin(long userId, LoginRecord login) throws SQLException {
    update(
        """
        UPDATE users SET last_login = ?1, last_source = ?2
        WHERE id = ?3 AND coalesce(last_login, 0) <= ?1\
        """,
        login.time().toEpochMilli(),
        login.source(),
        userId);
  }

  /** Forgets lines of a user's log beyond so many. */
  void trimLog(long userId, int most) throws SQLException {
    update(
        """
        DELETE FROM logins WHERE user_id = ? AND id <= (
          SELECT id FROM logins WHERE user_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)\
        """,
        userId,
        userId,
        most);
  }

  private <T> Optional<T> first(String text, Reader<T> reader, Object... values)
      throws SQLException {
    return rows(text, reader, values).stream().findFirst();
  }

  private <T> List<T> rows(String text, Reader<T> reader, Object... values) throws SQLException {
    PreparedStatement statement = prepared(text);
    bind(statement, values);
    try (ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(reader.row(rows));
      }
      return all;
    }
  }

  private int update(String text, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = prepared(text);
    bind(statement, values);
    return statement.executeUpdate();
  }

  /** Preparing costs more than most of the statements do. */
  private PreparedStatement prepared(String text) throws SQLException {
    PreparedStatement known = prepared.get(text);
    if (known != null) {
      return known;
    }
    PreparedStatement added = connection.prepareStatement(text);
    prepared.put(text, added);
    return added;
  }

  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static @Nullable Long millis(Optional<Instant> time) {
    return time.map(Instant::toEpochMilli).orElse(null);
  }
}
