package sallyport.authdb.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.InsideServers;
import sallyport.authdb.Names;
import sallyport.authdb.Secret;
import sallyport.authdb.User;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.StartupException;

/** {@code authdb map}. */
@Command(
    name = "map",
    header = "Says what differs for a user at an inside server.",
    description = {
      "The user's name there, and a secret for that server alone. What is not given stays as it was; 'unmap' forgets both.",
      "A server that is asked by PASS needs such a secret; for one that is asked by APOP the user's own secret serves without."
    },
    sortOptions = false)
final class MapServer implements Callable<Integer> {
  private final Desk desk;

  @Parameters(index = "0", paramLabel = "USER", converter = Name.class, description = "The user.")
  private String user = "";

  @Parameters(
      index = "1",
      paramLabel = "SERVER",
      converter = Name.class,
      description = "A server of the table's 'pop3-gw: server' lines.")
  private String server = "";

  @Option(names = "--name", paramLabel = "NAME", description = "The user's name at that server.")
  private @Nullable String name;

  @ArgGroup(exclusive = true)
  private @Nullable Choice choice;

  private static final class Choice {
    @Option(names = "--secret", description = "Ask for the user's secret at that server.")
    private boolean ask;

    @Option(names = "--stdin", description = "Read it from standard input, one line.")
    private boolean stdin;
  }

  MapServer(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    if (name == null && choice == null) {
      throw Desk.wrong("nothing to change; expected --name, --secret or --stdin");
    }
    if (name != null && !Names.isInsideName(name)) {
      throw Desk.wrong(
          "--name: expected 1 to " + Names.MOST_CHARACTERS + " printable ASCII characters");
    }
    Place place = desk.enter();
    InsideServers servers = place.inside();
    InsideServers.Method method = servers.servers().get(server);
    if (method == null) {
      return desk.no("Unknown server: " + server + " (" + listed(servers) + ")");
    }
    try (UserDatabase database = Desk.open(place)) {
      return map(database, method);
    }
  }

  private static String listed(InsideServers servers) {
    return servers.servers().isEmpty()
        ? "the table has no line 'pop3-gw: server'"
        : "the table lists " + String.join(", ", servers.servers().keySet());
  }

  private int map(UserDatabase database, InsideServers.Method method)
      throws StartupException, DatabaseTrouble {
    Optional<User> found = database.find(user);
    if (found.isEmpty()) {
      return desk.unknown(user);
    }
    boolean full = found.get().inside().size() >= UserDatabase.INSIDE_MOST;
    if (full && !found.get().inside().containsKey(server)) {
      return desk.no("User " + user + " has " + UserDatabase.INSIDE_MOST + " servers, the most.");
    }
    Optional<Secret> secret = secret();
    try {
      boolean done = database.map(user, server, Optional.ofNullable(name), secret);
      int code = desk.done(done, user, "User " + user + " mapped for " + server + ".");
      adviseIfNoSecret(database, method);
      return code;
    } finally {
      secret.ifPresent(Secret::close);
    }
  }

  private Optional<Secret> secret() throws StartupException {
    if (choice != null && choice.stdin) {
      return Optional.of(SecretEntry.fromInput(desk));
    }
    if (choice != null && choice.ask) {
      String label = "Secret of " + user + " at " + server;
      return Optional.of(SecretEntry.fromTerminal(desk, label, "--stdin"));
    }
    return Optional.empty();
  }

  private void adviseIfNoSecret(UserDatabase database, InsideServers.Method method)
      throws DatabaseTrouble {
    boolean hasSecret =
        database
            .find(user)
            .map(now -> now.inside().get(server))
            .filter(i -> i.ownSecret())
            .isPresent();
    if (method == InsideServers.Method.PASS && !hasSecret) {
      desk.note(
          "Server " + server + " is asked by PASS and needs a secret too: --secret or --stdin.");
    }
  }
}
