package sallyport.authdb;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sallyport.authdb.Sql.InsideRow;
import sallyport.authdb.Sql.UserRow;
import sallyport.authdb.UserEntry.InsideEntry;

/** Users out of the database for a dump, and from one into it. For use within a transaction. */
final class Transfer {
  private final Sealer sealer;
  private final Instant now;

  Transfer(Sealer sealer, Instant now) {
    this.sealer = sealer;
    this.now = now;
  }

  List<UserEntry> export(Sql sql, Dump.Secrets secrets) throws SQLException, DatabaseTrouble {
    boolean inClear = secrets == Dump.Secrets.IN_CLEAR;
    List<UserEntry> entries = new ArrayList<>();
    for (UserRow row : sql.users()) {
      Map<String, InsideEntry> inside = new TreeMap<>();
      for (InsideRow mapped : sql.insideOf(row.id())) {
        Optional<Secret> own =
            inClear ? sealer.get(sql, row, Purpose.inside(mapped.server())) : Optional.empty();
        inside.put(mapped.server(), new InsideEntry(mapped.name(), own));
      }
      Optional<Secret> front = inClear ? sealer.get(sql, row, Purpose.APOP) : Optional.empty();
      entries.add(entry(row.user(), front, inside));
    }
    return List.copyOf(entries);
  }

  private static UserEntry entry(
      User user, Optional<Secret> front, Map<String, InsideEntry> inside) {
    return new UserEntry(
        user.name(),
        user.group(),
        user.longName(),
        user.disabled(),
        user.badCount(),
        user.lastLogin(),
        user.lastSource(),
        Optional.of(user.created()),
        user.secretChanged(),
        front,
        inside);
  }

  UserDatabase.Loaded load(Sql sql, List<UserEntry> entries) throws SQLException, DatabaseTrouble {
    int added = 0;
    List<String> withoutSecret = new ArrayList<>();
    for (UserEntry entry : entries) {
      boolean known = sql.user(entry.name()).isPresent();
      if (known) {
        sql.setGroup(entry.name(), entry.group());
        sql.setLongName(entry.name(), entry.longName());
        sql.setDisabled(entry.name(), entry.disabled());
      } else {
        sql.insertUser(newUser(entry));
        added++;
      }
      UserRow row = sql.user(entry.name()).orElseThrow();
      loadSecrets(sql, row, entry);
      if (sql.secret(row.id(), Purpose.APOP).isEmpty()) {
        withoutSecret.add(entry.name());
      }
    }
    return new UserDatabase.Loaded(added, entries.size() - added, withoutSecret);
  }

  private User newUser(UserEntry entry) {
    return new User(
        entry.name(),
        entry.group(),
        entry.longName(),
        entry.disabled(),
        entry.badCount(),
        Optional.empty(),
        entry.lastLogin(),
        entry.lastSource(),
        entry.created().orElse(now),
        Optional.empty(),
        Map.of());
  }

  private void loadSecrets(Sql sql, UserRow row, UserEntry entry)
      throws SQLException, DatabaseTrouble {
    if (entry.front().isPresent()) {
      boolean first = sql.secret(row.id(), Purpose.APOP).isEmpty();
      sealer.putFront(
          sql, row, entry.front().get(), first ? entry.secretChanged().orElse(now) : now);
      sql.unlock(row.id());
    }
    for (Map.Entry<String, InsideEntry> mapped : entry.inside().entrySet()) {
      sql.putInside(new InsideRow(row.id(), mapped.getKey(), mapped.getValue().name()));
      requireNotTooManyServers(sql, row);
      if (mapped.getValue().secret().isPresent()) {
        String purpose = Purpose.inside(mapped.getKey());
        sealer.put(sql, row, purpose, mapped.getValue().secret().get());
      }
    }
  }

  static void requireNotTooManyServers(Sql sql, UserRow row) throws SQLException {
    if (sql.insideOf(row.id()).size() > UserDatabase.INSIDE_MOST) {
      throw new IllegalArgumentException(
          "user %s: more than %d inside servers"
              .formatted(row.user().name(), UserDatabase.INSIDE_MOST));
    }
  }
}
