package sallyport.smapd.cli;

import java.nio.file.Path;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.smapd.SmapdConfig;
import sallyport.smapd.control.ControlDoor;

/** Where smapd's lines of the table put the queue, and whose it is. */
record Place(DaemonConfig daemon, SmapdConfig smapd) {

  /**
   * Reads them.
   *
   * @throws StartupException with {@link ExitCode#CONFIG} and every error in smapd's lines
   */
  static Place of(Table table) throws StartupException {
    Settings settings = Settings.of(table, SmapdConfig.APPLICATION);
    DaemonConfig daemon = DaemonConfig.of(settings);
    SmapdConfig smapd = SmapdConfig.withoutTls(settings, daemon.directory());
    DaemonCommand.requireNoErrors(settings);
    return new Place(daemon, smapd);
  }

  Path socket() {
    return daemon.directory().resolve("queue").resolve(ControlDoor.SOCKET);
  }
}
