package sallyport.pop3gw;

import sallyport.daemon.Carriers;
import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Lifecycle;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.netperm.Settings;

/** The program {@code pop3-gw}: in the foreground by {@link #main}, and for Commons Daemon. */
public final class Main extends Lifecycle {
  /** For Commons Daemon, which makes it by name. */
  public Main() {
    super(new Pop3Gateway());
  }

  /**
   * Runs in the foreground until SIGTERM; the exit code is one of {@link
   * sallyport.daemon.ExitCode}.
   */
  public static void main(String[] args) {
    System.exit(DaemonCommand.run(new Pop3Gateway(), args));
  }

  private static final class Pop3Gateway implements Program {
    @Override
    public String name() {
      return Pop3Config.APPLICATION;
    }

    @Override
    public String summary() {
      return "Lets users read inside mailboxes by POP3, without knowing their secrets.";
    }

    @Override
    public Service configure(Settings settings, DaemonConfig config) {
      Pop3Config gateway = Pop3Config.of(settings, config.hostname());
      if (gateway.tls().isEmpty()) {
        Carriers.onHalfOfTheProcessors();
      }
      return new Pop3Service(gateway, config);
    }
  }
}
