package sallyport.smapd;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.spool.DamagedException;
import sallyport.spool.Envelope;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;

/**
 * One attempt: judge the message, hand it to the hub, and record what came of it before anything
 * else is done. Holds no state of its own; all workers share it.
 */
final class Attempt {

  private final Queue queue;
  private final Dispatch dispatch;
  private final Map<Destination, Hub> hubs;
  private final HeaderPolicy headers;
  private final BackOff backOff;
  private final EventLog log;
  private final InstantSource clock;

  Attempt(
      Queue queue,
      Dispatch dispatch,
      Map<Destination, Hub> hubs,
      SmapdConfig config,
      EventLog log,
      InstantSource clock) {
    this.queue = queue;
    this.dispatch = dispatch;
    this.hubs = hubs;
    this.headers = config.headers();
    this.backOff = config.backOff();
    this.log = log;
    this.clock = clock;
  }

  /** Spreads out what failed together. */
  static double jitter() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** Does the work and gives it back, or ends it. */
  void run(Dispatch.Work work) {
    Held held = work.held();
    boolean finished = false;
    try {
      Optional<Destination> destination = work.lane().destination();
      if (destination.isPresent()) {
        tryHub(work, destination.get());
      }
      finished = held.legs().isEmpty() && settle(held);
    } catch (RuntimeException e) {
      // An accident with one message: it must neither be lost nor stop the others.
      log.write(Event.TROUBLE, Field.of("what", "delivering"), id(held), error(e));
      putOff(held);
    } finally {
      if (finished) {
        dispatch.finished(work);
      } else {
        dispatch.giveBack(work);
      }
    }
  }

  private void tryHub(Dispatch.Work work, Destination destination) {
    Held held = work.held();
    Optional<Way> way = held.wayTo(destination, System.nanoTime());
    Hub hub = hubs.get(destination);
    if (way.isEmpty() || hub == null) {
      throw new IllegalStateException("nothing for " + destination);
    }
    try {
      if (!mayBeSent(held)) {
        return;
      }
      queue.begin(held.message());
    } catch (IOException e) {
      unreadable(held, e);
      return;
    }
    handOver(work, hub, way.get());
  }

  /** Judges the sender and the header. What may not be sent is given up here. */
  private boolean mayBeSent(Held held) throws IOException {
    return switch (MessageCheck.judge(held.message(), headers)) {
      case Verdict.Pass _ -> true;
      case Verdict.Refused refused -> {
        held.giveUp(refused.text());
        yield false;
      }
    };
  }

  private void handOver(Dispatch.Work work, Hub hub, Way way) {
    Held held = work.held();
    Held.Leg leg = held.leg(way);
    QueuedMessage message = held.message();
    Envelope envelope = message.envelope();
    long start = System.nanoTime();
    Handover.Result result =
        hub.deliver(
            new Handover(
                envelope.sender(),
                leg.recipients(),
                envelope.body(),
                message.size(),
                message::streamBody));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    switch (result) {
      case Handover.Result.Answered answered -> {
        reached(work, hub);
        settle(held, hub, way, answered.outcomes(), took);
      }
      case Handover.Result.Unreachable down -> missed(work, hub, way, down.reason());
      case Handover.Result.Loop loop -> {
        log.write(Event.LOOP, id(held), hub(hub), Field.of("reason", loop.greeting()));
        missed(work, hub, way, "the hub is this gateway itself: " + loop.greeting());
      }
      case Handover.Result.Unreadable unreadable -> {
        reached(work, hub);
        unreadable(held, unreadable.cause());
      }
    }
  }

  private void reached(Dispatch.Work work, Hub hub) {
    if (dispatch.reached(work.lane()) == Dispatch.HubChange.UP) {
      log.write(Event.HUB_UP, hub(hub));
    }
  }

  private void missed(Dispatch.Work work, Hub hub, Way way, String reason) {
    Held held = work.held();
    Held.Leg leg = held.leg(way);
    if (dispatch.missed(work.lane()) == Dispatch.HubChange.DOWN) {
      log.write(Event.HUB_DOWN, hub(hub), Field.of("reason", reason));
    }
    Duration wait = dispatch.untilProbe(work.lane());
    if (held.saysWaitingFor(way)) {
      for (String to : leg.recipients()) {
        logDeferred(held, to, hub, reason, leg.tries(), wait);
      }
    }
    recordDeferral(held, wait, leg.tries(), reason);
  }

  private void settle(Held held, Hub hub, Way way, Map<String, Outcome> outcomes, Duration took) {
    Map<String, Outcome> delivered = new LinkedHashMap<>();
    Map<String, String> deferred = new LinkedHashMap<>();
    outcomes.forEach((to, outcome) -> {
      switch (outcome) {
        case Outcome.Delivered _ -> delivered.put(to, outcome);
        case Outcome.Deferred later -> deferred.put(to, later.reason());
        case Outcome.Failed refused -> {
          held.failures().put(to, refused.reply());
          log.write(
              Event.FAILED,
              id(held),
              Field.of("to", to),
              hub(hub),
              Field.of("reply", refused.reply()));
        }
      }
    });
    recordDelivered(held, delivered);
    delivered.forEach((to, outcome) -> logDelivered(held, to, hub, outcome, took));
    if (deferred.isEmpty()) {
      held.legs().remove(way);
    } else {
      defer(held, hub, held.leg(way), deferred);
    }
  }

  private void recordDelivered(Held held, Map<String, Outcome> delivered) {
    if (delivered.isEmpty()) {
      return;
    }
    try {
      queue.record(held.message(), delivered);
    } catch (IOException e) {
      // It counts in this run all the same; after a crash it would be sent again.
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), error(e));
    }
  }

  private void defer(Held held, Hub hub, Held.Leg leg, Map<String, String> deferred) {
    Duration wait = backOff.after(leg.tries() + 1, jitter());
    leg.tryAgain(new ArrayList<>(deferred.keySet()), System.nanoTime() + wait.toNanos());
    deferred.forEach((to, reason) -> logDeferred(held, to, hub, reason, leg.tries(), wait));
    recordDeferral(held, wait, leg.tries(), deferred.values().iterator().next());
  }

  private void recordDeferral(Held held, Duration wait, int tries, String reason) {
    try {
      queue.defer(held.message(), clock.instant().plus(wait), tries, reason);
    } catch (IOException e) {
      // It is tried again in this run all the same.
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), error(e));
    }
  }

  /** A file that is not what it was is set aside; one that cannot be read now is tried again. */
  private void unreadable(Held held, IOException cause) {
    if (cause instanceof DamagedException) {
      log.write(
          Event.DAMAGED,
          id(held),
          Field.of("file", held.message().batch()),
          Field.of("reason", String.valueOf(cause.getMessage())));
      held.giveUp("damaged: " + cause.getMessage());
    } else if (cause instanceof SpooledMessage.UncleanException) {
      held.giveUp(String.valueOf(cause.getMessage()));
    } else {
      log.write(Event.TROUBLE, Field.of("what", "reading"), id(held), error(cause));
      putOff(held);
    }
  }

  private void putOff(Held held) {
    long when = System.nanoTime() + backOff.least().toNanos();
    held.legs().values().forEach(leg -> leg.tryAgain(leg.recipients(), when));
    held.putOff(when);
  }

  /** Ends a message for which nothing is left to try; false if that has to be done again. */
  private boolean settle(Held held) {
    String reason = held.setAsideReason();
    if (reason.isEmpty()) {
      return true;
    }
    try {
      queue.setAside(held.message(), reason);
      log.write(Event.SET_ASIDE, id(held), Field.of("reason", reason.strip()));
      return true;
    } catch (IOException e) {
      log.write(Event.TROUBLE, Field.of("what", "setting aside"), id(held), error(e));
      putOff(held);
      return false;
    }
  }

  private void logDelivered(Held held, String to, Hub hub, Outcome outcome, Duration took) {
    String reply = outcome instanceof Outcome.Delivered delivered ? delivered.reply() : "";
    log.write(
        Event.DELIVERED,
        id(held),
        Field.of("to", to),
        hub(hub),
        Field.of("reply", reply),
        Field.of("seconds", took));
  }

  private void logDeferred(Held held, String to, Hub hub, String reason, int tries, Duration wait) {
    log.write(
        Event.DEFERRED,
        id(held),
        Field.of("to", to),
        hub(hub),
        Field.of("reason", reason),
        Field.of("tries", tries),
        Field.of("next", wait.toSeconds()));
  }

  private static Field id(Held held) {
    return Field.of("id", held.id());
  }

  private static Field hub(Hub hub) {
    return Field.of("hub", hub.name().toString());
  }

  private static Field error(Throwable e) {
    return Deliveries.error(e);
  }
}
