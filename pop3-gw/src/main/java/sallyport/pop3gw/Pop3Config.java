package sallyport.pop3gw;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.daemon.tls.ServerTls;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.HostRules;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Location;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.pop3gw.pop3.LoginMethod;
import sallyport.pop3gw.pop3.Policy;

/**
 * What the rule table says to pop3-gw. The keywords that all daemons have are in {@link
 * sallyport.daemon.DaemonConfig}.
 *
 * @param hostname our own name, which users may write behind {@code @}
 * @param listen where to listen; {@code listen}, port 110 of all addresses
 * @param hosts who may connect and log in; {@code permit-hosts}, {@code deny-hosts}, with {@code
 *     -user} and {@code -dest}; nobody
 * @param timeout for one whole command; {@code timeout}, 300 s
 * @param insideTimeout for the whole login at an inside server; {@code inside-timeout}, 60 s
 * @param relayTimeout without an octet in either direction after login; {@code relay-timeout}, 1800
 *     s
 * @param maxSessions at a time; {@code max-sessions}, 1000
 * @param maxSessionsPerHost of one IPv4 address or IPv6 /64; {@code max-sessions-per-host}, 100
 * @param servers the inside servers by name; {@code server NAME HOST[:PORT] [apop|pass] [tls=…] …}
 * @param defaultServer for a user name without {@code %}; {@code default-server}
 * @param authserver authsrv's socket, relative to the directory; {@code authserver}, {@code
 *     authsrv}
 * @param welcome text of the greeting; {@code welcome-msg}
 * @param denial what a host that may not connect is told; {@code denial-msg}
 * @param offers how a client may log in under TLS; {@code auth}, apop and pass
 * @param offersInPlain the same without TLS: not pass, unless {@code plaintext-pass} is yes
 * @param tls our certificates; {@code tls-cert}, {@code tls-key}, {@code tls-profile}, {@code
 *     tls-min}; set if a listener speaks TLS
 * @param insideProfile of TLS towards inside servers; {@code inside-tls-profile}, {@code
 *     inside-tls-min}
 */
public record Pop3Config(
    String hostname,
    List<ListenAddress> listen,
    HostRules hosts,
    Duration timeout,
    Duration insideTimeout,
    Duration relayTimeout,
    int maxSessions,
    int maxSessionsPerHost,
    Map<String, InsideServer> servers,
    Optional<String> defaultServer,
    Path authserver,
    String welcome,
    String denial,
    Set<LoginMethod> offers,
    Set<LoginMethod> offersInPlain,
    Optional<ServerTls> tls,
    TlsProfile insideProfile) {

  /** The application's name in the table. */
  public static final String APPLICATION = "pop3-gw";

  /** The port of POP3. */
  static final int POP3_PORT = 110;

  /** How a client is greeted when the table does not say. */
  static final String WELCOME = "POP3 gateway ready";

  /** What a host that may not connect is told when the table does not say. */
  static final String DENIAL = "Access denied";

  private static final String AUTHSERVER = "authsrv";
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_LOGIN = Duration.ofMinutes(10);
  private static final Map<String, LoginMethod> METHODS =
      Map.of("apop", LoginMethod.APOP, "pass", LoginMethod.PASS);

  /** Keeps its own copies. */
  public Pop3Config {
    listen = List.copyOf(listen);
    servers = Map.copyOf(servers);
    offers = Set.copyOf(offers);
    offersInPlain = Set.copyOf(offersInPlain);
  }

  /**
   * Reads every keyword of pop3-gw.
   *
   * @param settings of the application {@code pop3-gw}; what is wrong is left in it
   */
  public static Pop3Config of(Settings settings, String hostname) {
    TlsProfile insideProfile = TlsProfile.of(settings, "inside-");
    Map<String, InsideServer> servers = InsideServers.of(settings, insideProfile);
    Set<LoginMethod> offers = offers(settings);
    boolean plaintextPass = settings.yesNo("plaintext-pass", false);
    List<ListenAddress> listen = settings.listen(POP3_PORT);
    Optional<ServerTls> tls = ServerTls.of(settings, listen);
    if (!plaintextPass) {
      requireTlsForPass(settings, listen, offers);
    }
    return new Pop3Config(
        hostname,
        listen,
        settings.hosts("user", "dest"),
        settings.seconds("timeout", Duration.ofSeconds(300), SECOND, DAY),
        settings.seconds("inside-timeout", Duration.ofSeconds(60), SECOND, LONGEST_LOGIN),
        settings.seconds("relay-timeout", Duration.ofSeconds(1800), SECOND, DAY),
        settings.count("max-sessions", 1000, 1, 100_000),
        settings.count("max-sessions-per-host", 100, 1, 100_000),
        servers,
        InsideServers.byDefault(settings, servers),
        authserver(settings),
        text(settings, "welcome-msg", WELCOME),
        text(settings, "denial-msg", DENIAL),
        offers,
        plaintextPass ? offers : withoutPass(offers),
        tls,
        insideProfile);
  }

  Policy policy() {
    return new Policy(hostname, welcome, denial, offers, offersInPlain);
  }

  /** A folder between would be one more that somebody else could move. */
  private static Path authserver(Settings settings) {
    String name = settings.word("authserver").orElse(AUTHSERVER);
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0 || name.equals("..")) {
      settings.error(
          at(settings, "authserver"),
          "authserver '" + name + "'; expected the name of a socket in 'directory', without '/'");
      return Path.of(AUTHSERVER);
    }
    return Path.of(name);
  }

  private static String text(Settings settings, String keyword, String byDefault) {
    String text = settings.word(keyword).orElse(byDefault);
    try {
      new Policy("localhost", text, text, Set.of(LoginMethod.APOP), Set.of());
      return text;
    } catch (IllegalArgumentException e) {
      settings.error(
          at(settings, keyword),
          keyword
              + ": expected 1 to "
              + Policy.MAX_TEXT
              + " printable ASCII characters without < and >, which a client would take for a"
              + " challenge, and no [ at the beginning");
      return byDefault;
    }
  }

  private static Set<LoginMethod> offers(Settings settings) {
    List<Rule> lines = settings.each("auth");
    if (lines.isEmpty()) {
      return EnumSet.allOf(LoginMethod.class);
    }
    Set<LoginMethod> offers = EnumSet.noneOf(LoginMethod.class);
    Rule line = lines.getFirst();
    for (String word : line.values()) {
      LoginMethod method = METHODS.get(word);
      if (method == null) {
        settings.error(line.at(), "auth '" + word + "'; expected apop, pass, or both");
      } else {
        offers.add(method);
      }
    }
    return offers.isEmpty() ? EnumSet.allOf(LoginMethod.class) : offers;
  }

  private static Set<LoginMethod> withoutPass(Set<LoginMethod> offers) {
    return offers.contains(LoginMethod.APOP) ? Set.of(LoginMethod.APOP) : Set.of();
  }

  /** With {@code auth pass} alone a listener without TLS would be one where nobody gets in. */
  private static void requireTlsForPass(
      Settings settings, List<ListenAddress> listen, Set<LoginMethod> offers) {
    if (offers.contains(LoginMethod.APOP)) {
      return;
    }
    for (ListenAddress address : listen) {
      if (address.tls() == ListenAddress.Tls.NONE) {
        settings.error(
            at(settings, "auth"),
            "auth pass, but port "
                + address.port()
                + " has no TLS, and passwords would be readable on the network; expected tls,"
                + " starttls or starttls-required behind it, 'auth apop pass', or"
                + " 'plaintext-pass yes'");
      }
    }
  }

  static Location at(Settings settings, String keyword) {
    return settings.where(keyword).orElseGet(settings::whole);
  }
}
