package sallyport.daemon;

/**
 * How a program ended, after {@code sysexits.h}. A service manager may tell by it whether starting
 * again can help: it cannot for 64, 66, 77 and 78.
 */
public enum ExitCode {
  /** Asked to stop, and stopped in order; or a check that found no error. */
  OK(0),
  /** Wrong arguments on the command line. */
  USAGE(64),
  /** The rule table, or another file that was named, cannot be read. */
  NO_INPUT(66),
  /** An address to listen on is taken or not there. */
  UNAVAILABLE(69),
  /** A fault in the program itself; the log line {@code fatal} says where. */
  SOFTWARE(70),
  /** The operating system refused something that must work, or {@code /proc} is not mounted. */
  OS(71),
  /** A file or folder that must be made cannot be made. */
  CANNOT_CREATE(73),
  /** Reading or writing a disk failed. */
  IO(74),
  /**
   * Not allowed: a spool folder that is missing or not as it must be, the wrong account, a
   * capability that root lacks, or a confinement that does not hold.
   */
  NO_PERMISSION(77),
  /**
   * The rule table has errors in lines that concern this program, or names something that must be
   * made first or replaced, as a user database without its key, or a spool of a newer version.
   */
  CONFIG(78);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The number handed to the operating system. */
  public int number() {
    return number;
  }
}
