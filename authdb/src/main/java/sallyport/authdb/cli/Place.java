package sallyport.authdb.cli;

import java.nio.file.Path;
import java.util.List;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.Problem;
import sallyport.netperm.Settings;
import sallyport.netperm.Severity;
import sallyport.netperm.Table;

/**
 * Where authsrv's lines of the table put database and keys, and whose they are.
 *
 * @param settings of authsrv
 */
record Place(Settings settings, DaemonConfig config, Path database, Path keys) {

  /**
   * Reads them.
   *
   * @throws StartupException with {@link ExitCode#CONFIG} and every error in authsrv's lines
   */
  static Place of(Table table) throws StartupException {
    Settings settings = Settings.of(table, "authsrv");
    DaemonConfig config = DaemonConfig.of(settings);
    settings.ignore("listen", "badtries", "badsleep");
    Path database = config.directory().resolve(settings.word("database").orElse("users.db"));
    Path keys = config.directory().resolve(settings.word("key").orElse("keys"));
    List<String> errors =
        settings.problems().stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(Problem::toString)
            .toList();
    if (!errors.isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG, "authsrv does not start with this table:\n" + String.join("\n", errors));
    }
    return new Place(settings, config, database, keys);
  }
}
