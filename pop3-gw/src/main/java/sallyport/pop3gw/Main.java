package sallyport.pop3gw;

import sallyport.daemon.DaemonCommand;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.Lifecycle;
import sallyport.daemon.Program;
import sallyport.daemon.Service;
import sallyport.netperm.Settings;

/** The program {@code pop3-gw}: in the foreground by {@link #main}, and for Commons Daemon. */
public final class Main extends Lifecycle {
  /** How many platform threads the JDK runs virtual threads on; read when the first one starts. */
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

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

  /**
   * Lets sessions have half of the processors, before the first begins: authsrv and the kernel need
   * some, too, and sessions that wake each other on one processor cost less than on two.
   */
  private static void runOnHalfTheProcessors() {
    if (System.getProperty(CARRIERS) == null) {
      int half = (Runtime.getRuntime().availableProcessors() + 1) / 2;
      System.setProperty(CARRIERS, Integer.toString(half));
    }
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
      runOnHalfTheProcessors();
      return new Pop3Service(Pop3Config.of(settings, config.hostname()), config);
    }
  }
}
