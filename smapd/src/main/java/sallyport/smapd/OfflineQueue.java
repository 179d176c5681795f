package sallyport.smapd;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import sallyport.daemon.DaemonConfig;
import sallyport.daemon.EventLog;
import sallyport.smapd.control.Administration;
import sallyport.spool.DiskFiles;
import sallyport.spool.Queue;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SpoolFolders;

/** The queue of a smapd that does not run, for an administrator: nothing is delivered meanwhile. */
public final class OfflineQueue {
  private OfflineQueue() {}

  /**
   * Takes {@code queue/.lock}, and keeps it until the administration is closed. To be called as
   * smapd's account.
   *
   * @param log of what is done, and what is wrong in the spool
   * @throws sallyport.spool.SpoolLockedException when smapd runs, or another smapq
   * @throws sallyport.spool.SpoolException when a folder cannot be used
   */
  public static Administration open(SmapdConfig config, DaemonConfig daemon, EventLog log)
      throws IOException {
    SpoolFolders folders = new SpoolFolders(daemon.directory()).withBad(config.badDirectory());
    Queue queue =
        Queue.open(
            new DiskFiles(),
            folders,
            config.queueLimits(),
            alert ->
                // What broke down is told by whatever is done next.
                SmapdService.alert(log, alert, _ -> {}));
    Routes routes = config.routing();
    Dispatch dispatch =
        new Dispatch(routes.destinations(), 1, config.backOff(), System::nanoTime, Attempt::jitter);
    Instant now = Instant.now();
    for (QueuedMessage message : queue.recovered()) {
      long wait = Deliveries.nanosUntilNextTry(message, now, config);
      dispatch.add(new Held(message, routes, System.nanoTime() + wait));
    }
    Returns returns =
        new Returns(
            queue::add,
            daemon.hostname(),
            Optional.of(config.postmaster(daemon.hostname())),
            InstantSource.system());
    return QueueAdministration.of(
        queue, dispatch, routes, returns, log, InstantSource.system(), queue::close);
  }
}
