package sallyport.authdb;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What authsrv has to write: the outcomes of about a second. Whatever concerns a user who is gone
 * meanwhile is dropped, and so are counts from before an unlock.
 *
 * @param outcomes in the order of their happening; a {@link LoginRecord.Outcome#LOGIN} also becomes
 *     the user's last login
 */
public record Changes(List<Outcome> outcomes, List<UserCount> users, List<PairCount> pairs) {

  public Changes {
    outcomes = List.copyOf(outcomes);
    users = List.copyOf(users);
    pairs = List.copyOf(pairs);
  }

  public boolean isEmpty() {
    return outcomes.isEmpty() && users.isEmpty() && pairs.isEmpty();
  }

  /**
   * A line of the user's log.
   *
   * @param id of the account
   */
  public record Outcome(long id, LoginRecord login) {}

  /**
   * A user's count, whatever the source.
   *
   * @param id of the account
   * @param unlocks of the account, as it was when this was counted
   */
  public record UserCount(long id, long unlocks, int badCount, Optional<Instant> sleepingUntil) {}

  /**
   * The count of a user and a source. A blank one is forgotten.
   *
   * @param id of the account
   * @param unlocks of the account, as it was when this was counted
   */
  public record PairCount(long id, long unlocks, Snapshot.Pair pair) {}
}
