package sallyport.smapd;

import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Lifecycle;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.netperm.Settings;

/** The program {@code smapd}: in the foreground by {@link #main}, and for Commons Daemon. */
public final class Main extends Lifecycle {

  /** For Commons Daemon, which makes it by name. */
  public Main() {
    super(new Smapd());
  }

  /**
   * Runs in the foreground until SIGTERM; the exit code is one of {@link
   * sallyport.daemon.ExitCode}.
   */
  public static void main(String[] args) {
    System.exit(DaemonCommand.run(new Smapd(), args));
  }

  /** smapd as its configuration and its life cycle see it. */
  static final class Smapd implements Program {
    @Override
    public String name() {
      return SmapdConfig.APPLICATION;
    }

    @Override
    public String summary() {
      return "Takes messages from the spool and hands them to mail servers.";
    }

    @Override
    public Service configure(Settings settings, DaemonConfig config) {
      return new SmapdService(SmapdConfig.of(settings, config.directory()), config);
    }
  }
}
