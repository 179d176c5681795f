package sallyport.authdb.authsrv;

import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Lifecycle;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.netperm.Settings;

/** The program {@code authsrv}: in the foreground by {@link #main}, and for Commons Daemon. */
public final class Main extends Lifecycle {

  /** For Commons Daemon, which makes it by name. */
  public Main() {
    super(new Authsrv());
  }

  /**
   * Runs in the foreground until SIGTERM; the exit code is one of {@link
   * sallyport.daemon.ExitCode}.
   */
  public static void main(String[] args) {
    System.exit(DaemonCommand.run(new Authsrv(), args));
  }

  private static final class Authsrv implements Program {
    @Override
    public String name() {
      return "authsrv";
    }

    @Override
    public String summary() {
      return "Keeps the users' secrets, and tells gateways who may come in, by a Unix socket only.";
    }

    @Override
    public Service configure(Settings settings, DaemonConfig config) {
      return new AuthsrvService(AuthsrvConfig.of(settings, config.directory()));
    }
  }
}
