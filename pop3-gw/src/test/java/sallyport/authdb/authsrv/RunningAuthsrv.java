package sallyport.authdb.authsrv;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.daemon.ExitCode;
import sallyport.daemon.Startup;
import sallyport.daemon.StartupException;
import sallyport.netperm.HostName;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** The real authsrv in this process, on a socket of its own, with a database of its own. */
public final class RunningAuthsrv implements AutoCloseable {
  private final EventLog log;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final AuthsrvService service;

  /** One user to be. */
  public record Account(String name, String secret, boolean disabled) {}

  /** Makes a database with these users. */
  public static void createUsers(Path folder, List<Account> accounts) throws DatabaseTrouble {
    try (UserDatabase database =
        UserDatabase.create(folder.resolve("users.db"), folder.resolve("keys"))) {
      for (Account account : accounts) {
        var _ =
            database.add(
                account.name(),
                "users",
                "",
                Optional.of(secret(account.secret())),
                account.disabled());
      }
    }
  }

  /** Gives a user a name and a secret of its own at one inside server. */
  public static void map(Path folder, String user, String server, String name, String secret)
      throws DatabaseTrouble {
    try (UserDatabase database =
        UserDatabase.open(folder.resolve("users.db"), folder.resolve("keys"))) {
      var _ = database.map(user, server, Optional.of(name), Optional.of(secret(secret)));
    }
  }

  private static Secret secret(String text) {
    return Secret.of(text.getBytes(ISO_8859_1));
  }

  /** Starts it on {@code folder/authsrv}, with the {@code pop3-gw: server} lines of this table. */
  public RunningAuthsrv(Path folder, String table) throws StartupException, IOException {
    // One that was closed is let go by the kernel when its thread has left accept().
    Files.deleteIfExists(folder.resolve("authsrv"));
    String whole = "authsrv: listen " + folder.resolve("authsrv") + "\n" + table;
    Settings settings = Settings.of(Table.parse("table", whole), "authsrv");
    AuthsrvConfig config = AuthsrvConfig.of(settings, folder);
    if (!settings.problems().isEmpty()) {
      throw new IllegalArgumentException(settings.problems().toString());
    }
    log = EventLog.to(logged, false);
    service = new AuthsrvService(config);
    service.prepare(
        new Startup(
            new DaemonConfig("authsrv", "gateway.example", Optional.empty(), folder, List.of()),
            log,
            address -> new HostName.Unknown(HostName.Reason.NO_NAME),
            Startup.Privileges.NONE,
            new Ending()));
    service.confined(folder);
    service.serve();
  }

  private static final class Ending implements Startup.Ending {
    @Override
    public void fatal(Throwable cause) {
      throw new IllegalStateException(cause);
    }

    @Override
    public void stop(ExitCode code) {
      throw new IllegalStateException("stop " + code);
    }
  }

  /** What it has logged so far. */
  public String logged() {
    log.flush(Duration.ofSeconds(5));
    return logged.toString(UTF_8);
  }

  /** Ends it at once, whatever is under way. */
  @Override
  public void close() {
    service.close();
    log.close();
  }
}
