package sallyport.pop3gw.pop3;

import java.util.List;

/**
 * The outcome of one input.
 *
 * @param state where the session stands now
 * @param actions what to do, in order
 */
public record Step(State state, List<Action> actions) {
  /** Copies the list. */
  public Step {
    actions = List.copyOf(actions);
  }
}
