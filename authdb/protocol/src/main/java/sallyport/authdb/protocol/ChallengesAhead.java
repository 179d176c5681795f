package sallyport.authdb.protocol;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Front challenges of one connection to authsrv, fetched before a client comes, so that a greeting
 * does not wait for one. Each is given once. When half are gone as many are asked for together.
 * Thread-safe.
 */
final class ChallengesAhead {
  /** Challenges that are here or asked for. */
  static final int MOST = 16;

  /** How long one may lie here: much less than it lives, which is counted from its making. */
  static final Duration KEPT = Duration.ofSeconds(60);

  private record Fetched(String text, long since) {}

  private final Deque<Fetched> fetched = new ArrayDeque<>(MOST);
  private int asked;

  /** One that is fresh, if there is any; the old ones are forgotten. */
  synchronized Optional<String> take(long now) {
    while (!fetched.isEmpty() && now - fetched.peekFirst().since() > KEPT.toNanos()) {
      fetched.removeFirst();
    }
    return Optional.ofNullable(fetched.pollFirst()).map(Fetched::text);
  }

  /** How many the caller is to ask for now: none while there are enough. */
  synchronized int ask() {
    int here = fetched.size() + asked;
    if (here > MOST / 2) {
      return 0;
    }
    asked += MOST - here;
    return MOST - here;
  }

  /** What was asked for has come. */
  synchronized void put(String text, long now) {
    asked--;
    fetched.addLast(new Fetched(text, now));
  }

  /** What was asked for does not come. */
  synchronized void miss() {
    asked--;
  }
}
