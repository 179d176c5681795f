package sallyport.daemon.tls;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import sallyport.daemon.tls.ClientTls.Mode;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * What a line that names servers says of TLS towards them, behind the servers: {@code
 * tls=off|may|required|verify}, {@code ca=FILE}, {@code name=NAME}, {@code client-cert=FILE
 * client-key=FILE}, {@code start=starttls|tls}; each at most once, for the whole line.
 *
 * @param mode {@code tls=}
 * @param start {@code start=}; by default {@link Start#TLS} for the ports 465 and 995
 * @param name the name that the certificate must be for, if it is not the server's own
 * @param tls made from it all, once per line; empty if the mode is off, or something is wrong
 */
public record ClientTlsOptions(
    Mode mode, Optional<Start> start, Optional<String> name, Optional<ClientTls> tls) {

  private static final List<String> NAMES =
      List.of("tls", "ca", "name", "client-cert", "client-key", "start");
  private static final int SUBMISSIONS = 465;
  private static final int POP3S = 995;

  /** How TLS begins. */
  public enum Start {
    /** By a command, after the greeting. */
    STARTTLS,
    /** With the first octet. */
    TLS
  }

  /** The values of a line that are no options, in order: what stands before them. */
  public static List<String> others(Rule rule) {
    return rule.values().stream().filter(value -> !isOption(value)).toList();
  }

  /** {@code word=…}: no host, domain or method holds an equals sign. */
  private static boolean isOption(String value) {
    return value.indexOf('=') > 0;
  }

  /**
   * Reads the options of one line and the files that they name; what is wrong is left in the
   * settings.
   *
   * @param byDefault the mode if the line does not say
   * @param profile of this leg
   */
  public static ClientTlsOptions of(
      Settings settings, Rule rule, Mode byDefault, TlsProfile profile) {
    return of(settings, rule, byDefault, profile, Instant.now());
  }

  static ClientTlsOptions of(
      Settings settings, Rule rule, Mode byDefault, TlsProfile profile, Instant now) {
    Map<String, String> options = options(settings, rule);
    Mode mode = oneOf(settings, rule, options, "tls", Mode.values()).orElse(byDefault);
    Optional<Start> start = oneOf(settings, rule, options, "start", Start.values());
    Optional<String> name = Optional.ofNullable(options.get("name"));
    if (mode != Mode.VERIFY && options.containsKey("ca")) {
      settings.error(rule.at(), rule.keyword() + ": ca= is of use with tls=verify only");
    }
    if (mode == Mode.OFF) {
      options.keySet().stream()
          .filter(option -> !option.equals("tls"))
          .findFirst()
          .ifPresent(option ->
              settings.error(
                  rule.at(), rule.keyword() + ": " + option + "= is of no use without TLS"));
      return new ClientTlsOptions(mode, start, name, Optional.empty());
    }
    return new ClientTlsOptions(
        mode, start, name, tls(settings, rule, options, mode, profile, now));
  }

  /** For lines that say nothing of TLS at all. */
  public static ClientTlsOptions off() {
    return new ClientTlsOptions(Mode.OFF, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Map<String, String> options(Settings settings, Rule rule) {
    Map<String, String> options = new LinkedHashMap<>();
    boolean seen = false;
    for (String value : rule.values()) {
      if (!isOption(value)) {
        if (seen) {
          settings.error(
              rule.at(),
              rule.keyword() + ": '" + value + "' stands behind an option; expected before");
        }
        continue;
      }
      seen = true;
      String option = value.substring(0, value.indexOf('='));
      String text = value.substring(option.length() + 1);
      if (!NAMES.contains(option)) {
        settings.error(
            rule.at(), rule.keyword() + ": no option '" + option + "='; expected one of " + NAMES);
      } else if (text.isEmpty()) {
        settings.error(rule.at(), rule.keyword() + ": " + option + "= has no value");
      } else if (options.putIfAbsent(option, text) != null) {
        settings.error(rule.at(), rule.keyword() + ": " + option + "= stands there twice");
      }
    }
    return options;
  }

  private static <T extends Enum<T>> Optional<T> oneOf(
      Settings settings, Rule rule, Map<String, String> options, String option, T[] choices) {
    String text = options.get(option);
    if (text == null) {
      return Optional.empty();
    }
    for (T choice : choices) {
      if (word(choice).equals(text)) {
        return Optional.of(choice);
      }
    }
    settings.error(
        rule.at(),
        rule.keyword()
            + ": "
            + option
            + "="
            + text
            + "; expected "
            + String.join(" or ", Arrays.stream(choices).map(ClientTlsOptions::word).toList()));
    return Optional.empty();
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<ClientTls> tls(
      Settings settings,
      Rule rule,
      Map<String, String> options,
      Mode mode,
      TlsProfile profile,
      Instant now) {
    try {
      TrustManager[] trust =
          mode == Mode.VERIFY ? Trust.in(file(settings, rule, options, "ca")) : Trust.unasked();
      return Optional.of(
          ClientTls.of(mode, profile, trust, identity(settings, rule, options, now)));
    } catch (BadPemException e) {
      settings.error(rule.at(), rule.keyword() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Identity> identity(
      Settings settings, Rule rule, Map<String, String> options, Instant now)
      throws BadPemException {
    if (options.containsKey("client-cert") != options.containsKey("client-key")) {
      settings.error(rule.at(), rule.keyword() + ": client-cert= and client-key= go together only");
      return Optional.empty();
    }
    Optional<Path> certificate = file(settings, rule, options, "client-cert");
    Optional<Path> key = file(settings, rule, options, "client-key");
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    Identity identity = Identity.read(certificate.get(), key.get(), now);
    PemFiles.warnOfExpiry(settings, rule.at(), identity, now);
    PemFiles.warnOfOthers(settings, rule.at(), key.get());
    return Optional.of(identity);
  }

  private static Optional<Path> file(
      Settings settings, Rule rule, Map<String, String> options, String option) {
    return Optional.ofNullable(options.get(option))
        .flatMap(text -> PemFiles.path(settings, rule, rule.keyword() + ": " + option + "=", text));
  }

  /** How TLS begins at this port. */
  public Start start(int port) {
    return start.orElse(port == SUBMISSIONS || port == POP3S ? Start.TLS : Start.STARTTLS);
  }

  /**
   * For one server of the line.
   *
   * @param host as the table names it
   * @return empty if there is to be no TLS
   */
  public Optional<ClientTls> towards(String host) {
    return tls.map(made -> made.towards(name.orElse(host)));
  }
}
