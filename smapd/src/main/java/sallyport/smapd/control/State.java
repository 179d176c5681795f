package sallyport.smapd.control;

import java.util.Locale;
import java.util.Optional;

/** What a message in the spool waits for. */
public enum State {
  /** It is in a worker's hands now. */
  ACTIVE,
  /** It may be handed on as soon as a worker has time. */
  READY,
  /** It was tried, and waits for its time to come. */
  DEFERRED,
  /** Its hub takes no connection. */
  HUB_DOWN,
  /** An administrator holds it; it lies in the set-aside folder. */
  HELD,
  /** It was set aside for another reason. */
  SET_ASIDE,
  /** A file in the set-aside folder that cannot be read as a message. */
  DAMAGED;

  /** {@code hub-down}: one word, for filters and for grep. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The state that a word means. */
  public static Optional<State> of(String word) {
    for (State state : values()) {
      if (state.word().equals(word)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** Whether it lies in the set-aside folder, where smapd does nothing with it by itself. */
  public boolean isAside() {
    return switch (this) {
      case ACTIVE, READY, DEFERRED, HUB_DOWN -> false;
      case HELD, SET_ASIDE, DAMAGED -> true;
    };
  }

  @Override
  public String toString() {
    return word();
  }
}
