package sallyport.smapd;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.spool.Outcome;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;

/**
 * What is done for a message without a hub, after an attempt or instead of one: recipients without
 * hope are returned, in one report; those that wait too long join them; a sender is told that
 * others wait; what nobody can be told of is set aside.
 *
 * <p>A report is on disk before its recipients are recorded final, under a name that is the same
 * when it is written again: a crash between the two repeats neither. Holds no state of its own; all
 * workers share it.
 */
final class Settlement {

  /** How long mail waits. */
  record Patience(Duration maxAge, Duration warnAfter) {}

  private final Queue queue;
  private final Dispatch dispatch;
  private final Routes routes;
  private final Returns returns;
  private final Patience patience;
  private final Notices notices;
  private final ClockGuard guard;
  private final EventLog log;
  private final InstantSource clock;
  private final Duration putOff;

  Settlement(
      Queue queue,
      Dispatch dispatch,
      Returns returns,
      ClockGuard guard,
      SmapdConfig config,
      EventLog log,
      InstantSource clock) {
    this.queue = queue;
    this.dispatch = dispatch;
    this.routes = config.routing();
    this.returns = returns;
    this.patience = new Patience(config.maxAge(), config.warnAfter());
    this.notices =
        new Notices(config.badAdmin(), returns, this::handOn, log, System::nanoTime, clock);
    this.guard = guard;
    this.log = log;
    this.clock = clock;
    this.putOff = config.retryLeast();
  }

  /**
   * Does what is to be done now.
   *
   * @param tried the part that was just handed to a hub, or could not be; null if none was
   * @return whether the message has left the queue
   */
  boolean settle(Held held, Held.@Nullable Leg tried) {
    try {
      boolean gone = settleNow(held, tried);
      held.localDone();
      return gone;
    } catch (IOException e) {
      log.write(Event.TROUBLE, Field.of("what", "returning"), id(held), Deliveries.error(e));
      held.local(0).dueAt(System.nanoTime() + putOff.toNanos());
      return false;
    }
  }

  private boolean settleNow(Held held, Held.@Nullable Leg tried) throws IOException {
    Optional<Verdict.Refused> refused = held.refused();
    if (refused.isPresent() && end(held, refused.get())) {
      return true;
    }
    expire(held, tried);
    if (!held.failures().isEmpty() && held.legs().stream().noneMatch(dispatch::isWorkable)) {
      tellOfFailures(held);
    }
    if (!held.legs().isEmpty()) {
      warn(held);
      return false;
    }
    String reason = reason(held);
    return reason.isEmpty() || setAside(held, reason);
  }

  /** Does what the table wants; false if the message is to be returned, which is done next. */
  private boolean end(Held held, Verdict.Refused refused) throws IOException {
    return switch (refused.action()) {
      case SET_ASIDE -> setAside(held, refused.text());
      case DISCARD -> discard(held, refused);
      case BOUNCE, PASS -> {
        for (String to : held.hopeful()) {
          held.fail(Failure.own(to, refused.status(), refused.reason()));
          logFailed(held, to, "", refused.text());
        }
        held.refusalDealtWith();
        yield false;
      }
    };
  }

  private boolean discard(Held held, Verdict.Refused refused) throws IOException {
    // Said first: a crash may then say it twice, but nothing is dropped in silence.
    for (String to : held.message().pending()) {
      log.write(Event.DISCARDED, id(held), Field.of("to", to), Field.of("reason", refused.text()));
    }
    queue.remove(held.message(), refused.check());
    return true;
  }

  /** Who is told of what was set aside. */
  Notices notices() {
    return notices;
  }

  /** For which messages something is to be done although their hub is down. Cheap. */
  Predicate<Held> overdue() {
    Optional<Instant> now = now();
    return held ->
        !held.failures().isEmpty()
            || now.filter(time -> isTooOld(held, time) || isToBeWarnedOf(held, time)).isPresent();
  }

  /** The time, if the clock may be believed. */
  private Optional<Instant> now() {
    return guard.trusts() ? Optional.of(clock.instant()) : Optional.empty();
  }

  private boolean isTooOld(Held held, Instant now) {
    return held.message().arrived().plus(patience.maxAge()).isBefore(now);
  }

  private boolean isToBeWarnedOf(Held held, Instant now) {
    return patience.warnAfter().isPositive()
        && !held.message().isWarned()
        && held.message().arrived().plus(patience.warnAfter()).isBefore(now);
  }

  /** Gives up what is too old, if an attempt has just failed, or that of its hub's probe has. */
  private void expire(Held held, Held.@Nullable Leg tried) {
    if (held.legs().isEmpty() || now().filter(now -> isTooOld(held, now)).isEmpty()) {
      return;
    }
    Map<Way, List<String>> recipients = held.recipients(routes);
    for (Held.Leg leg : held.legs()) {
      String down = dispatch.downReason(leg);
      if (leg != tried && down.isEmpty()) {
        continue;
      }
      Way way = leg.way().orElseThrow();
      String last = down.isEmpty() ? held.message().lastReason() : down;
      for (String to : recipients.getOrDefault(way, List.of())) {
        held.fail(Failure.expired(to, hub(way), last));
        logFailed(held, to, hub(way), "too old; " + last);
      }
      held.done(leg);
    }
  }

  private void tellOfFailures(Held held) throws IOException {
    switch (returns.failed(held.message(), held.failures())) {
      case Returns.Result.Returned returned -> {
        recordFailed(held);
        handOn(held, returned);
      }
      // Set aside once nothing else is left to do: what lies there is not tried any more.
      case Returns.Result.NobodyToTell _ -> {}
    }
  }

  private void recordFailed(Held held) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Failure failure : held.failures()) {
      outcomes.put(failure.recipient(), new Outcome.Failed(failure.diagnostic()));
    }
    try {
      queue.record(held.message(), outcomes);
    } catch (IOException e) {
      // It counts in this run all the same; after a crash the report has the same name.
      log.write(Event.TROUBLE, Field.of("what", "recording"), id(held), Deliveries.error(e));
    }
    held.failuresDealtWith();
  }

  private void handOn(Held held, Returns.Result.Returned returned) {
    for (QueuedMessage report : returned.toDispatch()) {
      log.write(
          Event.REPORTED,
          id(held),
          Field.of("report", report.id().text()),
          Field.of("to", report.envelope().recipients().getFirst()));
      handOn(report);
    }
  }

  /** Takes in a message of our own. */
  void handOn(QueuedMessage own) {
    dispatch.add(new Held(own, routes, System.nanoTime()));
  }

  private void warn(Held held) throws IOException {
    if (now().filter(now -> isToBeWarnedOf(held, now)).isEmpty()) {
      return;
    }
    QueuedMessage message = held.message();
    List<Failure> waiting = new ArrayList<>();
    held.recipients(routes)
        .forEach((way, recipients) -> {
          for (String to : recipients) {
            waiting.add(Failure.waiting(to, hub(way), lastReason(held, way)));
          }
        });
    Instant givenUp = message.arrived().plus(patience.maxAge());
    Returns.Result result = returns.delayed(message, waiting, givenUp);
    queue.warned(message);
    if (result instanceof Returns.Result.Returned returned) {
      handOn(held, returned);
    }
  }

  private String lastReason(Held held, Way way) {
    return held.legs().stream()
        .filter(leg -> leg.way().filter(way::equals).isPresent())
        .map(dispatch::downReason)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse(held.message().lastReason());
  }

  private boolean setAside(Held held, String reason) throws IOException {
    queue.setAside(held.message(), reason);
    log.write(Event.SET_ASIDE, id(held), Field.of("reason", reason.strip()));
    notices.setAside(held.message(), reason);
    return true;
  }

  private static String reason(Held held) {
    return Stream.concat(held.failures().stream(), held.withheld().stream())
        .map(failure -> failure.recipient() + ": " + failure.diagnostic() + "\n")
        .collect(Collectors.joining());
  }

  private void logFailed(Held held, String to, String hub, String why) {
    log.write(
        Event.FAILED, id(held), Field.of("to", to), Field.of("hub", hub), Field.of("reply", why));
  }

  private static String hub(Way way) {
    return way.destination().toString();
  }

  private static Field id(Held held) {
    return Field.of("id", held.id());
  }
}
