package sallyport.authdb;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sallyport.authdb.Snapshot.Account;
import sallyport.authdb.Snapshot.Previous;
import sallyport.authdb.Sql.InsideRow;
import sallyport.authdb.Sql.SecretRow;
import sallyport.authdb.Sql.UserRow;

/** Puts users together from the rows of several tables. */
final class Accounts {

  private Accounts() {}

  static List<User> users(Sql sql) throws SQLException {
    Parts parts = Parts.of(sql.inside(), sql.secrets());
    return sql.users().stream().map(parts::user).toList();
  }

  static Optional<User> user(Sql sql, String name) throws SQLException {
    Optional<UserRow> row = sql.user(name);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    long id = row.get().id();
    return Optional.of(Parts.of(sql.insideOf(id), sql.secretsOf(id)).user(row.get()));
  }

  static Snapshot snapshot(Sql sql, Instant now) throws SQLException {
    Parts parts = Parts.of(sql.inside(), sql.secrets());
    Map<Long, List<Snapshot.Pair>> pairs = sql.pairs();
    Map<String, Account> accounts = new HashMap<>();
    for (UserRow row : sql.users()) {
      List<Snapshot.Pair> own = pairs.getOrDefault(row.id(), List.of());
      accounts.put(row.user().name(), parts.account(row, own, now));
    }
    return new Snapshot(accounts);
  }

  /** Rows of other tables, by user id and then by server or purpose. */
  private record Parts(
      Map<Long, Map<String, Optional<String>>> inside, Map<Long, Map<String, SecretRow>> secrets) {

    static Parts of(List<InsideRow> insideRows, List<SecretRow> secretRows) {
      Map<Long, Map<String, Optional<String>>> inside = new HashMap<>();
      for (InsideRow row : insideRows) {
        inside.computeIfAbsent(row.userId(), _ -> new TreeMap<>()).put(row.server(), row.name());
      }
      Map<Long, Map<String, SecretRow>> secrets = new HashMap<>();
      for (SecretRow row : secretRows) {
        secrets.computeIfAbsent(row.userId(), _ -> new HashMap<>()).put(row.purpose(), row);
      }
      return new Parts(inside, secrets);
    }

    private Optional<SecretRow> secret(long id, String purpose) {
      return Optional.ofNullable(secrets.getOrDefault(id, Map.of()).get(purpose));
    }

    User user(UserRow row) {
      Map<String, Inside> mapped = new TreeMap<>();
      inside
          .getOrDefault(row.id(), Map.of())
          .forEach((server, name) -> {
            boolean own = secret(row.id(), Purpose.inside(server)).isPresent();
            mapped.put(server, new Inside(name, own));
          });
      return row.user().with(mapped);
    }

    Account account(UserRow row, List<Snapshot.Pair> pairs, Instant now) {
      Map<String, Sealed> own = new HashMap<>();
      for (String server : inside.getOrDefault(row.id(), Map.of()).keySet()) {
        secret(row.id(), Purpose.inside(server)).ifPresent(s -> own.put(server, s.sealed()));
      }
      Optional<Previous> previous =
          secret(row.id(), Purpose.APOP_PREVIOUS)
              .map(s -> new Previous(s.sealed(), s.until().orElse(Instant.MAX)))
              .filter(p -> p.until().isAfter(now));
      return new Account(
          row.id(),
          user(row),
          row.unlocks(),
          secret(row.id(), Purpose.APOP).map(SecretRow::sealed),
          previous,
          own,
          pairs);
    }
  }
}
