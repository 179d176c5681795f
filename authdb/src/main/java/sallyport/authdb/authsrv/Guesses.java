package sallyport.authdb.authsrv;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices that one name is tried from many networks. It is all the same whether there is such a
 * user, so that nobody can learn it from here. For one thread at a time.
 */
final class Guesses {
  /** So many networks with wrong tries for one name are no accident. */
  static final int MANY_NETWORKS = 20;

  /** Within this time; and so long without a further one until it is over. */
  static final Duration WINDOW = Duration.ofHours(1);

  /** Names that are watched. */
  static final int MAX_NAMES = 1 << 14;

  private static final int USUAL_NETWORKS = 2;

  private static final class Name {
    long since;
    long[] networks = new long[USUAL_NETWORKS];
    int count;
    boolean attacked;
    long lastStrange;

    boolean add(long network) {
      for (int i = 0; i < count; i++) {
        if (networks[i] == network) {
          return false;
        }
      }
      if (count == MANY_NETWORKS) {
        return true;
      }
      if (count == networks.length) {
        networks = Arrays.copyOf(networks, Math.min(2 * count, MANY_NETWORKS));
      }
      networks[count++] = network;
      return true;
    }
  }

  private final Map<String, Name> names = new Bounded<>(MAX_NAMES);

  /** Counts a wrong try from a place that the user is not known at; true if that is an alert. */
  boolean wrong(String user, Source source, long now) {
    Name name = current(user, now);
    if (name == null) {
      name = new Name();
      name.since = now;
      names.put(user, name);
    }
    if (name.add(source.key())) {
      name.lastStrange = now;
    }
    if (name.attacked || name.count < MANY_NETWORKS) {
      return false;
    }
    name.attacked = true;
    return true;
  }

  /** Whether the name is being tried from many networks. */
  boolean underAttack(String user, long now) {
    Name name = current(user, now);
    return name != null && name.attacked;
  }

  private @Nullable Name current(String user, long now) {
    Name name = names.get(user);
    if (name == null) {
      return null;
    }
    long begun = name.attacked ? name.lastStrange : name.since;
    if (now - begun >= WINDOW.toNanos()) {
      names.remove(user);
      return null;
    }
    return name;
  }
}
