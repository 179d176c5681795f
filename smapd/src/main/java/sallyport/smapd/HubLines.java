package sallyport.smapd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.HostAndPort;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * Reads the lines that name hubs: {@code relay}, {@code relay-out}, {@code route}. Lines that say
 * the same of the same hubs lead to one destination. What is wrong is left in the settings.
 */
final class HubLines {

  private static final int SMTP_PORT = 25;

  private final Settings settings;
  private final Optional<TlsProfile> profile;
  private final Map<List<String>, Destination.Hubs> known = new HashMap<>();

  /**
   * A reader.
   *
   * @param profile empty to pass over what a line says of TLS
   */
  HubLines(Settings settings, Optional<TlsProfile> profile) {
    this.settings = settings;
    this.profile = profile;
  }

  /** The hubs of a keyword that is read once. */
  Optional<Destination.Hubs> first(String keyword) {
    return settings.first(keyword).flatMap(rule -> hubs(rule, 0));
  }

  /**
   * The hubs of one line.
   *
   * @param before values that stand before them
   */
  Optional<Destination.Hubs> hubs(Rule rule, int before) {
    List<String> values = rule.values().stream().skip(before).toList();
    Destination.Hubs same = known.get(values);
    if (same != null) {
      return Optional.of(same);
    }
    List<HostAndPort> hosts =
        ClientTlsOptions.others(rule).stream()
            .skip(before)
            .flatMap(host -> host(rule, host).stream())
            .toList();
    ClientTlsOptions tls =
        profile
            .map(spoken -> ClientTlsOptions.of(settings, rule, ClientTls.Mode.MAY, spoken))
            .orElseGet(ClientTlsOptions::off);
    try {
      Destination.Hubs hubs = new Destination.Hubs(hosts, tls);
      known.put(values, hubs);
      return Optional.of(hubs);
    } catch (IllegalArgumentException e) {
      settings.error(rule.at(), rule.keyword() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<HostAndPort> host(Rule rule, String text) {
    try {
      return Optional.of(HostAndPort.parse(text, SMTP_PORT));
    } catch (IllegalArgumentException e) {
      settings.error(rule.at(), rule.keyword() + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
