package sallyport.daemon;

import sallyport.netperm.Settings;

/** A daemon as the command line and the service manager see it. */
public interface Program {
  /** The name in the rule table, on the command line, and in messages. */
  String name();

  /** One line for {@code --help}. */
  String summary();

  /**
   * Reads every keyword of this program. What is wrong is left in {@code settings}, and the service
   * is then thrown away unused; nothing outside is touched here.
   */
  Service configure(Settings settings, DaemonConfig config);
}
