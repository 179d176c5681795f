package sallyport.authdb.authsrv;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.authdb.Changes;
import sallyport.authdb.LoginRecord;

/**
 * What is still to be written. Outcomes are kept as they are, of counts only which have changed.
 * When the database cannot be written for long the oldest are lost, and their number is known. For
 * one thread at a time.
 */
final class Ledger {
  /** Lines of users' logs that wait. */
  static final int MAX_OUTCOMES = 10_000;

  /** Counts that wait: all that there can be of strange networks, and as many again. */
  static final int MAX_COUNTS = 2 * Counts.MAX_STRANGE;

  private final Deque<Changes.Outcome> outcomes = new ArrayDeque<>();
  private final Set<Long> users = new LinkedHashSet<>();
  private final Set<Counts.PairKey> pairs = new LinkedHashSet<>();
  private long lost;

  void outcome(long account, LoginRecord login) {
    if (outcomes.size() == MAX_OUTCOMES) {
      outcomes.removeFirst();
      lost++;
    }
    outcomes.addLast(new Changes.Outcome(account, login));
  }

  void user(long account) {
    users.add(account);
  }

  void pair(Counts.PairKey key) {
    if (pairs.add(key) && pairs.size() > MAX_COUNTS) {
      pairs.remove(pairs.iterator().next());
    }
  }

  /** Takes all of it out, as it stands now. */
  Changes take(Counts counts) {
    List<Changes.UserCount> userCounts =
        users.stream().map(counts::userCount).flatMap(Optional::stream).toList();
    List<Changes.PairCount> pairCounts =
        pairs.stream().map(counts::pairCount).flatMap(Optional::stream).toList();
    Changes changes = new Changes(new ArrayList<>(outcomes), userCounts, pairCounts);
    outcomes.clear();
    users.clear();
    pairs.clear();
    return changes;
  }

  /** Puts back what could not be written; what has changed meanwhile is not undone. */
  void giveBack(Changes changes) {
    List<Changes.Outcome> earlier = changes.outcomes();
    for (int i = earlier.size() - 1; i >= 0; i--) {
      if (outcomes.size() == MAX_OUTCOMES) {
        lost += i + 1;
        break;
      }
      outcomes.addFirst(earlier.get(i));
    }
    changes.users().forEach(count -> user(count.id()));
    changes.pairs().forEach(count -> pair(new Counts.PairKey(count.id(), count.pair().source())));
  }

  /** How many lines were lost since this was last asked. */
  long lost() {
    long all = lost;
    lost = 0;
    return all;
  }
}
