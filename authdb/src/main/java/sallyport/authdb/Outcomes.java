package sallyport.authdb;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what authsrv has seen and counted. Old lines of a user's log go by the hundred, since to
 * look for them costs more than to write a new one. Within a transaction, for one thread.
 */
final class Outcomes {
  /** Lines that a user's log in the file may have beyond {@link UserDatabase#LOG_KEPT}. */
  static final int LOG_SLACK = 100;

  /** Users of whom is known how many lines were added; beyond that, all are looked at again. */
  static final int MOST_KNOWN = 100_000;

  /** Lines added since old ones were last looked for. */
  private final Map<Long, Integer> added = new HashMap<>();

  void write(Sql sql, Changes changes) throws SQLException {
    Map<Long, List<LoginRecord>> logins = new LinkedHashMap<>();
    for (Changes.Outcome outcome : changes.outcomes()) {
      logins.computeIfAbsent(outcome.id(), _ -> new ArrayList<>()).add(outcome.login());
    }
    for (Map.Entry<Long, List<LoginRecord>> user : logins.entrySet()) {
      writeLog(sql, user.getKey(), user.getValue());
    }
    for (Changes.UserCount count : changes.users()) {
      sql.countUser(count);
    }
    Set<Long> withMore = new HashSet<>();
    for (Changes.PairCount count : changes.pairs()) {
      if (sql.countPair(count)) {
        withMore.add(count.id());
      }
    }
    for (long id : withMore) {
      sql.trimPairs(id, UserDatabase.PAIRS_KEPT);
    }
  }

  private void writeLog(Sql sql, long id, List<LoginRecord> logins) throws SQLException {
    writeLastLogin(sql, id, logins);
    int skipped = Math.max(0, logins.size() - UserDatabase.LOG_KEPT);
    for (LoginRecord login : logins.subList(skipped, logins.size())) {
      sql.insertLogin(id, login);
    }
    int lines = added.getOrDefault(id, LOG_SLACK) + logins.size() - skipped;
    if (lines >= LOG_SLACK) {
      sql.trimLog(id, UserDatabase.LOG_KEPT);
      lines = 0;
    }
    if (added.size() >= MOST_KNOWN) {
      forget();
    }
    added.put(id, lines);
  }

  private static void writeLastLogin(Sql sql, long id, List<LoginRecord> logins)
      throws SQLException {
    LoginRecord last = null;
    for (LoginRecord login : logins) {
      boolean later = last == null || !login.time().isBefore(last.time());
      if (later && login.outcome() == LoginRecord.Outcome.LOGIN) {
        last = login;
      }
    }
    if (last != null) {
      sql.setLastLogin(id, last);
    }
  }

  /** What was written was rolled back, maybe: from now on old lines are looked for anew. */
  void forget() {
    added.clear();
  }
}
