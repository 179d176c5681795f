package sallyport.pop3gw;

/**
 * The books of one direction of a relay: what it has carried, and since when a write waits. One
 * thread at a time keeps them, all may read them.
 */
final class Flow {
  private static final long NOT_WRITING = 0;

  private final Runnable heard;
  private long taken;
  private int takenOfWrite;
  private volatile long octets;
  private volatile long writingSince;

  /**
   * Books that are empty.
   *
   * @param heard run for everything that is read or written
   */
  Flow(Runnable heard) {
    this.heard = heard;
  }

  /** Octets were read. */
  void heard() {
    heard.run();
  }

  /** A write begins to wait; of a longer one every {@link RelayBuffers#LARGE} octets begin anew. */
  void waits() {
    takenOfWrite = 0;
    long now = System.nanoTime();
    writingSince = now == NOT_WRITING ? 1 : now;
  }

  /** So many octets of the present write were taken. */
  void took(int length) {
    taken += length;
    octets = taken;
    heard.run();
    if (writingSince != NOT_WRITING) {
      takenOfWrite += length;
      if (takenOfWrite >= RelayBuffers.LARGE) {
        waits();
      }
    }
  }

  /** The write that waited is done. */
  void done() {
    writingSince = NOT_WRITING;
  }

  /** Octets that were written. */
  long octets() {
    return octets;
  }

  /** How long the write under way has been waiting, in nanoseconds; 0 if there is none. */
  long writesFor(long now) {
    long since = writingSince;
    return since == NOT_WRITING ? 0 : now - since;
  }
}
