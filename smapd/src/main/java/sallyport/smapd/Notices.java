package sallyport.smapd;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import sallyport.daemon.Event;
import sallyport.daemon.EventLog;
import sallyport.daemon.Field;
import sallyport.spool.QueueId;
import sallyport.spool.QueuedMessage;

/**
 * Tells {@code badadmin} of mail that was set aside, once a {@link Burst}. Never of a notice that
 * was set aside itself. What a burst holds is in memory only: a crash forgets at most an hour of
 * it, the log does not. Safe for all threads.
 */
final class Notices {

  private final Optional<String> badAdmin;
  private final Returns returns;
  private final Consumer<QueuedMessage> handOn;
  private final EventLog log;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Burst burst = new Burst();
  private volatile boolean waiting;

  /**
   * Nothing to tell so far.
   *
   * @param badAdmin who is told; nobody if empty
   * @param handOn takes a notice that was queued
   * @param nanoTime as {@link System#nanoTime}
   */
  Notices(
      Optional<String> badAdmin,
      Returns returns,
      Consumer<QueuedMessage> handOn,
      EventLog log,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.badAdmin = badAdmin;
    this.returns = returns;
    this.handOn = handOn;
    this.log = log;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /** A message was set aside. */
  synchronized void setAside(QueuedMessage message, String reason) {
    if (badAdmin.isPresent() && !isNotice(message.id())) {
      SetAsideNotice.Entry entry =
          new SetAsideNotice.Entry(message.id(), message.envelope().sender(), reason);
      burst.add(entry, nanoTime.getAsLong(), clock.instant());
      waiting = true;
    }
  }

  private static boolean isNotice(QueueId id) {
    return id.text().endsWith("-n");
  }

  /** Tells what is due; cheap if nothing is. */
  void tellIfDue() {
    if (waiting) {
      tellWhatIsDue();
    }
  }

  private synchronized void tellWhatIsDue() {
    burst.due(nanoTime.getAsLong()).ifPresent(this::tell);
  }

  /** Tells what was not told yet, before the end. */
  synchronized void tellNow() {
    burst.all().ifPresent(this::tell);
  }

  private void tell(SetAsideNotice notice) {
    try {
      Optional<QueuedMessage> queued = returns.notice(badAdmin.orElseThrow(), notice);
      burst.told(nanoTime.getAsLong());
      waiting = false;
      queued.ifPresent(handOn);
    } catch (IOException e) {
      log.write(Event.TROUBLE, Field.of("what", "telling badadmin"), Deliveries.error(e));
      burst.notTold(nanoTime.getAsLong());
    }
  }
}
