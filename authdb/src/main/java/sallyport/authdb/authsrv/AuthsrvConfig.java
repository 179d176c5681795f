package sallyport.authdb.authsrv;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.authdb.InsideServers;
import sallyport.netperm.Location;
import sallyport.netperm.Rule;
import sallyport.netperm.Settings;

/**
 * What the rule table says to authsrv. The keywords that all daemons have are in {@link
 * sallyport.daemon.DaemonConfig}. Account names are looked up here, before any jail.
 *
 * @param listen Unix sockets and who may talk on them; {@code listen PATH [ACCOUNT…]}, repeatable;
 *     {@code /run/sallyport/auth-pop3/authsrv}, own account only
 * @param database inside the directory, relative to it; {@code database}, {@code users.db}
 * @param keyFolder of keys, as {@code database}; {@code key}, {@code keys}
 * @param tries wrong tries of a user from a source that put the two to sleep; {@code badtries}, 5
 * @param sleep for how long; {@code badsleep}, 1200 s
 * @param inside the servers that pop3-gw's lines list
 */
public record AuthsrvConfig(
    List<Listen> listen,
    Path database,
    Path keyFolder,
    int tries,
    Duration sleep,
    InsideServers inside) {

  /** The socket when the table names none. */
  public static final Path DEFAULT_SOCKET = Path.of("/run/sallyport/auth-pop3/authsrv");

  /** How many sockets there may be. */
  public static final int MAX_SOCKETS = 16;

  private static final int MAX_TRIES = 1000;
  private static final Duration LONGEST_SLEEP = Duration.ofDays(1);

  /**
   * One socket.
   *
   * @param path absolute
   * @param accounts who may talk; empty: only the account that authsrv itself has
   */
  public record Listen(Path path, Set<UserPrincipal> accounts, Location at) {
    /** Keeps its own copy. */
    public Listen {
      accounts = Set.copyOf(accounts);
    }
  }

  /** Keeps its own copy. */
  public AuthsrvConfig {
    listen = List.copyOf(listen);
  }

  /**
   * Reads every keyword of authsrv, and pop3-gw's {@code server} lines.
   *
   * @param settings of the application {@code authsrv}; what is wrong is left in it
   * @param directory authsrv's
   */
  public static AuthsrvConfig of(Settings settings, Path directory) {
    return new AuthsrvConfig(
        listen(settings),
        inside(settings, directory, "database", "users.db"),
        inside(settings, directory, "key", "keys"),
        settings.count("badtries", 5, 1, MAX_TRIES),
        settings.seconds(
            "badsleep", Duration.ofSeconds(1200), Duration.ofSeconds(1), LONGEST_SLEEP),
        servers(settings));
  }

  private static List<Listen> listen(Settings settings) {
    List<Listen> listen = new ArrayList<>();
    List<Rule> lines = settings.each("listen");
    for (Rule line : lines) {
      List<String> values = line.values();
      path(values.getFirst())
          .filter(Path::isAbsolute)
          .filter(path -> path.getNameCount() > 1)
          .ifPresentOrElse(
              path ->
                  listen.add(
                      new Listen(
                          path,
                          accounts(settings, line, values.subList(1, values.size())),
                          line.at())),
              () ->
                  settings.error(
                      line.at(),
                      "listen '%s': expected the absolute path of a Unix socket, and accounts"
                          .formatted(values.getFirst())));
    }
    if (listen.size() > MAX_SOCKETS) {
      settings.error(lines.get(MAX_SOCKETS).at(), "more than " + MAX_SOCKETS + " listen lines");
    }
    if (lines.isEmpty()) {
      listen.add(new Listen(DEFAULT_SOCKET, Set.of(), settings.whole()));
    }
    return listen;
  }

  private static Set<UserPrincipal> accounts(Settings settings, Rule line, List<String> names) {
    Set<UserPrincipal> accounts = new HashSet<>();
    for (String name : names) {
      try {
        accounts.add(account(name));
      } catch (IOException e) {
        settings.error(line.at(), "listen: there is no account '" + name + "'");
      }
    }
    return accounts;
  }

  /** An account by name or number. */
  static UserPrincipal account(String name) throws IOException {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
  }

  /** A path inside the directory, relative to it: the directory will be the root folder. */
  private static Path inside(Settings settings, Path directory, String keyword, String byDefault) {
    String word = settings.word(keyword).orElse(byDefault);
    Optional<Path> path =
        path(word)
            .map(given -> directory.resolve(given).normalize())
            .filter(given -> given.startsWith(directory) && !given.equals(directory));
    if (path.isEmpty()) {
      settings.error(
          settings.where(keyword).orElseGet(settings::whole),
          "%s '%s': expected a path inside the directory %s".formatted(keyword, word, directory));
    }
    return path.map(directory::relativize).orElse(Path.of(byDefault));
  }

  private static Optional<Path> path(String word) {
    try {
      return Optional.of(Path.of(word).normalize());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static InsideServers servers(Settings settings) {
    InsideServers servers = InsideServers.of(settings.beside("pop3-gw"));
    if (servers.servers().isEmpty()) {
      settings.warning(
          settings.whole(), "no 'pop3-gw: server NAME HOST' line that counts: nobody can log in");
    }
    return servers;
  }
}
