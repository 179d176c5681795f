package sallyport.authdb;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every user at one moment, with sealed secrets and with the counts that authsrv keeps.
 *
 * @param accounts by user name
 */
public record Snapshot(Map<String, Account> accounts) {

  public Snapshot {
    accounts = Collections.unmodifiableMap(new TreeMap<>(accounts));
  }

  /**
   * One user.
   *
   * @param id stays with the user when the name changes, and is never given again
   * @param unlocks how often the user was unlocked, also by a new secret: when it differs from what
   *     it was, the counts in memory are void
   * @param front the front secret, purpose {@link Purpose#APOP}
   * @param previous the one before; expired ones are left out
   * @param inside own secrets for inside servers, by server name; purpose {@link Purpose#inside}
   * @param pairs at most {@link UserDatabase#PAIRS_KEPT}
   */
  public record Account(
      long id,
      User user,
      long unlocks,
      Optional<Sealed> front,
      Optional<Previous> previous,
      Map<String, Sealed> inside,
      List<Pair> pairs) {

    public Account {
      inside = Map.copyOf(inside);
      pairs = List.copyOf(pairs);
    }
  }

  /**
   * A front secret that was replaced, purpose {@link Purpose#APOP_PREVIOUS}.
   *
   * @param until when it is forgotten
   */
  public record Previous(Sealed sealed, Instant until) {}

  /**
   * What is remembered of a user and a source together.
   *
   * @param source a network, in whatever form authsrv writes it; at most {@link
   *     LoginRecord#MOST_SOURCE} characters
   * @param badCount wrong logins since the last right one
   * @param lastBad the last wrong one
   * @param sleepingUntil until when this source is refused for this user
   * @param lastLogin the last right one from here
   */
  public record Pair(
      String source,
      int badCount,
      Optional<Instant> lastBad,
      Optional<Instant> sleepingUntil,
      Optional<Instant> lastLogin) {

    public Pair {
      if (source.length() > LoginRecord.MOST_SOURCE) {
        throw new IllegalArgumentException("a source of " + source.length() + " characters");
      }
    }

    /** Whether there is nothing to remember. */
    public boolean isBlank() {
      return badCount == 0 && sleepingUntil.isEmpty() && lastLogin.isEmpty();
    }
  }
}
