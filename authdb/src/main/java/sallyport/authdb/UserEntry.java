package sallyport.authdb;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A user as a dump holds it. Names and texts that are not as {@link Names} allows cannot be part of
 * one.
 *
 * @param front the front secret; empty if the dump leaves secrets out or the user has none
 * @param inside by server name
 */
public record UserEntry(
    String name,
    String group,
    String longName,
    boolean disabled,
    int badCount,
    Optional<Instant> lastLogin,
    Optional<String> lastSource,
    Optional<Instant> created,
    Optional<Instant> secretChanged,
    Optional<Secret> front,
    Map<String, InsideEntry> inside) {

  public UserEntry {
    Names.requireName(name);
    Names.requireGroup(group);
    Names.requireLongName(longName);
    inside.keySet().forEach(Names::requireName);
    inside.values().forEach(server -> server.name().ifPresent(Names::requireInsideName));
    inside = Collections.unmodifiableMap(new TreeMap<>(inside));
  }

  /**
   * What differs at an inside server.
   *
   * @param secret the user's own one for it
   */
  public record InsideEntry(Optional<String> name, Optional<Secret> secret) {}
}
