package sallyport.smapd;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.smapd.control.Details;
import sallyport.smapd.control.Entry;
import sallyport.smapd.control.State;
import sallyport.spool.Envelope;
import sallyport.spool.Queue;
import sallyport.spool.QueueId;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SetAside;

/** Messages as an administrator sees them. Safe for all threads. */
final class Entries {
  /** How the reason of a message begins that an administrator holds. */
  static final String HELD = "held: ";

  /** Characters of a reason that are shown. */
  static final int MAX_REASON = 1000;

  private final Queue queue;
  private final Routes routes;
  private final InstantSource clock;

  Entries(Queue queue, Routes routes, InstantSource clock) {
    this.queue = queue;
    this.routes = routes;
    this.clock = clock;
  }

  /** The state of a message in the queue; empty if it has left it. */
  static Optional<State> state(Dispatch.Standing standing) {
    return switch (standing.state()) {
      case IN_WORK, CLAIMED -> Optional.of(State.ACTIVE);
      case READY -> Optional.of(State.READY);
      case DEFERRED -> Optional.of(State.DEFERRED);
      case WAITING_FOR_HUB -> Optional.of(State.HUB_DOWN);
      case ENDED -> Optional.empty();
    };
  }

  /** The state of a file in the set-aside folder, as far as its name and reason tell. */
  static State state(SetAside aside) {
    if (!aside.isMessage()) {
      return State.DAMAGED;
    }
    return aside.reason().startsWith(HELD) ? State.HELD : State.SET_ASIDE;
  }

  /** A message in the queue. */
  Entry of(Held held, State state, Dispatch.Standing standing) {
    QueuedMessage message = held.message();
    Duration wait = standing.next();
    return new Entry(
        held.id(),
        state,
        message.arrived(),
        message.size(),
        message.tries(),
        wait.isZero() ? Optional.empty() : Optional.of(clock.instant().plus(wait)),
        message.envelope().sender(),
        recipients(message),
        shortened(standing.hubDown().isEmpty() ? message.lastReason() : standing.hubDown()));
  }

  /** A file in the set-aside folder; one that cannot be read as a message is damaged. */
  Entry of(SetAside aside) throws IOException {
    QueueId id = aside.id();
    Optional<QueuedMessage> message = id == null ? Optional.empty() : queue.readSetAside(id);
    return message.isEmpty() ? damaged(aside, id) : of(aside, message.get());
  }

  private static Entry damaged(SetAside aside, @Nullable QueueId id) {
    return new Entry(
        id == null ? aside.name() : id.text(),
        State.DAMAGED,
        aside.since(),
        aside.size(),
        0,
        Optional.empty(),
        "",
        List.of(),
        shortened(aside.reason()));
  }

  private Entry of(SetAside aside, QueuedMessage message) {
    return new Entry(
        message.id().text(),
        state(aside),
        message.arrived(),
        message.size(),
        0,
        Optional.empty(),
        message.envelope().sender(),
        recipients(message),
        shortened(aside.reason()));
  }

  private List<Entry.Recipient> recipients(QueuedMessage message) {
    List<Entry.Recipient> recipients = new ArrayList<>();
    for (String recipient : message.pending()) {
      String hub = routes.wayFor(recipient).map(way -> way.destination().toString()).orElse("");
      recipients.add(new Entry.Recipient(recipient, hub));
    }
    return recipients;
  }

  private static String shortened(String reason) {
    return reason.substring(0, Math.min(MAX_REASON, reason.length()));
  }

  /** What envelope and file tell about a message. */
  static List<Details.Fact> facts(QueuedMessage message, String file) {
    Envelope envelope = message.envelope();
    List<Details.Fact> facts = new ArrayList<>();
    facts.add(new Details.Fact("file", file));
    facts.add(new Details.Fact("client", envelope.clientAddress()));
    facts.add(new Details.Fact("name", envelope.clientName()));
    facts.add(new Details.Fact("helo", envelope.helo()));
    facts.add(new Details.Fact("tls", envelope.tls()));
    facts.add(new Details.Fact("user", envelope.user()));
    facts.add(new Details.Fact("body", envelope.body().word()));
    facts.add(new Details.Fact("delay-warning", message.isWarned() ? "sent" : ""));
    facts.removeIf(fact -> fact.value().isEmpty());
    return facts;
  }

  /** When a file was set aside. */
  static Details.Fact since(Instant since) {
    return new Details.Fact("set-aside", since.toString());
  }
}
