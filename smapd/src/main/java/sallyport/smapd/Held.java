package sallyport.smapd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.spool.QueuedMessage;

/**
 * A message that smapd holds, and how far it is: for each way its recipients, and those for whom
 * there is no hope.
 *
 * <p>Owned by one thread at a time: by the worker that took it from {@link Dispatch}, otherwise by
 * {@link Dispatch} under its lock.
 */
final class Held {

  /** The part of a message that is handed over at once. */
  static final class Leg {
    private List<String> recipients;
    private int tries;
    private long due;

    private Leg(List<String> recipients, int tries, long due) {
      this.recipients = recipients;
      this.tries = tries;
      this.due = due;
    }

    List<String> recipients() {
      return recipients;
    }

    /** Attempts so far that were answered. */
    int tries() {
      return tries;
    }

    /** When to try, by {@link System#nanoTime}. */
    long due() {
      return due;
    }

    /** Notes that these recipients are to be tried again, and when. */
    void tryAgain(List<String> deferred, long when) {
      recipients = List.copyOf(deferred);
      tries++;
      due = when;
    }
  }

  private final QueuedMessage message;
  private final Map<Way, Leg> legs = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private final Set<Way> saidWaiting = new LinkedHashSet<>();
  private String setAside = "";
  private long notBefore;

  /**
   * A message as it came from the queue.
   *
   * @param due when it is to be tried, by {@link System#nanoTime}
   */
  Held(QueuedMessage message, Routes routes, long due) {
    this.message = message;
    this.notBefore = due;
    List<String> allowed = new ArrayList<>();
    for (String recipient : message.pending()) {
      if (EnvelopeCheck.faultOfRecipient(recipient).isEmpty()) {
        allowed.add(recipient);
      } else {
        failures.put(recipient, "no address that may be handed on");
      }
    }
    Routes.Split split = routes.split(allowed);
    split.byWay().forEach((way, to) -> legs.put(way, new Leg(to, message.tries(), due)));
    split.uncarried().forEach(to -> failures.put(to, "nothing carries mail for this domain"));
  }

  QueuedMessage message() {
    return message;
  }

  String id() {
    return message.envelope().id().text();
  }

  /** What is still to be handed over. */
  Map<Way, Leg> legs() {
    return legs;
  }

  /** The part that goes this way. */
  Leg leg(Way way) {
    Leg leg = legs.get(way);
    if (leg == null) {
      throw new IllegalArgumentException("nothing goes to " + way);
    }
    return leg;
  }

  /** A part that may be handed to this destination now, by {@link System#nanoTime}. */
  Optional<Way> wayTo(Destination destination, long now) {
    return legs.entrySet().stream()
        .filter(leg -> leg.getKey().destination().equals(destination))
        .filter(leg -> leg.getValue().due() - now <= 0)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Recipients without hope, and why. */
  Map<String, String> failures() {
    return failures;
  }

  /** The whole message is to be set aside: no hub is to be tried. */
  void giveUp(String reason) {
    setAside = reason;
    legs.clear();
  }

  /** Why the message is to be set aside, or empty. */
  String setAsideReason() {
    if (!setAside.isEmpty() || failures.isEmpty()) {
      return setAside;
    }
    StringBuilder reason = new StringBuilder();
    failures.forEach((to, why) -> reason.append(to).append(": ").append(why).append('\n'));
    return reason.toString();
  }

  /** When what needs no hub is to be done, by {@link System#nanoTime}. */
  long notBefore() {
    return notBefore;
  }

  /** Puts off what needs no hub. */
  void putOff(long when) {
    notBefore = when;
  }

  /** Whether this is the first time that the message waits for a connection on that way. */
  boolean saysWaitingFor(Way way) {
    return saidWaiting.add(way);
  }
}
