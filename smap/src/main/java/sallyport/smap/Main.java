package sallyport.smap;

import sallyport.daemon.Carriers;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Lifecycle;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.netperm.Settings;

/** The program {@code smap}: in the foreground by {@link #main}, and for Commons Daemon. */
public final class Main extends Lifecycle {

  /** For Commons Daemon, which makes it by name. */
  public Main() {
    super(new Smap());
  }

  /**
   * Runs in the foreground until SIGTERM; the exit code is one of {@link
   * sallyport.daemon.ExitCode}.
   */
  public static void main(String[] args) {
    System.exit(DaemonCommand.run(new Smap(), args));
  }

  private static final class Smap implements Program {
    @Override
    public String name() {
      return "smap";
    }

    @Override
    public String summary() {
      return "Takes in mail by SMTP and lays it down in the spool, and does nothing else.";
    }

    @Override
    public Service configure(Settings settings, DaemonConfig config) {
      SmapConfig smap = SmapConfig.of(settings, config.hostname());
      if (smap.tls().isEmpty()) {
        Carriers.onHalfOfTheProcessors();
      }
      return new SmapService(smap);
    }
  }
}
