package sallyport.smapd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.netperm.DomainSet;
import sallyport.netperm.HostAndPort;

/**
 * Which hub takes a recipient's mail. Decided for each recipient by itself, so that a message for
 * both sides is handed on as two.
 *
 * <ol>
 *   <li>a {@code route} for the recipient's domain, the most specific one: {@code dom} before
 *       {@code *.dom}, and of several {@code *.dom} the longest;
 *   <li>{@code relay}, if the domain is one of {@code local-domains}, or for a bare {@code
 *       postmaster};
 *   <li>{@code relay-out}, if it is not.
 * </ol>
 *
 * <p>Where none of these is in the table, nothing carries the mail. Immutable.
 */
final class Routes {

  private static final String BELOW = "*.";

  /**
   * The recipients of a message by where they go.
   *
   * @param byHub in the order in which the hubs first occur
   * @param uncarried those that nothing carries
   */
  record Split(Map<HostAndPort, List<String>> byHub, List<String> uncarried) {}

  private final DomainSet localDomains;
  private final Optional<HostAndPort> relay;
  private final Optional<HostAndPort> relayOut;
  private final Map<String, HostAndPort> routes = new LinkedHashMap<>();

  /** Of several routes for the same domain the first counts. */
  Routes(
      DomainSet localDomains,
      Optional<HostAndPort> relay,
      Optional<HostAndPort> relayOut,
      List<SmapdConfig.Route> routes) {
    this.localDomains = localDomains;
    this.relay = relay;
    this.relayOut = relayOut;
    for (SmapdConfig.Route route : routes) {
      this.routes.putIfAbsent(normal(route.domain()), route.hub());
    }
  }

  /** All hubs of the table. */
  Set<HostAndPort> hubs() {
    Set<HostAndPort> hubs = new LinkedHashSet<>();
    relay.ifPresent(hubs::add);
    relayOut.ifPresent(hubs::add);
    hubs.addAll(routes.values());
    return hubs;
  }

  /** Sorts recipients by hub. */
  Split split(List<String> recipients) {
    Map<HostAndPort, List<String>> byHub = new LinkedHashMap<>();
    List<String> uncarried = new ArrayList<>();
    for (String recipient : recipients) {
      hubFor(recipient)
          .map(hub -> byHub.computeIfAbsent(hub, _ -> new ArrayList<>()))
          .orElse(uncarried)
          .add(recipient);
    }
    return new Split(byHub, uncarried);
  }

  /** The hub for one recipient; empty if nothing carries its mail. */
  Optional<HostAndPort> hubFor(String recipient) {
    int at = recipient.lastIndexOf('@');
    if (at < 0) {
      return recipient.equalsIgnoreCase("postmaster") ? relay : Optional.empty();
    }
    String domain = normal(recipient.substring(at + 1));
    if (domain.isEmpty()) {
      return Optional.empty();
    }
    Optional<HostAndPort> route = routeFor(domain);
    if (route.isPresent()) {
      return route;
    }
    return localDomains.contains(domain) ? relay : relayOut;
  }

  private Optional<HostAndPort> routeFor(String domain) {
    HostAndPort hub = routes.get(domain);
    for (int dot = domain.indexOf('.');
        hub == null && dot >= 0;
        dot = domain.indexOf('.', dot + 1)) {
      hub = dot > 0 ? routes.get(BELOW + domain.substring(dot + 1)) : null;
    }
    return Optional.ofNullable(hub);
  }

  private static String normal(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
