package sallyport.smapd;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.daemon.Vitals;
import sallyport.smapd.control.Administration;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;

/**
 * The engine: takes batches from the spool as they arrive and lets {@code maxchildren} workers hand
 * them on.
 *
 * <p>Threads, all of the platform since they read files: one that takes over, and the workers. What
 * waits is in {@link Dispatch}; at most {@code max-queue} messages are held, envelopes only, and
 * beyond that new ones stay where smap has put them. Shares nothing with smap but the folder, so a
 * hub that is down never stops mail from being taken in.
 */
final class Deliveries implements AutoCloseable {

  /** Messages taken over in one go, before the new ones are given to the workers. */
  static final int TAKEN_AT_ONCE = 500;

  /** How soon to look again when the spool could not be read, or no more can be held. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** How long cut workers have to notice. */
  static final Duration CUT_BOUND = Duration.ofSeconds(2);

  private static final Duration IDLE_WAIT = Duration.ofSeconds(5);

  private final Queue queue;
  private final ClockGuard guard;
  private final Arrivals arrivals;
  private final SmapdConfig config;
  private final Routes routes;
  private final Map<Destination, Agent> hubs;
  private final Dispatch dispatch;
  private final Attempt attempt;
  private final Notices notices;
  private final Returns returns;
  private final EventLog log;
  private final Consumer<Throwable> fatal;
  private final InstantSource clock;
  private final List<Thread> threads = new ArrayList<>();
  private final Vitals vitals = new Vitals();

  /**
   * An engine that stands still.
   *
   * @param returns who is told of what cannot be delivered
   * @param hubs one for each of {@link Routes#destinations}
   * @param fatal told of what must not happen; ends the process
   */
  Deliveries(
      Queue queue,
      Returns returns,
      Arrivals arrivals,
      SmapdConfig config,
      Map<Destination, Agent> hubs,
      EventLog log,
      InstantSource clock,
      Consumer<Throwable> fatal) {
    this.queue = queue;
    this.arrivals = arrivals;
    this.config = config;
    this.routes = config.routing();
    this.hubs = new LinkedHashMap<>(hubs);
    this.log = log;
    this.clock = clock;
    this.fatal = fatal;
    this.returns = returns;
    this.dispatch =
        new Dispatch(
            hubs.keySet(),
            config.maxChildren(),
            config.backOff(),
            System::nanoTime,
            Attempt::jitter);
    this.guard = new ClockGuard(clock, System::nanoTime, this::clockStepped);
    Settlement settlement = new Settlement(queue, dispatch, returns, guard, config, log, clock);
    this.notices = settlement.notices();
    this.attempt = new Attempt(queue, dispatch, settlement, this.hubs, config, log, clock);
  }

  /** Starts the threads, with what the queue held from before. */
  void start() {
    Instant now = clock.instant();
    List<QueuedMessage> recovered = queue.recovered();
    recovered.stream()
        .map(QueuedMessage::arrived)
        .max(Comparator.naturalOrder())
        .ifPresent(guard::start);
    for (QueuedMessage message : recovered) {
      hold(message, nanosUntilNextTry(message, now, config));
    }
    thread("takeover", this::takeOver);
    for (int i = 1; i <= config.maxChildren(); i++) {
      thread("worker " + i, this::work);
    }
  }

  /** The clock may have been set: no message waits longer than the longest back-off. */
  static long nanosUntilNextTry(QueuedMessage message, Instant now, SmapdConfig config) {
    Duration wait = Duration.between(now, message.nextTry());
    return TimeUnit.SECONDS.toNanos(
        Math.clamp(wait.toSeconds(), 0, config.retryMost().toSeconds()));
  }

  /** The queue as an administrator may see and change it while this runs. */
  Administration administration() {
    return QueueAdministration.of(queue, dispatch, routes, returns, log, clock, () -> {});
  }

  private void clockStepped(Duration step) {
    log.write(
        Event.CLOCK_STEP,
        Field.of("by", step.toSeconds()),
        Field.of("suspended", ClockGuard.SUSPENSION.toSeconds()));
  }

  private void thread(String name, Runnable task) {
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .unstarted(() -> {
              try {
                task.run();
              } catch (RuntimeException | Error e) {
                fatal.accept(e);
              }
            });
    threads.add(thread);
    thread.start();
    vitals.expect(thread);
  }

  private void hold(QueuedMessage message, long nanosFromNow) {
    Held held = new Held(message, routes, System.nanoTime() + nanosFromNow);
    for (Failure failure : held.failures()) {
      log.write(
          Event.FAILED,
          Field.of("id", held.id()),
          Field.of("to", failure.recipient()),
          Field.of("reply", failure.diagnostic()));
    }
    dispatch.add(held);
  }

  private void takeOver() {
    while (!arrivals.isClosed()) {
      guard.trusts();
      notices.tellIfDue();
      int room = Math.min(TAKEN_AT_ONCE, config.maxQueue() - dispatch.held());
      Duration wait = room <= 0 ? LOOK_AGAIN : config.wakeup();
      if (room > 0) {
        try {
          List<QueuedMessage> taken = queue.takeOver(room);
          taken.forEach(this::announce);
          if (!taken.isEmpty() && (taken.size() >= room || queue.mayHoldMore())) {
            continue;
          }
        } catch (IOException e) {
          log.write(Event.TROUBLE, Field.of("what", "taking over"), error(e));
          wait = LOOK_AGAIN;
        }
      }
      arrivals.await(wait);
    }
  }

  private void announce(QueuedMessage message) {
    log.write(
        Event.TAKEN,
        Field.of("id", message.id().text()),
        Field.of("batch", message.batch()),
        Field.of("from", message.envelope().sender()),
        Field.of("bytes", message.size()));
    hold(message, 0);
  }

  static Field error(Throwable e) {
    return Field.of("error", String.valueOf(e.getMessage()));
  }

  private void work() {
    while (!arrivals.isClosed()) {
      Optional<Dispatch.Work> work = dispatch.take(IDLE_WAIT);
      notices.tellIfDue();
      work.ifPresentOrElse(attempt::run, () -> hubs.values().forEach(Agent::closeIdle));
    }
  }

  /** Which of the threads has ended, while none was asked to. */
  Optional<String> ailing() {
    return vitals.ended();
  }

  /** Takes no new work, lets the workers finish what they have, and cuts them at the bound. */
  void drain(Duration bound) {
    arrivals.close();
    dispatch.close();
    if (!joined(bound)) {
      hubs.values().forEach(Agent::cut);
      joined(CUT_BOUND);
    }
    hubs.values().forEach(Agent::close);
    notices.tellNow();
  }

  @SuppressWarnings("Interruption") // An interrupt ends the wait early and is kept.
  private boolean joined(Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    try {
      for (Thread thread : threads) {
        Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
        if (!thread.join(left)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    drain(Duration.ZERO);
  }
}
