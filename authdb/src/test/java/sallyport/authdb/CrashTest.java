package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.DatabaseTrouble.Kind;

/**
 * What lies on the disk after each step of what takes several is copied, as a crash would leave it,
 * and used.
 */
final class CrashTest {
  @TempDir Path folder;
  private final Map<String, Site> crashes = new LinkedHashMap<>();

  private Creation.Progress copyAfterEachStep(Site site) {
    return step -> {
      try {
        crashes.put(step, site.copyTo(folder.resolve("crash-" + crashes.size())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private Site site() throws IOException {
    return new Site(Files.createDirectory(folder.resolve("auth")));
  }

  @Test
  void anInterruptedCreationIsFinishedByTheNext() throws Exception {
    Site site = site();
    Creation.run(site.database, site.keys, Duration.ZERO, copyAfterEachStep(site));
    assertThat(crashes.keySet())
        .containsExactly("key folder", "unfinished database", "key", "name", "folder");
    for (String step : List.of("key folder", "unfinished database", "key")) {
      assertThat(UserDatabase.exists(crashes.get(step).database)).as(step).isFalse();
      DatabaseTrouble trouble =
          catchThrowableOfType(DatabaseTrouble.class, crashes.get(step)::open);
      assertThat(trouble.kind()).as(step).isEqualTo(Kind.MISSING);
      try (UserDatabase database = crashes.get(step).create()) {
        assertUsable(database);
      }
      assertOneKeyAndNothingUnfinished(crashes.get(step));
    }
    for (String step : List.of("name", "folder")) {
      try (UserDatabase database = crashes.get(step).open()) {
        assertUsable(database);
      }
      assertOneKeyAndNothingUnfinished(crashes.get(step));
    }
  }

  private static void assertUsable(UserDatabase database) throws Exception {
    assertThat(database.list()).isEmpty();
    assertThat(database.add("john", "", "", some("sesame"), false)).isTrue();
    assertThat(text(database.frontSecret("john"))).contains("sesame");
  }

  private static void assertOneKeyAndNothingUnfinished(Site site) throws Exception {
    try (var files = Files.walk(site.folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains(".new"))
          .filteredOn(name -> name.endsWith(".key"))
          .hasSize(1);
    }
  }

  @Test
  void theNextTryIsToldAbout() throws Exception {
    Site site = site();
    Creation.run(site.database, site.keys, Duration.ZERO, copyAfterEachStep(site));
    DatabaseTrouble trouble = catchThrowableOfType(DatabaseTrouble.class, crashes.get("key")::open);
    assertThat(trouble.line()).endsWith("was interrupted: add a user, and it is finished");
  }

  @Test
  void tornFilesOfAnInterruptedCreationAreMadeAnew() throws Exception {
    Site site = site();
    Creation.run(site.database, site.keys, Duration.ZERO, copyAfterEachStep(site));
    for (int octets : new int[] {0, 100, 4096, 10_000}) {
      Site torn = crashes.get("unfinished database").copyTo(folder.resolve("torn-" + octets));
      Path unfinished = Creation.unfinished(torn.database);
      byte[] whole = Files.readAllBytes(unfinished);
      Files.write(unfinished, java.util.Arrays.copyOf(whole, octets));
      Files.write(torn.keys.resolve("0123456789abcdef.key.new"), new byte[octets % 64]);
      try (UserDatabase database = torn.create()) {
        assertUsable(database);
      }
      assertOneKeyAndNothingUnfinished(torn);
    }
  }

  @Test
  void aKeyWithoutItsUnfinishedDatabaseIsNeverPassedOver() throws Exception {
    Site site = site();
    Creation.run(site.database, site.keys, Duration.ZERO, copyAfterEachStep(site));
    Site crash = crashes.get("key");
    Path unfinished = Creation.unfinished(crash.database);
    byte[] whole = Files.readAllBytes(unfinished);
    Files.write(unfinished, new byte[8192]);
    assertThat(catchThrowableOfType(DatabaseTrouble.class, crash::create).kind())
        .isEqualTo(Kind.EXISTS);
    Files.delete(unfinished);
    assertThat(catchThrowableOfType(DatabaseTrouble.class, crash::create).kind())
        .isEqualTo(Kind.EXISTS);
    Files.write(unfinished, whole);
    Site.mode(unfinished, "rw-------");
    crash.create().close();
  }

  @Test
  void anInterruptedRotationLosesNoSecret() throws Exception {
    Site site = site();
    try (UserDatabase database = site.create()) {
      database.add("john", "", "", some("first"), false);
      database.setFrontSecret("john", Site.secret("sesame"));
      database.map("john", "mail", Optional.empty(), some("inside"));
      String old = database.currentKeyId();
      String added = database.rotateKey(copyAfterEachStep(site));
      assertThat(crashes.keySet())
          .containsExactly("key", "sealed, not committed", "committed", "log emptied");
      for (Map.Entry<String, Site> crash : crashes.entrySet()) {
        boolean before = List.of("key", "sealed, not committed").contains(crash.getKey());
        assertRotated(crash.getValue(), before ? old : added);
      }
      assertRotated(site, added);
    }
  }

  private static void assertRotated(Site site, String keyId) throws Exception {
    try (UserDatabase database = site.open()) {
      assertThat(database.currentKeyId()).isEqualTo(keyId);
      assertThat(text(database.frontSecret("john"))).contains("sesame");
      assertThat(text(database.insideSecret("john", "mail"))).contains("inside");
      Snapshot.Account john = database.snapshot().accounts().get("john");
      assertThat(john.front().orElseThrow().keyId()).isEqualTo(keyId);
      Sealed previous = john.previous().orElseThrow().sealed();
      assertThat(
              text(Optional.of(database.keyring().open("john", Purpose.APOP_PREVIOUS, previous))))
          .contains("first");
      database.rotateKey();
      assertThat(text(database.frontSecret("john"))).contains("sesame");
    }
  }

  @Test
  void ofManyWhoCreateAtOnceOneDoes() throws Exception {
    Site site = site();
    ConcurrentLinkedQueue<Optional<Kind>> results = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(() -> results.add(tryToCreate(site))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(8).filteredOn(Optional::isEmpty).hasSize(1);
    assertThat(results).allMatch(result -> result.isEmpty() || result.get() == Kind.EXISTS);
    try (UserDatabase database = site.open()) {
      assertUsable(database);
    }
    assertOneKeyAndNothingUnfinished(site);
  }

  private static Optional<Kind> tryToCreate(Site site) {
    try {
      UserDatabase.create(site.database, site.keys).close();
      return Optional.empty();
    } catch (DatabaseTrouble e) {
      return Optional.of(e.kind());
    }
  }
}
