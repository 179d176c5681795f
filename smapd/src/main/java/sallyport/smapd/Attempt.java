package sallyport.smapd;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.daemon.tls.TlsFacts;
import sallyport.spool.DamagedException;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;

/**
 * One attempt: judge the message, hand it to the hub, and record what came of it before anything
 * else is done. Holds no state of its own; all workers share it.
 */
final class Attempt {

  private static final int FIELDS_OF_DELIVERY = 10;

  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

  private final Queue queue;
  private final Dispatch dispatch;
  private final Settlement settlement;
  private final Routes routes;
  private final Map<Destination, Agent> hubs;
  private final Refusals refusals;
  private final SenderShortener shortener;
  private final BackOff backOff;
  private final EventLog log;
  private final InstantSource clock;

  Attempt(
      Queue queue,
      Dispatch dispatch,
      Settlement settlement,
      Map<Destination, Agent> hubs,
      SmapdConfig config,
      EventLog log,
      InstantSource clock) {
    this.queue = queue;
    this.dispatch = dispatch;
    this.settlement = settlement;
    this.routes = config.routing();
    this.hubs = hubs;
    this.refusals = new Refusals(queue, config.headers(), log);
    this.shortener = new SenderShortener(config.shortenSender());
    this.backOff = config.backOff();
    this.log = log;
    this.clock = clock;
  }

  /** Spreads out what failed together. */
  static double jitter() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** Does the work, and what is taken along with it, and gives each back, or ends it. */
  void run(Dispatch.Work work) {
    Optional<Prepared> next = prepared(work);
    while (next.isPresent()) {
      next = carriedOut(next.get());
    }
  }

  /**
   * Work that was looked at.
   *
   * @param handover what a hub is to get; empty if nothing, or nothing any more
   */
  private record Prepared(Dispatch.Work work, Optional<Handover> handover) {}

  /** Judges the message; empty after an accident, with the work given back. */
  private Optional<Prepared> prepared(Dispatch.Work work) {
    try {
      return Optional.of(new Prepared(work, work.leg().way().flatMap(way -> handover(work, way))));
    } catch (RuntimeException e) {
      accident(work, e);
      return Optional.empty();
    }
  }

  private Optional<Handover> handover(Dispatch.Work work, Way way) {
    Held held = work.held();
    try {
      if (refusals.admits(held) && begun(held)) {
        List<String> recipients =
            refusals.admitted(held, held.recipients(routes).getOrDefault(way, List.of()));
        if (!recipients.isEmpty()) {
          return Optional.of(handover(held.message(), way, recipients));
        }
        held.done(work.leg());
      }
    } catch (IOException e) {
      unreadable(held, e);
    }
    return Optional.empty();
  }

  /** An accident with one message: it must neither be lost nor stop the others. */
  private void accident(Dispatch.Work work, RuntimeException e) {
    log.write(Event.TROUBLE, Field.of("what", "delivering"), id(work.held()), error(e));
    putOff(work.held());
    dispatch.giveBack(work);
  }

  /** What a hub that is quick gets behind the message before; then this worker has it in hand. */
  private final class Along implements Handover.Behind {
    private final Lane lane;
    private Optional<Prepared> taken = Optional.empty();

    Along(Lane lane) {
      this.lane = lane;
    }

    @Override
    public Optional<Handover> take() {
      taken = dispatch.takeBehind(lane).flatMap(Attempt.this::prepared);
      return taken.flatMap(Prepared::handover);
    }
  }

  /**
   * Hands the message over, and gives the work back, or ends it. A message with which all is well
   * by that ends when this is recorded, without a thread that waits: until then it has its place in
   * its lane.
   *
   * @return what was taken along, and is to be carried out next
   */
  private Optional<Prepared> carriedOut(Prepared prepared) {
    Dispatch.Work work = prepared.work();
    Held held = work.held();
    Along along = new Along(work.lane());
    boolean gone;
    try {
      CompletableFuture<Void> recorded =
          prepared
              .handover()
              .map(handover -> handOver(work, handover, along))
              .orElse(NOTHING)
              .whenComplete((_, trouble) -> told(held, trouble));
      if (held.isThrough()) {
        var _ = recorded.whenComplete((_, _) -> dispatch.finished(work));
        return along.taken;
      }
      recorded.exceptionally(_ -> null).join();
      gone = settlement.settle(held, work.leg().way().isPresent() ? work.leg() : null);
    } catch (RuntimeException e) {
      accident(work, e);
      return along.taken;
    }
    if (gone) {
      dispatch.finished(work);
    } else {
      dispatch.giveBack(work);
    }
    return along.taken;
  }

  private void told(Held held, @Nullable Throwable trouble) {
    if (trouble != null) {
      // It counts in this run all the same; after a crash it would be sent again.
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), error(trouble));
    }
  }

  /** Without a place to record what comes of it, nothing is handed over. */
  private boolean begun(Held held) {
    try {
      queue.begin(held.message());
      return true;
    } catch (IOException e) {
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), error(e));
      putOff(held);
      return false;
    }
  }

  private Handover handover(QueuedMessage message, Way way, List<String> recipients)
      throws IOException {
    return switch (way.direction()) {
      case INCOMING -> Handover.of(message, recipients);
      case OUTGOING -> Handover.of(message, recipients, shortener);
    };
  }

  /** What is returned completes when what was delivered is recorded. */
  private CompletableFuture<Void> handOver(
      Dispatch.Work work, Handover handover, Handover.Behind behind) {
    Held held = work.held();
    Agent hub = agent(work);
    List<String> recipients = handover.recipients();
    long start = System.nanoTime();
    Handover.Result result = hub.deliver(handover, behind);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    switch (result) {
      case Handover.Result.Answered answered -> {
        reached(work, hub);
        return answered(work, answered, took);
      }
      case Handover.Result.Unreachable down -> missed(work, hub, recipients, down.reason());
      case Handover.Result.Loop loop -> {
        log.write(Event.LOOP, id(held), hub(hub), Field.of("reason", loop.greeting()));
        missed(work, hub, recipients, "the hub is this gateway itself: " + loop.greeting());
      }
      case Handover.Result.Unreadable unreadable -> {
        reached(work, hub);
        if (unreadable.cause() instanceof Checked.UncleanException unclean) {
          refusals.unclean(held, unclean);
        } else {
          unreadable(held, unreadable.cause());
        }
      }
    }
    return NOTHING;
  }

  private Agent agent(Dispatch.Work work) {
    Destination destination = work.lane().destination().orElseThrow();
    Agent hub = hubs.get(destination);
    if (hub == null) {
      throw new IllegalStateException("nothing for " + destination);
    }
    return hub;
  }

  private void reached(Dispatch.Work work, Agent hub) {
    if (dispatch.reached(work.lane()) == Dispatch.HubChange.UP) {
      log.write(Event.HUB_UP, hub(hub));
    }
  }

  private void missed(Dispatch.Work work, Agent hub, List<String> recipients, String reason) {
    Held held = work.held();
    int tries = work.leg().tries();
    switch (dispatch.missed(work.lane(), reason, settlement.overdue())) {
      case DOWN -> log.write(Event.HUB_DOWN, hub(hub), Field.of("reason", reason));
      case UP, NONE -> {}
    }
    Duration wait = dispatch.untilProbe(work.lane());
    for (String to : recipients) {
      logDeferred(held, to, hub(hub), reason, tries, wait);
    }
    recordDeferral(held, wait, tries, reason);
  }

  private CompletableFuture<Void> answered(
      Dispatch.Work work, Handover.Result.Answered answered, Duration took) {
    Held held = work.held();
    Field hub = Field.of("hub", answered.by().text());
    Optional<TlsFacts> tls = answered.by().tls();
    Map<String, Outcome> delivered = new LinkedHashMap<>();
    Map<String, String> deferred = new LinkedHashMap<>();
    answered
        .outcomes()
        .forEach((to, outcome) -> {
          switch (outcome) {
            case Outcome.Delivered _ -> delivered.put(to, outcome);
            case Outcome.Deferred later -> deferred.put(to, later.reason());
            case Outcome.Failed refused -> refused(held, to, answered.by(), refused.reply());
          }
        });
    delivered.forEach((to, outcome) -> logDelivered(held, to, hub, outcome, took, tls));
    CompletableFuture<Void> recorded = queue.recording(held.message(), delivered);
    if (deferred.isEmpty()) {
      held.done(work.leg());
    } else {
      defer(held, hub, work.leg(), deferred);
    }
    return recorded;
  }

  private void refused(Held held, String to, Handover.Peer by, String reply) {
    held.fail(Failure.refused(to, by.host(), reply));
    log.write(
        Event.FAILED,
        id(held),
        Field.of("to", to),
        Field.of("hub", by.text()),
        Field.of("reply", reply));
  }

  private void defer(Held held, Field hub, Held.Leg leg, Map<String, String> deferred) {
    Duration wait = backOff.after(leg.tries() + 1, jitter());
    leg.tryAgain(System.nanoTime() + wait.toNanos());
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
      held.giveUp(setAside("damaged", cause));
    } else {
      log.write(Event.TROUBLE, Field.of("what", "reading"), id(held), error(cause));
      putOff(held);
    }
  }

  private static Verdict.Refused setAside(String check, IOException cause) {
    return new Verdict.Refused(
        HeaderAction.SET_ASIDE,
        check,
        String.valueOf(cause.getMessage()),
        EnhancedStatus.MALFORMED);
  }

  private void putOff(Held held) {
    long when = System.nanoTime() + backOff.least().toNanos();
    held.legs().forEach(leg -> leg.tryAgain(when));
    if (held.legs().isEmpty()) {
      held.local(when).dueAt(when);
    }
  }

  private void logDelivered(
      Held held, String to, Field hub, Outcome outcome, Duration took, Optional<TlsFacts> tls) {
    String reply = outcome instanceof Outcome.Delivered delivered ? delivered.reply() : "";
    List<Field> fields = new ArrayList<>(FIELDS_OF_DELIVERY);
    fields.add(id(held));
    fields.add(Field.of("to", to));
    fields.add(hub);
    fields.add(Field.of("reply", reply));
    fields.add(Field.of("seconds", took));
    tls.ifPresent(facts -> fields.addAll(Field.of(facts)));
    log.write(Event.DELIVERED, fields.toArray(Field[]::new));
  }

  private void logDeferred(
      Held held, String to, Field hub, String reason, int tries, Duration wait) {
    log.write(
        Event.DEFERRED,
        id(held),
        Field.of("to", to),
        hub,
        Field.of("reason", reason),
        Field.of("tries", tries),
        Field.of("next", wait.toSeconds()));
  }

  private static Field id(Held held) {
    return Field.of("id", held.id());
  }

  private static Field hub(Agent hub) {
    return Field.of("hub", hub.name().toString());
  }

  private static Field error(Throwable e) {
    return Deliveries.error(e);
  }
}
