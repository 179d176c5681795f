package sallyport.smapd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Result;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueueId;
import sallyport.spool.QueuedMessage;

/**
 * Does to one message what an administrator wants, and logs who wanted it. What it answers is on
 * disk. A message in the queue is claimed from {@link Dispatch}, so that no worker has it
 * meanwhile; one in the set-aside folder belongs to nobody else, and is guarded by a lock. Safe for
 * all threads.
 */
final class ByHand {
  private static final String RETURNED = "returned by the administrator of the mail gateway";

  private final Queue queue;
  private final Dispatch dispatch;
  private final Routes routes;
  private final Returns returns;
  private final EventLog log;
  private final ReentrantLock asideLock = new ReentrantLock();

  ByHand(Queue queue, Dispatch dispatch, Routes routes, Returns returns, EventLog log) {
    this.queue = queue;
    this.dispatch = dispatch;
    this.routes = routes;
    this.returns = returns;
    this.log = log;
  }

  /** To a message in the queue, or one that may have left it. */
  Result toQueued(Action action, QueueId id, String by) {
    Optional<Held> claimed = dispatch.claim(id);
    if (claimed.isEmpty()) {
      return dispatch.find(id).isPresent() ? busy(action, id, by) : Result.unknown(id.text());
    }
    Held held = claimed.get();
    Ending ending;
    try {
      ending = end(action, held, by);
    } catch (IOException | RuntimeException e) {
      dispatch.putBack(held);
      return failed(action, id, by, e);
    }
    switch (ending) {
      case Ending.Ended _ -> dispatch.ended(held);
      case Ending.Stays _, Ending.Not _ -> dispatch.putBack(held);
      case Ending.Unrecorded _ -> dispatch.ended(held);
    }
    if (action == Action.RETRY) {
      dispatch.retryNow(held);
    }
    return switch (ending) {
      case Ending.Ended ended -> done(action, id, by, ended.then());
      case Ending.Stays _ -> done(action, id, by, List.of());
      case Ending.Unrecorded unrecorded -> failed(action, id, by, unrecorded.cause());
      case Ending.Not not -> new Result(id.text(), Result.Kind.UNFIT, not.reason());
    };
  }

  /** Somebody has it in hand, most often a delivery: then it is being tried. */
  private Result busy(Action action, QueueId id, String by) {
    return action == Action.RETRY ? done(action, id, by, List.of()) : Result.busy(id.text());
  }

  /** How it is with a message that was claimed. */
  private sealed interface Ending {
    /** It has left the queue; these have come into it. */
    record Ended(List<QueuedMessage> then) implements Ending {}

    /** It stays in the queue. */
    record Stays() implements Ending {}

    /** It has left the queue, but that could not be recorded. */
    record Unrecorded(IOException cause) implements Ending {}

    /** Nothing was done. */
    record Not(String reason) implements Ending {}
  }

  private Ending end(Action action, Held held, String by) throws IOException {
    return switch (action) {
      case HOLD -> {
        queue.setAside(held.message(), Entries.HELD + "by " + by);
        yield new Ending.Ended(List.of());
      }
      case RETRY -> new Ending.Stays();
      case REMOVE -> recorded(() -> queue.remove(held.message(), by), List.of());
      case BOUNCE -> bounce(held);
      case RELEASE, REQUEUE -> new Ending.Not("it is in the queue already");
    };
  }

  private interface Recording {
    void run() throws IOException;
  }

  /** What could not be recorded counts in this run all the same. */
  private static Ending recorded(Recording recording, List<QueuedMessage> then) {
    try {
      recording.run();
      return new Ending.Ended(then);
    } catch (IOException e) {
      return new Ending.Unrecorded(e);
    }
  }

  private Ending bounce(Held held) throws IOException {
    QueuedMessage message = held.message();
    List<Failure> failures = failures(message, held.failures(), message.lastReason());
    return switch (returns.failed(message, failures)) {
      case Returns.Result.Returned returned -> {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        failures.forEach(
            failure -> outcomes.put(failure.recipient(), new Outcome.Failed(failure.diagnostic())));
        Ending ending = recorded(() -> queue.record(message, outcomes), returned.toDispatch());
        if (ending instanceof Ending.Unrecorded) {
          dispatchAll(returned.toDispatch());
        }
        yield ending;
      }
      case Returns.Result.NobodyToTell nobody ->
          new Ending.Not("nobody can be told: " + nobody.reason());
    };
  }

  private static List<Failure> failures(
      QueuedMessage message, List<Failure> known, String lastReason) {
    Map<String, Failure> byRecipient =
        known.stream().collect(Collectors.toMap(Failure::recipient, failure -> failure));
    String reason = lastReason.isEmpty() ? RETURNED : RETURNED + "; before that: " + lastReason;
    List<Failure> failures = new ArrayList<>();
    for (String to : message.pending()) {
      Failure own = Failure.own(to, EnhancedStatus.POLICY, reason);
      failures.add(byRecipient.getOrDefault(to, own));
    }
    return failures;
  }

  /**
   * To a message in the set-aside folder.
   *
   * @param name of its file there
   * @param heldByHand whether it is held, and not set aside for another reason
   */
  Result toAside(Action action, QueueId id, String name, boolean heldByHand, String by) {
    asideLock.lock();
    try {
      return switch (action) {
        case HOLD, RETRY -> new Result(id.text(), Result.Kind.UNFIT, "it is set aside");
        case RELEASE ->
            heldByHand
                ? takeBack(action, id, by)
                : new Result(id.text(), Result.Kind.UNFIT, "it is set aside, not held: requeue it");
        case REQUEUE -> takeBack(action, id, by);
        case REMOVE -> drop(id.text(), name, by);
        case BOUNCE -> bounceAside(id, name, by);
      };
    } catch (IOException | RuntimeException e) {
      return failed(action, id, by, e);
    } finally {
      asideLock.unlock();
    }
  }

  /** Deletes a file of the set-aside folder that is no message. */
  Result dropFile(String name, String by) {
    asideLock.lock();
    try {
      return drop(name, name, by);
    } catch (IOException e) {
      return new Result(name, Result.Kind.FAILED, String.valueOf(e.getMessage()));
    } finally {
      asideLock.unlock();
    }
  }

  private Result drop(String id, String name, String by) throws IOException {
    if (!queue.dropSetAside(name)) {
      return Result.unknown(id);
    }
    log(Action.REMOVE, id, by);
    return Result.done(id);
  }

  private Result takeBack(Action action, QueueId id, String by) throws IOException {
    Optional<QueuedMessage> message = queue.takeBack(id);
    if (message.isEmpty()) {
      return new Result(
          id.text(), Result.Kind.UNFIT, "damaged, gone, or in the queue under the same id");
    }
    return done(action, id, by, message.stream().toList());
  }

  /** It never gets into the queue: the report is on disk before the file is deleted. */
  private Result bounceAside(QueueId id, String name, String by) throws IOException {
    Optional<QueuedMessage> message = queue.readSetAside(id);
    if (message.isEmpty()) {
      return new Result(id.text(), Result.Kind.UNFIT, "damaged or gone");
    }
    switch (returns.failed(message.get(), failures(message.get(), List.of(), ""))) {
      case Returns.Result.Returned returned -> {
        dispatchAll(returned.toDispatch());
        queue.dropSetAside(name);
        return done(Action.BOUNCE, id, by, List.of());
      }
      case Returns.Result.NobodyToTell nobody -> {
        return new Result(id.text(), Result.Kind.UNFIT, "nobody can be told: " + nobody.reason());
      }
    }
  }

  private Result done(Action action, QueueId id, String by, List<QueuedMessage> then) {
    log(action, id.text(), by);
    dispatchAll(then);
    return Result.done(id.text());
  }

  private void dispatchAll(List<QueuedMessage> messages) {
    for (QueuedMessage message : messages) {
      dispatch.add(new Held(message, routes, System.nanoTime()));
    }
  }

  private Result failed(Action action, QueueId id, String by, Exception cause) {
    log.write(
        Event.TROUBLE,
        Field.of("what", action.word()),
        Field.of("id", id.text()),
        Field.of("by", by),
        Deliveries.error(cause));
    return new Result(id.text(), Result.Kind.FAILED, String.valueOf(cause.getMessage()));
  }

  private void log(Action action, String id, String by) {
    log.write(
        Event.BY_HAND, Field.of("action", action.word()), Field.of("id", id), Field.of("by", by));
  }
}
