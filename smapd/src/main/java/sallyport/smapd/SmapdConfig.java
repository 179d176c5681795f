package sallyport.smapd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.DomainSet;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.spool.QueueLimits;
import sallyport.spool.SpoolFolders;

/**
 * What the rule table says to {@code smapd}. Immutable.
 *
 * @param localDomains domains whose mail comes in
 * @param relay where mail for {@code localDomains} goes
 * @param relayOut where all other mail goes
 * @param routes where mail for certain domains goes, in spite of the two
 * @param sendmail a program of this host that takes what none of the three takes
 * @param wakeup how often the spool is looked at when nothing wakes smapd
 * @param wakeupOnArrival whether new mail wakes smapd at once
 * @param badDirectory where mail is set aside
 * @param maxChildren deliveries at the same time
 * @param retryLeast the wait after a first failure
 * @param retryMost the longest wait between two attempts
 * @param maxAge how old a message may become before it is returned
 * @param warnAfter how old it is when its sender is told that it waits; zero: never
 * @param maxQueue messages held at once; what is more stays in {@code new/}
 * @param badAdmin who is told of mail that was set aside; nobody if empty
 * @param postmasterAddress who gets what cannot be returned, if the table names one
 * @param headers what is done with messages in which the checks find something
 * @param shortenSender domains to which a sender's address is cut when mail goes out
 * @param tlsProfile how TLS is spoken with the hubs
 */
public record SmapdConfig(
    DomainSet localDomains,
    Optional<Destination.Hubs> relay,
    Optional<Destination.Hubs> relayOut,
    List<Route> routes,
    Optional<Destination.Program> sendmail,
    Duration wakeup,
    boolean wakeupOnArrival,
    Path badDirectory,
    int maxChildren,
    Duration retryLeast,
    Duration retryMost,
    Duration maxAge,
    Duration warnAfter,
    int maxQueue,
    Optional<String> badAdmin,
    Optional<String> postmasterAddress,
    HeaderPolicy headers,
    List<String> shortenSender,
    TlsProfile tlsProfile) {

  /** The application's name in the table. */
  public static final String APPLICATION = "smapd";

  /** Keywords that have a place in the table already, and nothing yet that carries them out. */
  static final Set<String> NOT_CARRIED_OUT = Set.of("metrics");

  /** Every keyword that this class reads; those of all daemons come on top. */
  public static final Set<String> KEYWORDS =
      Set.of(
          "badadmin",
          "baddir",
          "header-check",
          "header-match",
          "local-domains",
          "local-nets",
          "max-age",
          "max-queue",
          "maxchildren",
          "maxhops",
          "metrics",
          "postmaster",
          "relay",
          "relay-out",
          "retry",
          "route",
          "sendmail",
          "shorten-sender",
          "tls-min",
          "tls-profile",
          "wakeup",
          "wakeup-on-arrival",
          "warn-after");

  private static final Duration WAKEUP = Duration.ofSeconds(60);
  private static final Duration LONGEST_WAKEUP = Duration.ofHours(1);
  private static final int CHILDREN = 20;
  private static final int MOST_CHILDREN = 100;
  private static final int RETRY_LEAST = 300;
  private static final int RETRY_MOST = 4_000;
  private static final Duration AGE = Duration.ofDays(5);
  private static final Duration MOST_AGE = Duration.ofDays(100);
  private static final Duration WARN = Duration.ofHours(4);
  private static final int QUEUE = 1_000_000;
  private static final int MOST_QUEUE = 10_000_000;
  private static final Pattern RETRY_SECONDS = Pattern.compile("[1-9][0-9]{0,5}");

  /**
   * One {@code route} line.
   *
   * @param domain {@code dom} or {@code *.dom}
   * @param to where its mail goes
   */
  public record Route(String domain, Destination.Hubs to) {}

  /** Copies the lists. */
  public SmapdConfig {
    routes = List.copyOf(routes);
    shortenSender = List.copyOf(shortenSender);
  }

  /**
   * Reads every keyword of {@link #KEYWORDS}. What is wrong is left in {@code settings}.
   *
   * @param directory the spool, which holds the set-aside folder
   */
  public static SmapdConfig of(Settings settings, Path directory) {
    TlsProfile profile = TlsProfile.of(settings, "");
    return of(settings, directory, profile, new HubLines(settings, Optional.of(profile)));
  }

  /**
   * The same for a program that looks after the queue and connects to no hub: the files that TLS
   * needs are not read, since it may not be allowed to.
   */
  public static SmapdConfig withoutTls(Settings settings, Path directory) {
    settings.ignore("tls-profile", "tls-min");
    return of(settings, directory, TlsProfile.DEFAULT, new HubLines(settings, Optional.empty()));
  }

  private static SmapdConfig of(
      Settings settings, Path directory, TlsProfile profile, HubLines hubs) {
    warnOfWhatIsNotCarriedOut(settings);
    List<Duration> retry = retry(settings);
    SmapdConfig config =
        new SmapdConfig(
            settings.domains("local-domains"),
            hubs.first("relay"),
            hubs.first("relay-out"),
            routes(settings, hubs),
            sendmail(settings),
            settings.seconds("wakeup", WAKEUP, Duration.ofSeconds(1), LONGEST_WAKEUP),
            settings.yesNo("wakeup-on-arrival", true),
            badDirectory(settings, directory),
            settings.count("maxchildren", CHILDREN, 1, MOST_CHILDREN),
            retry.get(0),
            retry.get(1),
            settings.seconds("max-age", AGE, Duration.ofSeconds(1), MOST_AGE),
            settings.seconds("warn-after", WARN, Duration.ZERO, MOST_AGE),
            settings.count("max-queue", QUEUE, 1, MOST_QUEUE),
            address(settings, "badadmin"),
            address(settings, "postmaster"),
            HeaderPolicy.of(settings),
            SenderShortener.domains(settings),
            profile);
    config.checkThatMailIsCarried(settings);
    return config;
  }

  private static void warnOfWhatIsNotCarriedOut(Settings settings) {
    for (String keyword : NOT_CARRIED_OUT.stream().sorted().toList()) {
      for (Rule rule : settings.each(keyword)) {
        settings.warning(rule.at(), keyword + " is not carried out in this version");
      }
    }
  }

  private static Optional<String> address(Settings settings, String keyword) {
    Optional<String> address = settings.word(keyword);
    if (address.isEmpty() || EnvelopeCheck.allowsRecipient(address.get())) {
      return address;
    }
    settings
        .where(keyword)
        .ifPresent(at -> settings.error(at, keyword + ": expected a mail address"));
    return Optional.empty();
  }

  private static Path badDirectory(Settings settings, Path directory) {
    Path bad = directory.resolve(SpoolFolders.BAD);
    Optional<String> wanted = settings.word("baddir");
    if (wanted.isEmpty() || wanted.get().indexOf('\0') >= 0) {
      return bad;
    }
    Path path = directory.resolve(wanted.get()).normalize();
    if (!path.startsWith(directory) || path.equals(directory)) {
      settings
          .where("baddir")
          .ifPresent(at -> settings.error(at, "baddir: expected a folder inside " + directory));
      return bad;
    }
    return path;
  }

  private static Optional<Destination.Program> sendmail(Settings settings) {
    Optional<String> word = settings.word("sendmail");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    if (!word.get().startsWith("/") || word.get().indexOf('\0') >= 0) {
      settings
          .where("sendmail")
          .ifPresent(at -> settings.error(at, "sendmail: expected the absolute path of a program"));
      return Optional.empty();
    }
    return Optional.of(new Destination.Program(Path.of(word.get())));
  }

  private static List<Route> routes(Settings settings, HubLines hubs) {
    List<Route> routes = new ArrayList<>();
    for (Rule rule : settings.each("route")) {
      try {
        if (ClientTlsOptions.others(rule).size() < 2) {
          throw new IllegalArgumentException("expected a domain and its hosts");
        }
        String domain = rule.values().getFirst();
        DomainSet.of(List.of(domain));
        hubs.hubs(rule, 1).ifPresent(to -> routes.add(new Route(domain, to)));
      } catch (IllegalArgumentException e) {
        settings.error(rule.at(), "route: " + e.getMessage());
      }
    }
    return routes;
  }

  /** The shortest and the longest wait: {@code retry LEAST [MOST]}. */
  private static List<Duration> retry(Settings settings) {
    int least = RETRY_LEAST;
    int most = RETRY_MOST;
    List<Rule> lines = settings.each("retry");
    if (!lines.isEmpty()) {
      List<String> values = lines.getFirst().values();
      boolean numbers = values.stream().allMatch(v -> RETRY_SECONDS.matcher(v).matches());
      int first = numbers && !values.isEmpty() ? Integer.parseInt(values.getFirst()) : 0;
      int last = numbers && !values.isEmpty() ? Integer.parseInt(values.getLast()) : 0;
      if (first == 0 || values.size() > 2 || last < first) {
        settings.error(
            lines.getFirst().at(),
            "retry: expected the shortest and the longest wait in seconds, such as 300 4000");
      } else {
        least = first;
        most = values.size() == 2 ? last : Math.max(first, RETRY_MOST);
      }
    }
    return List.of(Duration.ofSeconds(least), Duration.ofSeconds(most));
  }

  private void checkThatMailIsCarried(Settings settings) {
    if (relay.isEmpty() && relayOut.isEmpty() && routes.isEmpty() && sendmail.isEmpty()) {
      settings.error(
          settings.whole(),
          "smapd: nothing carries mail; expected a line 'relay', 'relay-out', 'route' or"
              + " 'sendmail'");
    } else if (!localDomains.isEmpty()
        && relay.isEmpty()
        && routes.isEmpty()
        && sendmail.isEmpty()) {
      settings.warning(
          settings.whole(), "smapd: nothing carries mail for local-domains; expected 'relay'");
    } else if (localDomains.isEmpty() && relay.isPresent()) {
      settings.warning(
          settings.whole(), "smapd: relay carries nothing; expected a line 'local-domains'");
    }
    checkThatMailIsCarried(settings, "badadmin", badAdmin);
    checkThatMailIsCarried(settings, "postmaster", postmasterAddress);
  }

  private void checkThatMailIsCarried(
      Settings settings, String keyword, Optional<String> recipient) {
    if (recipient.isPresent() && routing().wayFor(recipient.get()).isEmpty()) {
      settings
          .where(keyword)
          .ifPresent(at ->
              settings.warning(at, keyword + ": nothing carries mail for " + recipient.get()));
    }
  }

  /**
   * Who gets what cannot be returned: the {@code postmaster} of the table, else the one at {@code
   * relay}, whom every mail server knows without a domain (RFC 5321, 4.5.1), else our own.
   *
   * @param hostname our own name
   */
  String postmaster(String hostname) {
    return postmasterAddress.orElse(relay.isPresent() ? "postmaster" : "postmaster@" + hostname);
  }

  /** Most deliveries at a time are recorded together; the others go on meanwhile. */
  QueueLimits queueLimits() {
    QueueLimits defaults = QueueLimits.defaults();
    return new QueueLimits(
        maxQueue,
        defaults.octetsPerFile(),
        defaults.namesPerScan(),
        Math.max(1, maxChildren * 3 / 4),
        defaults.recordsWait());
  }

  /** How the hubs are spoken to. */
  List<ClientTlsOptions> legs() {
    return routing().destinations().stream()
        .flatMap(to -> to instanceof Destination.Hubs hubs ? Stream.of(hubs.tls()) : Stream.empty())
        .toList();
  }

  BackOff backOff() {
    return new BackOff(retryLeast, retryMost);
  }

  Routes routing() {
    return new Routes(localDomains, relay, relayOut, routes, sendmail);
  }
}
