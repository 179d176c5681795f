package sallyport.smap.smtp;

/**
 * One session's side of SMTP as a pure function: a state and an input give the next state and
 * actions. Holds nothing but its policy.
 */
public final class Dialogue {
  /** Longest command line without its CR LF. */
  public static final int MAX_COMMAND_OCTETS = 2048;

  private final Policy policy;

  /** A dialogue under this policy. */
  public Dialogue(Policy policy) {
    this.policy = policy;
  }

  /**
   * One step.
   *
   * @throws IllegalStateException when the driver gives an input that this state cannot have, such
   *     as a command line inside a body
   */
  public Step on(State state, Input input) {
    if (state instanceof State.Closed) {
      return new Step(state, java.util.List.of());
    }
    throw new UnsupportedOperationException(policy.hostname() + input);
  }
}
