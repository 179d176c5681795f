package sallyport.spool;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small program, not a test: durable commits a second with 50 callers on virtual threads, against
 * one file and one force a message on 50 platform threads, first alone, then with rename and folder
 * force, which promise as much as a commit does; on the same disk. Argument: a folder.
 */
final class CommitRate {
  private static final int CALLERS = 50;
  private static final int MESSAGES = 20_000;
  private static final int OCTETS = 4096;

  private CommitRate() {}

  public static void main(String[] arguments) throws Exception {
    Path base = Files.createTempDirectory(Path.of(arguments[0]), "rate");
    for (int round = 1; round <= 3; round++) {
      System.out.printf("batches %,.0f/s%n", batches(base.resolve("batches" + round)));
      Path one = base.resolve("one" + round);
      System.out.printf("a file and a force each %,.0f/s%n", single(one, false));
      Path same = base.resolve("same" + round);
      System.out.printf("a file with the same promise each %,.0f/s%n", single(same, true));
    }
  }

  private static double batches(Path directory) throws Exception {
    SpoolFolders folders = new SpoolFolders(directory);
    folders.makeUnconfined();
    byte[] octets = Mail.octets(1, OCTETS);
    try (Collector collector =
            Collector.open(
                new DiskFiles(), folders, Collector.Limits.defaults(), Throwable::printStackTrace);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      double rate = rate(callers, () -> Mail.send(collector, Mail.envelope("a@x.org"), octets));
      System.out.println("files " + new DiskFiles().list(folders.new_(), MESSAGES).size());
      return rate;
    }
  }

  private static double single(Path directory, boolean whole) throws Exception {
    Path tmp = Files.createDirectories(directory.resolve("tmp"));
    Path done = Files.createDirectories(directory.resolve("new"));
    DiskFiles files = new DiskFiles();
    byte[] octets = Mail.octets(1, OCTETS);
    AtomicInteger number = new AtomicInteger();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      return rate(
          callers,
          () -> {
            String name = "m" + number.incrementAndGet();
            try (SpoolFiles.OpenFile one = files.create(tmp.resolve(name))) {
              one.write(ByteBuffer.wrap(octets));
              one.force();
            }
            if (whole) {
              files.rename(tmp.resolve(name), done.resolve(name));
              files.forceFolder(done);
            }
          });
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double rate(ExecutorService callers, Work work) throws Exception {
    AtomicInteger left = new AtomicInteger(MESSAGES);
    long start = System.nanoTime();
    var all = new ArrayList<Future<?>>();
    for (int i = 0; i < CALLERS; i++) {
      all.add(
          callers.submit(() -> {
            while (left.getAndDecrement() > 0) {
              work.run();
            }
            return null;
          }));
    }
    for (var one : all) {
      one.get();
    }
    return MESSAGES * 1e9 / (System.nanoTime() - start);
  }
}
