package sallyport.smap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sallyport.daemon.tls.ServerTls;
import sallyport.netperm.AddressSet;
import sallyport.netperm.DomainSet;
import sallyport.netperm.HostRules;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.smap.smtp.Limits;

/**
 * What the rule table says to smap. The keywords that all daemons have are in {@link
 * sallyport.daemon.DaemonConfig}.
 *
 * @param hostname our own name
 * @param listen where to listen; {@code listen}, port 25 of all addresses
 * @param tls our certificates; {@code tls-cert}, {@code tls-key}, {@code tls-profile}, {@code
 *     tls-min}; set if a listener speaks TLS
 * @param hosts who may connect; {@code permit-hosts}, {@code deny-hosts}; nobody
 * @param timeout for one whole command, and for silence inside a body; {@code timeout}, 300 s
 * @param sessionTime of a session, looked at between messages; {@code session-time}, 3600 s
 * @param greetDelay before the greeting; {@code greet-delay}, 0
 * @param dataTime for one whole body; {@code data-time}, 1800 s
 * @param minRate octets a second on average in a body, after 30 s; {@code min-rate}, 500; 0 is none
 * @param maxSessions at a time; {@code max-sessions}, 1000
 * @param maxSessionsPerHost of one IPv4 address or IPv6 /64; {@code max-sessions-per-host}, 100
 * @param limits {@code maxbytes} 25M, {@code maxrecip} 100, {@code maxhops} 50, {@code soft-errors}
 *     10, {@code hard-errors} 20, {@code junk-commands} 100
 * @param localDomains whose mail comes in; {@code local-domains}
 * @param localNets who may send anywhere; {@code local-nets}
 * @param normalized whose bare CR, LF and NUL are mended; {@code bare-lf normalize PATTERN…};
 *     nobody
 * @param recipients file of valid addresses, relative to the directory; {@code recipients}
 * @param carriage where smapd can send mail
 */
public record SmapConfig(
    String hostname,
    List<ListenAddress> listen,
    Optional<ServerTls> tls,
    HostRules hosts,
    Duration timeout,
    Duration sessionTime,
    Duration greetDelay,
    Duration dataTime,
    int minRate,
    int maxSessions,
    int maxSessionsPerHost,
    Limits limits,
    DomainSet localDomains,
    AddressSet localNets,
    AddressSet normalized,
    Optional<String> recipients,
    Carriage carriage) {

  /** The port of SMTP. */
  static final int SMTP_PORT = 25;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * Reads every keyword of smap.
   *
   * @param settings of the application {@code smap}; what is wrong is left in it
   */
  public static SmapConfig of(Settings settings, String hostname) {
    List<ListenAddress> listen = settings.listen(SMTP_PORT);
    return new SmapConfig(
        hostname,
        listen,
        ServerTls.of(settings, listen),
        settings.hosts(),
        settings.seconds("timeout", Duration.ofSeconds(300), SECOND, DAY),
        settings.seconds("session-time", Duration.ofSeconds(3600), SECOND, DAY),
        settings.seconds("greet-delay", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60)),
        settings.seconds("data-time", Duration.ofSeconds(1800), SECOND, DAY),
        settings.count("min-rate", 500, 0, 1_000_000),
        settings.count("max-sessions", 1000, 1, 100_000),
        settings.count("max-sessions-per-host", 100, 1, 100_000),
        limits(settings),
        settings.domains("local-domains"),
        settings.addresses("local-nets"),
        normalized(settings),
        settings.word("recipients"),
        Carriage.of(settings.beside("smapd")));
  }

  private static Limits limits(Settings settings) {
    Limits usual = Limits.defaults();
    int soft = settings.count("soft-errors", usual.softErrors(), 1, 10_000);
    int hard = settings.count("hard-errors", usual.hardErrors(), 1, 10_000);
    if (hard < soft) {
      settings.error(
          settings.where("hard-errors").or(() -> settings.where("soft-errors")).orElseThrow(),
          "hard-errors is " + hard + "; expected no less than soft-errors, which is " + soft);
    }
    return new Limits(
        settings.octets("maxbytes", usual.maxOctets(), 1, 1L << 40),
        settings.count("maxrecip", usual.maxRecipients(), 1, 10_000),
        settings.count("maxhops", usual.maxHops(), 1, 1000),
        soft,
        Math.max(soft, hard),
        settings.count("junk-commands", usual.junkCommands(), 1, 1_000_000),
        usual.errorDelay());
  }

  private static AddressSet normalized(Settings settings) {
    List<String> patterns = new java.util.ArrayList<>();
    for (Rule rule : settings.each("bare-lf")) {
      List<String> values = rule.values();
      switch (values.getFirst()) {
        case "reject" -> {
          if (values.size() > 1) {
            settings.error(rule.at(), "bare-lf reject: takes no addresses, since it is the rule");
          }
        }
        case "normalize" -> patterns.addAll(addresses(settings, rule));
        default ->
            settings.error(
                rule.at(),
                "bare-lf: expected 'reject', or 'normalize' and addresses, not '"
                    + values.getFirst()
                    + "'");
      }
    }
    return AddressSet.of(patterns);
  }

  private static List<String> addresses(Settings settings, Rule rule) {
    List<String> patterns = rule.values().subList(1, rule.values().size());
    try {
      AddressSet.of(patterns);
      if (patterns.isEmpty()) {
        settings.error(rule.at(), "bare-lf normalize: expected the addresses of the clients");
      }
      return patterns;
    } catch (IllegalArgumentException e) {
      settings.error(rule.at(), "bare-lf normalize: " + e.getMessage());
      return List.of();
    }
  }
}
