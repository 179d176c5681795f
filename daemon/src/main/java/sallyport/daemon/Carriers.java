package sallyport.daemon;

/** The platform threads that the JDK runs virtual threads on. */
public final class Carriers {

  /** Read when the first virtual thread starts. */
  private static final String NUMBER = "jdk.virtualThreadScheduler.parallelism";

  private Carriers() {}

  /**
   * Lets virtual threads have half of the processors, to be called before the first begins: the
   * kernel and the other daemons need some, too, and sessions that wake each other on one processor
   * cost less than on two. Not for a daemon that speaks TLS with strangers, whose handshakes want
   * them all. Does nothing if the number was set from outside.
   */
  public static void onHalfOfTheProcessors() {
    if (System.getProperty(NUMBER) == null) {
      int half = (Runtime.getRuntime().availableProcessors() + 1) / 2;
      System.setProperty(NUMBER, Integer.toString(half));
    }
  }
}
