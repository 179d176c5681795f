package sallyport.authdb.authsrv;

/**
 * The latest of random numbers, kept in two generations: when the newer is full the older is
 * forgotten. For one thread.
 */
final class LatestNumbers {
  private final int least;
  private LongSet newer = new LongSet();
  private LongSet older = new LongSet();

  /** With how many are known at least; at most it is twice as many. */
  LatestNumbers(int least) {
    this.least = least;
  }

  boolean contains(long number) {
    return newer.contains(number) || older.contains(number);
  }

  /** Adds a number; false if it is among them. */
  boolean add(long number) {
    if (contains(number)) {
      return false;
    }
    if (newer.size() >= least) {
      older = newer;
      newer = new LongSet();
    }
    return newer.add(number);
  }
}
