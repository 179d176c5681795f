package sallyport.authdb.cli;

import java.nio.file.Path;
import java.util.List;
import sallyport.authdb.InsideServers;
import sallyport.authdb.authsrv.AuthsrvConfig;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/** Where authsrv's lines of the table put database and keys, and whose they are. */
record Place(DaemonConfig config, Path database, Path keys, InsideServers inside) {
  private static final String APPLICATION = "authsrv";

  /**
   * Reads them.
   *
   * @throws StartupException with {@link ExitCode#CONFIG} and every error in authsrv's lines
   */
  static Place of(Table table) throws StartupException {
    Settings settings = Settings.of(table, APPLICATION);
    DaemonConfig config = DaemonConfig.of(settings);
    AuthsrvConfig authsrv = AuthsrvConfig.of(settings, config.directory());
    if (settings.where("directory").isEmpty()) {
      settings.error(settings.whole(), "authsrv has no 'directory'; the users' secrets need one");
    }
    List<String> errors =
        settings.problems().stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(Problem::toString)
            .toList();
    if (!errors.isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG, "authsrv does not start with this table:\n" + String.join("\n", errors));
    }
    return new Place(
        config,
        config.directory().resolve(authsrv.database()),
        config.directory().resolve(authsrv.keyFolder()),
        authsrv.inside());
  }
}
