package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.daemon.EventLog;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;
import sallyport.smapd.control.Action;
import sallyport.smapd.control.Result;
import sallyport.spool.DiskFiles;
import sallyport.spool.Queue;
import sallyport.spool.QueueId;
import sallyport.spool.QueueLimits;
import sallyport.spool.QueuedMessage;
import sallyport.spool.SpoolFolders;

class ByHandTest {
  private static final QueueId ONE = QueueId.parse(QueueSample.ONE);

  @TempDir Path directory;

  /** So that {@code smapq retry all} is no failure because of one that is on its way. */
  @Test
  void messageThatIsBeingDeliveredIsRetriedAlreadyAndCannotBeHeld() throws Exception {
    QueueSample.spool(directory);
    SpoolFolders folders = new SpoolFolders(directory);
    EventLog log = EventLog.to(new ByteArrayOutputStream(), false);
    try (Queue queue = Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), alert -> {})) {
      Table table = Table.parse("t", "smapd: local-domains in.test\nsmapd: relay 127.0.0.1:1");
      SmapdConfig config = SmapdConfig.of(Settings.of(table, "smapd"), directory);
      Routes routes = config.routing();
      Dispatch dispatch =
          new Dispatch(
              routes.destinations(), 1, config.backOff(), System::nanoTime, Attempt::jitter);
      for (QueuedMessage message : queue.recovered()) {
        dispatch.add(new Held(message, routes, System.nanoTime()));
      }
      Returns returns =
          new Returns(queue::add, "gateway.test", Optional.empty(), InstantSource.system());
      ByHand byHand = new ByHand(queue, dispatch, routes, returns, log);
      assertThat(dispatch.claim(ONE)).isPresent();

      assertThat(byHand.toQueued(Action.RETRY, ONE, "root")).isEqualTo(Result.done(ONE.text()));
      assertThat(byHand.toQueued(Action.HOLD, ONE, "root")).isEqualTo(Result.busy(ONE.text()));
    }
    log.close();
  }
}
