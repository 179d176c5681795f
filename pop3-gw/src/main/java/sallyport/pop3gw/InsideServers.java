package sallyport.pop3gw;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.authdb.protocol.LoginName;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.netperm.HostAndPort;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;
import sallyport.pop3gw.pop3.LoginMethod;

/** Reads the {@code server} lines and {@code default-server}. */
final class InsideServers {
  /** How many there may be. */
  static final int MOST = 1000;

  private static final String KEYWORD = "server";
  private static final String FORM = "expected server NAME HOST[:PORT] [apop|pass] [tls=…]";

  private InsideServers() {}

  /** By their names in lower case; what is wrong is left in the settings. */
  static Map<String, InsideServer> of(Settings settings, TlsProfile profile) {
    Map<String, InsideServer> servers = new LinkedHashMap<>();
    Map<String, Rule> lines = new LinkedHashMap<>();
    for (Rule line : settings.each(KEYWORD)) {
      try {
        InsideServer server = server(settings, line, profile);
        Rule first = lines.putIfAbsent(server.name(), line);
        if (first != null) {
          throw new IllegalArgumentException(
              "'"
                  + server.name()
                  + "' stands in "
                  + first.at()
                  + " already; expected another name");
        }
        servers.put(server.name(), server);
      } catch (IllegalArgumentException e) {
        settings.error(line.at(), "server: " + e.getMessage());
      }
    }
    if (lines.isEmpty()) {
      settings.error(settings.whole(), "pop3-gw: no inside server; " + FORM);
    } else if (servers.size() > MOST) {
      settings.error(settings.whole(), "pop3-gw: more than " + MOST + " servers");
    }
    return servers;
  }

  private static InsideServer server(Settings settings, Rule line, TlsProfile profile) {
    List<String> values = ClientTlsOptions.others(line);
    if (values.size() < 2 || values.size() > 3) {
      throw new IllegalArgumentException(FORM);
    }
    String name =
        LoginName.name(values.getFirst())
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "'"
                        + values.getFirst()
                        + "' is no name for users to write; expected at most "
                        + LoginName.MAX_NAME
                        + " letters, digits, '.', '_', '+', '-', a letter or digit first"));
    HostAndPort address = HostAndPort.parse(values.get(1), Pop3Config.POP3_PORT);
    LoginMethod method = method(values);
    return new InsideServer(
        name, address, method, ClientTlsOptions.of(settings, line, ClientTls.Mode.OFF, profile));
  }

  private static LoginMethod method(List<String> values) {
    return switch (values.size() == 2 ? "apop" : values.getLast()) {
      case "apop" -> LoginMethod.APOP;
      case "pass" -> LoginMethod.PASS;
      default ->
          throw new IllegalArgumentException("'" + values.getLast() + "'; expected apop or pass");
    };
  }

  /** The server of a user who names none. */
  static Optional<String> byDefault(Settings settings, Map<String, InsideServer> servers) {
    Optional<String> word = settings.word("default-server");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name = LoginName.name(word.get()).filter(servers::containsKey);
    if (name.isEmpty()) {
      settings.error(
          Pop3Config.at(settings, "default-server"),
          "default-server '" + word.get() + "'; expected the name of a 'server' line");
    }
    return name;
  }
}
