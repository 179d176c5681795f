package sallyport.authdb;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of a user, but the secrets. Times are exact to the millisecond.
 *
 * @param name as {@link Names#folded} gives it
 * @param group may be empty
 * @param longName may be empty
 * @param disabled whether no login is let in
 * @param badCount wrong logins since the last right one
 * @param sleepingUntil until when all or some sources are refused
 * @param lastLogin the last right login
 * @param lastSource where it came from, an address literal
 * @param created when the user was added
 * @param secretChanged when the front secret was last set; empty if there is none
 * @param inside what differs for inside servers, by their names
 */
public record User(
    String name,
    String group,
    String longName,
    boolean disabled,
    int badCount,
    Optional<Instant> sleepingUntil,
    Optional<Instant> lastLogin,
    Optional<String> lastSource,
    Instant created,
    Optional<Instant> secretChanged,
    Map<String, Inside> inside) {

  public User {
    inside = Collections.unmodifiableMap(new TreeMap<>(inside));
  }

  User with(Map<String, Inside> servers) {
    return new User(
        name,
        group,
        longName,
        disabled,
        badCount,
        sleepingUntil,
        lastLogin,
        lastSource,
        created,
        secretChanged,
        servers);
  }
}
