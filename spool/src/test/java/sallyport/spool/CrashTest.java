package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Stops a run of both sides at every operation, builds what the disk may hold then, and sees that
 * every promise is kept: also when it stops again within the recovery.
 */
class CrashTest {
  private static final int SEEDS = Integer.getInteger("crash.seeds", 8);
  private static final int SEEDS_UNTIL_FOUND = 12;
  private static final Predicate<Path> NONE = path -> false;

  private int cuts;

  @Test
  void everyPromiseIsKeptAtEveryCut() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      assertThat(broken(seed, files -> files)).isEmpty();
    }
    System.out.println("cut points looked at: " + cuts);
    assertThat(cuts).isGreaterThan(5000);
  }

  @Test
  void messageThatLeavesItsBatchKeepsItsTriesAtEveryCut() throws Exception {
    for (long seed = 0; seed < SEEDS_UNTIL_FOUND; seed++) {
      SimulatedFiles files = new SimulatedFiles();
      new Script(files, files, seed).leaveBatch();
      assertThat(brokenIn(files, seed)).isEmpty();
    }
  }

  @Test
  void deliveriesRecordedTogetherAreNotRepeatedAtAnyCut() throws Exception {
    for (long seed = 0; seed < SEEDS_UNTIL_FOUND; seed++) {
      assertThat(brokenTogether(seed, files -> files)).isEmpty();
    }
  }

  @Test
  void forceOfRecordsTogetherThatIsLeftOutIsMissed() throws Exception {
    assertMissed(LeftOut.LOG_BEFORE_RECORD_RETURNS, this::brokenTogether);
  }

  private List<String> brokenTogether(long seed, Function<SpoolFiles, SpoolFiles> wrapped)
      throws Exception {
    SimulatedFiles files = new SimulatedFiles();
    sayRoom(files, seed);
    new Script(files, wrapped.apply(files), seed).deliverTogether();
    return brokenIn(files, seed);
  }

  /** The forces, one of which is left out; each must be missed. */
  enum LeftOut {
    FILE_BEFORE_RENAME_TO_NEW(path -> path.startsWith("/spool/tmp"), NONE),
    FOLDER_BEFORE_ANSWER(NONE, path -> path.endsWith("new")),
    LOG_BEFORE_RECORD_RETURNS(path -> path.toString().endsWith(".log"), NONE),
    COPY_BEFORE_MOVED(path -> path.toString().endsWith(".part"), NONE),
    FOLDER_OF_COPY_BEFORE_MOVED(NONE, path -> path.endsWith("bad")),
    QUEUE_FOLDER(NONE, path -> path.endsWith("queue"));

    private final Predicate<Path> file;
    private final Predicate<Path> folder;

    LeftOut(Predicate<Path> file, Predicate<Path> folder) {
      this.file = file;
      this.folder = folder;
    }
  }

  /** Fault 6 of the firewall toolkit, and its relatives. */
  @ParameterizedTest
  @EnumSource
  void fault6ForceThatIsLeftOutIsMissed(LeftOut out) throws Exception {
    assertMissed(out, this::broken);
  }

  /** A script that was run and cut everywhere; the first broken promise. */
  private interface CutRun {
    List<String> broken(long seed, Function<SpoolFiles, SpoolFiles> wrapped) throws Exception;
  }

  private static void assertMissed(LeftOut out, CutRun run) throws Exception {
    for (long seed = 0; seed < SEEDS_UNTIL_FOUND; seed++) {
      if (!run.broken(seed, files -> new FailingFiles(files, out.file, out.folder)).isEmpty()) {
        return;
      }
    }
    throw new AssertionError("nobody missed " + out);
  }

  /** Runs a script and cuts it everywhere; the first broken promise ends it. */
  private List<String> broken(long seed, Function<SpoolFiles, SpoolFiles> wrapped)
      throws Exception {
    SimulatedFiles files = new SimulatedFiles();
    sayRoom(files, seed);
    new Script(files, wrapped.apply(files), seed).run();
    return brokenIn(files, seed);
  }

  /** Half of the runs begin each log when a batch is taken over, the others when they must. */
  private static void sayRoom(SimulatedFiles files, long seed) {
    files.say(seed % 2 == 0 ? Long.MAX_VALUE : 0);
  }

  private List<String> brokenIn(SimulatedFiles files, long seed) throws Exception {
    Random random = new Random(seed);
    List<SimulatedFiles.Step> trace = files.trace();
    for (int cut = 0; cut <= trace.size(); cut++) {
      if (cut < trace.size() && trace.get(cut) instanceof SimulatedFiles.Step.Note) {
        continue;
      }
      Promises promises = new Promises(trace.subList(0, cut));
      for (SimulatedFiles.Fate fate : SimulatedFiles.Fate.values()) {
        SimulatedFiles disk = files.crashedAt(cut, fate, random);
        int before = disk.trace().size();
        List<String> broken = promises.brokenIn(disk);
        cuts++;
        if (broken.isEmpty() && disk.trace().size() > before) {
          int again = before + random.nextInt(disk.trace().size() - before + 1);
          broken = promises.brokenIn(disk.crashedAt(again, SimulatedFiles.Fate.ANY, random));
          cuts++;
        }
        if (!broken.isEmpty()) {
          List<String> told = new ArrayList<>(broken);
          told.addFirst("seed " + seed + ", cut " + cut + ", unforced parts " + fate);
          return told;
        }
      }
    }
    return List.of();
  }
}
