package sallyport.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the watchdog is told of the committer. */
@Timeout(60)
class CommitterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FAR_BEYOND = Duration.ofHours(1);

  @TempDir Path directory;
  private SpoolFolders folders;
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private final CountDownLatch atTheDisk = new CountDownLatch(1);
  private final CountDownLatch diskAnswers = new CountDownLatch(1);

  @BeforeEach
  void makeFolders() throws Exception {
    folders = new SpoolFolders(directory.resolve("spool"));
    folders.makeUnconfined();
  }

  private Collector open(SpoolFiles files) throws Exception {
    return Collector.open(files, folders, Collector.Limits.defaults(), fatal::add);
  }

  /** A disk that does not come back from a force of a folder until it is let. */
  private SpoolFiles slowFiles() {
    SpoolFiles disk = new DiskFiles();
    return (SpoolFiles)
        Proxy.newProxyInstance(
            SpoolFiles.class.getClassLoader(),
            new Class<?>[] {SpoolFiles.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("forceFolder")) {
                atTheDisk.countDown();
                assertThat(diskAnswers.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
              }
              try {
                return method.invoke(disk, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static CommitResult send(Collector collector) throws Exception {
    return Mail.send(collector, Mail.envelope("a@x.org"), Mail.octets(1, 100));
  }

  @Test
  void committerThatWaitsForWorkIsWell() throws Exception {
    try (Collector collector = open(new DiskFiles())) {
      assertThat(collector.ailing(Duration.ZERO)).isEmpty();
      assertThat(send(collector)).isInstanceOf(CommitResult.Committed.class);
      await().atMost(PATIENCE).until(() -> collector.ailing(Duration.ZERO).isEmpty());
    }
  }

  @Test
  void roundBeyondTheBoundIsStuckAndOneWithinIsNot() throws Exception {
    try (ExecutorService client = Executors.newSingleThreadExecutor();
        Collector collector = open(slowFiles())) {
      Future<CommitResult> sent = client.submit(() -> send(collector));
      assertThat(atTheDisk.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(collector.ailing(Duration.ZERO)).contains("spool-committer is stuck"));
      assertThat(collector.ailing(FAR_BEYOND)).isEmpty();
      assertThat(sent.isDone()).isFalse();
      diskAnswers.countDown();
      assertThat(sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(CommitResult.Committed.class);
      await().atMost(PATIENCE).until(() -> collector.ailing(Duration.ZERO).isEmpty());
      assertThat(fatal).isEmpty();
    }
  }

  @Test
  void committerThatDiedOfAnAccidentHasEndedAndAskedForTheEnd() throws Exception {
    FailingFiles files = new FailingFiles(new DiskFiles());
    try (Collector collector = open(files)) {
      files.fail(
          new FailingFiles.Failure(
              "create", "/tmp/", new StackOverflowError("of this test"), true));
      assertThat(send(collector)).isInstanceOf(CommitResult.Unknown.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(collector.ailing(FAR_BEYOND)).contains("spool-committer has ended"));
      assertThat(fatal).hasSize(1);
      assertThat(fatal.getFirst()).hasMessage("of this test");
      assertThat(send(collector)).isInstanceOf(CommitResult.Refused.class);
    }
  }
}
