package sallyport.spool;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small program, not a test: how many messages of 4 KB a second 20 workers can take from {@code
 * new/} to their recorded end, if the hub takes no time at all; in batches of 35 and of one.
 * Argument: a folder.
 */
final class DeliveryRate {
  private static final int WORKERS = 20;
  private static final int MESSAGES = 7000;
  private static final int OCTETS = 4096;
  private static final int TAKEN_AT_ONCE = 500;

  private DeliveryRate() {}

  public static void main(String[] arguments) throws Exception {
    Path base = Files.createTempDirectory(Path.of(arguments[0]), "delivery");
    for (int round = 1; round <= 3; round++) {
      for (int together : new int[] {35, 1}) {
        SpoolFolders folders = new SpoolFolders(base.resolve(together + "-" + round));
        folders.makeUnconfined();
        fill(folders, together);
        System.out.printf("in batches of %d: %,.0f/s%n", together, rate(folders));
      }
    }
  }

  private static void fill(SpoolFolders folders, int together) throws Exception {
    Collector.Limits limits = Collector.Limits.defaults();
    try (Collector collector =
        Collector.prepare(new DiskFiles(), folders, limits, Throwable::printStackTrace)) {
      byte[] octets = Mail.octets(1, OCTETS);
      for (int done = 0; done < MESSAGES; done += together) {
        List<Waiting> waiting = new ArrayList<>();
        List<Incoming> messages = new ArrayList<>();
        for (int i = 0; i < together; i++) {
          Incoming incoming = collector.begin();
          incoming.write(octets);
          messages.add(incoming);
          waiting.add(collector.ready(Mail.envelope("a@x.org"), incoming));
        }
        collector.committer().commit(waiting);
        for (int i = 0; i < together; i++) {
          collector.settled(messages.get(i), waiting.get(i).await());
        }
      }
    }
  }

  private static double rate(SpoolFolders folders) throws Exception {
    LinkedBlockingQueue<QueuedMessage> ready = new LinkedBlockingQueue<>();
    AtomicInteger left = new AtomicInteger(MESSAGES);
    long start = System.nanoTime();
    try (Queue queue =
            Queue.open(new DiskFiles(), folders, QueueLimits.defaults(), System.out::println);
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        all.add(workers.submit(() -> work(queue, ready, left)));
      }
      for (int taken = 0; taken < MESSAGES; ) {
        List<QueuedMessage> some = queue.takeOver(TAKEN_AT_ONCE);
        ready.addAll(some);
        taken += some.size();
      }
      for (Future<?> one : all) {
        one.get();
      }
      queue.settle();
      return MESSAGES * 1e9 / (System.nanoTime() - start);
    }
  }

  private static Void work(
      Queue queue, LinkedBlockingQueue<QueuedMessage> ready, AtomicInteger left) throws Exception {
    while (left.get() > 0) {
      QueuedMessage message = ready.poll(10, TimeUnit.MILLISECONDS);
      if (message != null) {
        message.header(1 << 20);
        queue.begin(message);
        message.streamBody(OutputStream.nullOutputStream());
        queue.record(message, Mail.delivered(message));
        left.decrementAndGet();
      }
    }
    return null;
  }
}
