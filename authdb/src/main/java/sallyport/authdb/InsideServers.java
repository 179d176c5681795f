package sallyport.authdb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * The inside servers that users may name, as authsrv needs them: read from pop3-gw's lines of the
 * same table, so that a gateway cannot choose. What is wrong in those lines is pop3-gw's to say: a
 * line that cannot be read lists no server here.
 *
 * @param servers by name, in table order
 * @param defaultServer for a login that names none; always one of the servers
 */
public record InsideServers(Map<String, Method> servers, Optional<String> defaultServer) {

  /** How the gateway logs in at an inside server. */
  public enum Method {
    /** By APOP (RFC 1939, section 7): the gateway sees a digest only. */
    APOP,
    /** By PASS, with a secret that the user has for that server only. */
    PASS
  }

  private static final Map<String, Method> METHODS =
      Map.of("apop", Method.APOP, "pass", Method.PASS);
  private static final int NAME_AND_HOST = 2;
  private static final int WITH_METHOD = 3;

  public InsideServers {
    servers = Collections.unmodifiableMap(new LinkedHashMap<>(servers));
  }

  /**
   * Reads {@code server NAME HOST[:PORT] [apop|pass]} and {@code default-server NAME}; how the
   * gateway speaks TLS there is its own matter. Of two lines for one name the first counts.
   *
   * @param settings of the application {@code pop3-gw}
   */
  public static InsideServers of(Settings settings) {
    Map<String, Method> servers = new LinkedHashMap<>();
    for (Rule rule : settings.each("server")) {
      List<String> values = ClientTlsOptions.others(rule);
      int words = values.size();
      if (words != NAME_AND_HOST && words != WITH_METHOD) {
        continue;
      }
      Optional<String> name = Names.folded(values.getFirst());
      Optional<Method> method =
          words == NAME_AND_HOST
              ? Optional.of(Method.APOP)
              : Optional.ofNullable(METHODS.get(values.get(2)));
      if (name.isPresent() && method.isPresent()) {
        servers.putIfAbsent(name.get(), method.get());
      }
    }
    Optional<String> byDefault =
        settings.word("default-server").flatMap(Names::folded).filter(servers::containsKey);
    return new InsideServers(servers, byDefault);
  }
}
