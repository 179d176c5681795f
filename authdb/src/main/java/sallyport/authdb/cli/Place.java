package sallyport.authdb.cli;

import java.nio.file.Path;
import sallyport.authdb.InsideServers;
import sallyport.authdb.authsrv.AuthsrvConfig;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.Settings;
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
    DaemonCommand.requireNoErrors(settings);
    return new Place(
        config,
        config.directory().resolve(authsrv.database()),
        config.directory().resolve(authsrv.keyFolder()),
        authsrv.inside());
  }
}
