package sallyport.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What one program supplies, and {@link Lifecycle} runs: each method once, in the order of this
 * file, on one thread; {@link #close} also when an earlier one failed.
 */
public interface Service {
  /** How long {@link #close} waits for sessions that it has cut to log their end: 2 s. */
  Duration LAST_WORDS = Duration.ofSeconds(2);

  /** How much of the confinement this service bears. */
  default Jail jail() {
    return Jail.CHROOT;
  }

  /** What it needs to open towards others once it serves. */
  default Outgoing outgoing() {
    return Outgoing.CONNECTIONS;
  }

  /**
   * Does all that needs the outside: binds, reads files, and touches once, in this process, what
   * serving will touch. May run as root.
   */
  void prepare(Startup startup) throws StartupException;

  /**
   * Goes on after confinement.
   *
   * @param root {@code /} in a chroot, else the configured directory
   */
  void confined(Path root) throws StartupException;

  /** Starts the threads that serve, and returns. */
  void serve();

  /**
   * What of this service has ended or is stuck, in a word or two; empty while all is well. Asked
   * every few seconds between {@link #serve} and {@link #drain}, by one thread, and must not wait.
   * While something ails the service manager hears nothing, and will start the daemon again.
   */
  default Optional<String> ailing() {
    return Optional.empty();
  }

  /** Takes no new work, finishes what is under way, and cuts what is left at the bound. */
  void drain(Duration bound);

  /**
   * Releases everything; what is still running is cut, and has logged its end on return, if that
   * takes no longer than {@link #LAST_WORDS}.
   */
  void close();
}
