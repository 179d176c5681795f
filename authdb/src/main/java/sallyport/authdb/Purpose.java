package sallyport.authdb;

/** What a secret is for: part of what it is sealed with, so that none can take another's place. */
public final class Purpose {
  /** The secret with which a user logs in at the gateway. */
  public static final String APOP = "apop";

  /** The one before, kept for {@link UserDatabase#PREVIOUS_KEPT} after a change. */
  public static final String APOP_PREVIOUS = "apop-previous";

  private static final String INSIDE = "inside:";

  private Purpose() {}

  /** The user's own secret for an inside server. */
  public static String inside(String server) {
    return INSIDE + server;
  }
}
