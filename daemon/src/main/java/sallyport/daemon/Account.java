package sallyport.daemon;

/**
 * The account to become.
 *
 * @param name as the table has it
 * @param uid its number, never 0
 * @param gid the group's number, never 0
 */
public record Account(String name, int uid, int gid) {

  /** The user id that this process works under; asks the kernel, so it may be asked in a jail. */
  public static int runningUserId() {
    return Kernel.effectiveUserId();
  }
}
