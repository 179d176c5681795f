package sallyport.smapd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.spool.Envelope;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;

/**
 * Judges a message before it is handed on. What is refused as a whole is left to {@link
 * Settlement}; what is refused for a recipient is done here. Messages of our own are not judged.
 * Holds no state of its own; all workers share it.
 */
final class Refusals {

  private final Queue queue;
  private final HeaderPolicy policy;
  private final EventLog log;

  Refusals(Queue queue, HeaderPolicy policy, EventLog log) {
    this.queue = queue;
    this.policy = policy;
    this.log = log;
  }

  /**
   * Whether the message as a whole may be handed on: its sender and its header are judged. If not,
   * it is given up when this returns.
   *
   * @throws IOException when the header cannot be read
   */
  boolean admits(Held held) throws IOException {
    QueuedMessage message = held.message();
    if (held.message().id().isOwn()) {
      return true;
    }
    Envelope envelope = message.envelope();
    Verdict verdict = policy.ofSender(envelope.sender());
    if (verdict instanceof Verdict.Pass) {
      byte[] header = message.header(HeaderCheck.MAX_HEADER_OCTETS + 1);
      verdict = policy.forClient(HeaderCheck.judge(header, policy), envelope.clientAddress());
    }
    return switch (verdict) {
      case Verdict.Pass _ -> true;
      case Verdict.Refused refused -> {
        held.giveUp(refused);
        yield false;
      }
    };
  }

  /** The recipients to whom it may be handed on; the others are dealt with. */
  List<String> admitted(Held held, List<String> recipients) throws IOException {
    if (held.message().id().isOwn()) {
      return recipients;
    }
    List<String> admitted = new ArrayList<>();
    for (String to : recipients) {
      switch (policy.ofRecipient(to)) {
        case Verdict.Pass _ -> admitted.add(to);
        case Verdict.Refused refused -> {
          Envelope envelope = held.message().envelope();
          carryOut(held, policy.forClient(refused, envelope.clientAddress()), List.of(to));
        }
      }
    }
    return admitted;
  }

  /** Something was found while the message was being sent; nobody has it. */
  void unclean(Held held, Checked.UncleanException cause) {
    Verdict.Refused found = policy.refusal(cause.fault(), String.valueOf(cause.getMessage()));
    held.giveUp(policy.forClient(found, held.message().envelope().clientAddress()));
  }

  private void carryOut(Held held, Verdict.Refused refused, List<String> recipients)
      throws IOException {
    switch (refused.action()) {
      case PASS -> throw new IllegalStateException("a refusal that lets pass");
      case SET_ASIDE ->
          recipients.forEach(
              to -> held.withhold(Failure.own(to, refused.status(), refused.text())));
      case BOUNCE ->
          recipients.forEach(to -> {
            held.fail(Failure.own(to, refused.status(), refused.reason()));
            log.write(
                Event.FAILED, id(held), Field.of("to", to), Field.of("reply", refused.text()));
          });
      case DISCARD -> discard(held, refused, recipients);
    }
  }

  /** Says so first: a crash may then say it twice, but nothing is dropped in silence. */
  private void discard(Held held, Verdict.Refused refused, List<String> recipients)
      throws IOException {
    queue.begin(held.message());
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (String to : recipients) {
      log.write(Event.DISCARDED, id(held), Field.of("to", to), Field.of("reason", refused.text()));
      outcomes.put(to, new Outcome.Failed("discarded: " + refused.text()));
    }
    try {
      queue.record(held.message(), outcomes);
    } catch (IOException e) {
      // It counts in this run all the same; after a crash the message is judged again.
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), Deliveries.error(e));
    }
  }

  private static Field id(Held held) {
    return Field.of("id", held.id());
  }
}
