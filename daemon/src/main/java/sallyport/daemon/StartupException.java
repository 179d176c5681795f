package sallyport.daemon;

/**
 * A daemon cannot start, or a command cannot run. The message is one line for an administrator:
 * where, what, and what was expected; no stack is ever shown for it.
 */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /** With the code to exit with and one line. */
  public StartupException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The same, with what caused it; the cause's text belongs into the message already. */
  public StartupException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The code to exit with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
