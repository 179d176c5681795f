package sallyport.authdb;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes what authsrv has seen and counted. For use within a transaction. */
final class Outcomes {

  private Outcomes() {}

  static void write(Sql sql, Changes changes) throws SQLException {
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
    Set<Long> paired = new HashSet<>();
    for (Changes.PairCount count : changes.pairs()) {
      sql.countPair(count);
      paired.add(count.id());
    }
    for (long id : paired) {
      sql.trimPairs(id, UserDatabase.PAIRS_KEPT);
    }
  }

  private static void writeLog(Sql sql, long id, List<LoginRecord> logins) throws SQLException {
    for (LoginRecord login : logins) {
      if (login.outcome() == LoginRecord.Outcome.LOGIN) {
        sql.setLastLogin(id, login);
      }
    }
    int skipped = Math.max(0, logins.size() - UserDatabase.LOG_KEPT);
    for (LoginRecord login : logins.subList(skipped, logins.size())) {
      sql.insertLogin(id, login);
    }
    sql.trimLog(id, UserDatabase.LOG_KEPT);
  }
}
