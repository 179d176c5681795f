package sallyport.smapd.control;

import java.util.Locale;
import java.util.Optional;

/** What an administrator may do with a message. */
public enum Action {
  /** Lays it into the set-aside folder until it is released. */
  HOLD("held"),
  /** Puts a held message back into the queue. */
  RELEASE("released"),
  /** Has it tried now, whatever it waited for. */
  RETRY("to be tried now"),
  /** Deletes it; nobody is told. */
  REMOVE("removed"),
  /** Returns it to its sender as not delivered. */
  BOUNCE("bounced"),
  /** Puts a set-aside message back into the queue, whyever it was set aside. */
  REQUEUE("requeued");

  private final String done;

  Action(String done) {
    this.done = done;
  }

  /** The command's word. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a message is after it. */
  public String done() {
    return done;
  }

  /** The action that a word means. */
  public static Optional<Action> of(String word) {
    for (Action action : values()) {
      if (action.word().equals(word)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }

  /** Whether it can be done to a message in this state, if nobody has it in work. */
  public boolean fits(State state) {
    return switch (this) {
      case HOLD, RETRY -> !state.isAside();
      case RELEASE -> state == State.HELD;
      case REMOVE -> true;
      case BOUNCE -> state != State.DAMAGED;
      case REQUEUE -> state == State.HELD || state == State.SET_ASIDE;
    };
  }

  @Override
  public String toString() {
    return word();
  }
}
