package sallyport.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small program, not a test: makes so many deferred messages of 1 KB, each in a file of its own,
 * and tells how long {@link Queue#open} takes, and how much heap one of them keeps. Arguments: a
 * folder, and how many. A folder that holds them already is used as it is.
 */
final class SpoolScale {
  private static final int OCTETS = 1024;

  private SpoolScale() {}

  public static void main(String[] arguments) throws Exception {
    SpoolFolders folders = new SpoolFolders(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    if (!Files.exists(folders.queue())) {
      folders.makeUnconfined();
      make(folders, count);
    }
    AtomicLong alerts = new AtomicLong();
    long before = heap();
    long start = System.nanoTime();
    try (Queue queue =
        Queue.open(
            new DiskFiles(), folders, QueueLimits.defaults(), alert -> alerts.incrementAndGet())) {
      double seconds = (System.nanoTime() - start) / 1e9;
      List<QueuedMessage> messages = queue.recovered();
      System.out.printf(
          "%,d messages, open %.2f s, %.1f µs each, heap %d octets each, %d alerts%n",
          messages.size(),
          seconds,
          seconds * 1e6 / messages.size(),
          (heap() - before) / messages.size(),
          alerts.get());
      System.out.println(messages.getFirst().id() + " to " + messages.getLast().id());
    }
  }

  /** Written without forces, as fast as may be: the program is about reading. */
  private static void make(SpoolFolders folders, int count) throws Exception {
    CopyOut copies =
        new CopyOut(
            new Home(
                new FailingFiles(new DiskFiles(), file -> true, folder -> true),
                folders.queue(),
                new Reasons(),
                new Contents()),
            folders);
    byte[] octets = Mail.octets(1, OCTETS);
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      QueueId id = Mail.IDS.next();
      copies.make(
          Mail.envelope(id, "user" + i + "@example.com"),
          octets,
          List.of(
              new LogEntry.Deferred(
                  id,
                  1,
                  Instant.now(),
                  "451 4.3.0 <user" + i + "@example.com>: temporary lookup failure")));
    }
    System.out.printf("made in %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  private static long heap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(200);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
