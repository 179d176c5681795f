package sallyport.daemon;

import sallyport.netperm.NameLookup;

/**
 * What a {@link Service} is given to prepare itself with.
 *
 * @param config what every daemon reads from the table
 * @param log the log, open until after {@link Service#close}
 * @param names name look-ups by the configured servers only, usable before and after confinement
 * @param privileges whether this process is root now and will become another account
 * @param ending how a service ends its own process
 */
public record Startup(
    DaemonConfig config, EventLog log, NameLookup names, Privileges privileges, Ending ending) {

  /** Whether the process will be confined. */
  public enum Privileges {
    /** Started as root: the process will be confined before it serves. */
    TO_BE_DROPPED,
    /** Started as an ordinary account, in which it stays. */
    NONE
  }

  /** How a service ends its own process, from any thread. */
  public interface Ending {
    /** Something happened that must not: log it, write the log out, halt at once with code 70. */
    void fatal(Throwable cause);

    /** Drain in order, as on SIGTERM, and end with this code. Returns at once. */
    void stop(ExitCode code);
  }
}
