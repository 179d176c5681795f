package sallyport.smapd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.netperm.DomainSet;

/**
 * Which way a recipient's mail goes. Decided for each recipient by itself, so that a message for
 * both sides is handed on as two.
 *
 * <ol>
 *   <li>a {@code route} for the recipient's domain, the most specific one: {@code dom} before
 *       {@code *.dom}, and of several {@code *.dom} the longest;
 *   <li>{@code relay}, if the domain is one of {@code local-domains}, or for a bare {@code
 *       postmaster};
 *   <li>{@code relay-out}, if it is not;
 *   <li>{@code sendmail}, where the table has no such line.
 * </ol>
 *
 * <p>Where none of these is in the table, nothing carries the mail. Immutable.
 */
final class Routes {

  private static final String BELOW = "*.";

  /**
   * The recipients of a message by where they go.
   *
   * @param byWay in the order in which the ways first occur
   * @param uncarried those that nothing carries
   */
  record Split(Map<Way, List<String>> byWay, List<String> uncarried) {}

  private final DomainSet localDomains;
  private final Optional<Destination> incoming;
  private final Optional<Destination> outgoing;
  private final Map<String, Destination.Hubs> routes = new LinkedHashMap<>();
  private final Map<Way, Way> ways = new HashMap<>();

  /** Of several routes for the same domain the first counts. */
  Routes(
      DomainSet localDomains,
      Optional<Destination.Hubs> relay,
      Optional<Destination.Hubs> relayOut,
      List<SmapdConfig.Route> routes,
      Optional<Destination.Program> sendmail) {
    this.localDomains = localDomains;
    this.incoming = relay.<Destination>map(to -> to).or(() -> sendmail);
    this.outgoing = relayOut.<Destination>map(to -> to).or(() -> sendmail);
    for (SmapdConfig.Route route : routes) {
      this.routes.putIfAbsent(normal(route.domain()), route.to());
    }
    for (Destination destination : destinations()) {
      for (Way.Direction direction : Way.Direction.values()) {
        Way way = new Way(destination, direction);
        ways.put(way, way);
      }
    }
  }

  /** All destinations of the table. */
  Set<Destination> destinations() {
    Set<Destination> destinations = new LinkedHashSet<>();
    incoming.ifPresent(destinations::add);
    outgoing.ifPresent(destinations::add);
    destinations.addAll(routes.values());
    return destinations;
  }

  /** Sorts recipients by the way their mail goes. */
  Split split(List<String> recipients) {
    Map<Way, List<String>> byWay = new LinkedHashMap<>();
    List<String> uncarried = new ArrayList<>();
    for (String recipient : recipients) {
      wayFor(recipient)
          .map(way -> byWay.computeIfAbsent(way, _ -> new ArrayList<>()))
          .orElse(uncarried)
          .add(recipient);
    }
    return new Split(byWay, uncarried);
  }

  /** The way for one recipient; empty if nothing carries its mail. */
  Optional<Way> wayFor(String recipient) {
    int at = recipient.lastIndexOf('@');
    if (at < 0) {
      return recipient.equalsIgnoreCase("postmaster")
          ? incoming.map(to -> way(to, Way.Direction.INCOMING))
          : Optional.empty();
    }
    String domain = normal(recipient.substring(at + 1));
    if (domain.isEmpty()) {
      return Optional.empty();
    }
    boolean local = localDomains.contains(domain);
    return routeFor(domain)
        .or(() -> local ? incoming : outgoing)
        .map(to -> way(to, local ? Way.Direction.INCOMING : Way.Direction.OUTGOING));
  }

  /** Always the same object: each message that waits keeps one. */
  private Way way(Destination to, Way.Direction direction) {
    Way key = new Way(to, direction);
    return ways.getOrDefault(key, key);
  }

  private Optional<Destination> routeFor(String domain) {
    Destination.Hubs found = routes.get(domain);
    for (int dot = domain.indexOf('.');
        found == null && dot >= 0;
        dot = domain.indexOf('.', dot + 1)) {
      found = dot > 0 ? routes.get(BELOW + domain.substring(dot + 1)) : null;
    }
    return Optional.ofNullable(found);
  }

  private static String normal(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
