package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.DatabaseTrouble.Kind;

/** What can be wrong with the files, and that it is told in one line, of the right kind. */
final class DatabaseTroubleTest {
  private static final String SECRET = "sesame-3f0a";

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void makeDatabase() throws Exception {
    site = new Site(folder.resolve("auth"));
    Files.createDirectory(site.folder);
    Site.mode(site.folder, "rwx------");
    try (UserDatabase database = site.create()) {
      database.add("john", "staff", "John", some(SECRET), false);
    }
  }

  private static DatabaseTrouble trouble(Kind kind, ThrowingCallable what) {
    DatabaseTrouble trouble = catchThrowableOfType(DatabaseTrouble.class, what);
    assertThat(trouble).as("nothing was wrong").isNotNull();
    assertThat(trouble.kind()).as(trouble.line()).isEqualTo(kind);
    assertThat(trouble.line()).doesNotContain("\n", SECRET).isNotBlank();
    return trouble;
  }

  private Path key() throws Exception {
    try (var files = Files.list(site.keys)) {
      return files.filter(file -> file.toString().endsWith(".key")).findFirst().orElseThrow();
    }
  }

  @Test
  void aMissingDatabaseIsNotMade() throws Exception {
    Files.delete(site.database);
    assertThat(UserDatabase.exists(site.database)).isFalse();
    trouble(Kind.MISSING, site::open);
    assertThat(site.database).doesNotExist();
    Site elsewhere = new Site(folder.resolve("nowhere"));
    trouble(Kind.MISSING, elsewhere::open);
    trouble(Kind.MISSING, elsewhere::create);
  }

  @Test
  void thereIsNeverANewDatabaseBesideAnOldOneOrItsKeys() throws Exception {
    trouble(Kind.EXISTS, site::create);
    Files.move(site.database, folder.resolve("lost"));
    DatabaseTrouble keys = trouble(Kind.EXISTS, site::create);
    assertThat(keys.line()).contains("put the database back, or move the keys away");
    Files.move(site.keys, folder.resolve("lost-keys"));
    Files.writeString(site.folder.resolve("users.db-wal"), "x");
    trouble(Kind.EXISTS, site::create);
    assertThat(site.database).doesNotExist();
  }

  @Test
  void whileAnotherWritesAChangeIsRefusedAfterAWhileAndReadingGoesOn() throws Exception {
    try (UserDatabase database = site.open();
        Sqlite other = new Sqlite(site.database)) {
      other.execute("BEGIN IMMEDIATE");
      trouble(Kind.LOCKED, () -> database.setGroup("john", "guests"));
      assertThat(database.find("john").orElseThrow().group()).isEqualTo("staff");
      other.execute("COMMIT");
      assertThat(database.setGroup("john", "guests")).isTrue();
    }
  }

  @Test
  void aFullDiskLosesNothingAndPasses() throws Exception {
    Root.needed();
    try (SmallDisk disk = new SmallDisk(folder.resolve("small"))) {
      Site small = new Site(disk.folder());
      try (UserDatabase database = small.create()) {
        database.add("john", "", "", some(SECRET), false);
        Path filler = disk.fill();
        trouble(
            Kind.FULL,
            () -> {
              for (int i = 0; i < 1000; i++) {
                database.add("user" + i, "", "x".repeat(255), some("x".repeat(255)), false);
              }
            });
        assertThat(text(database.frontSecret("john"))).contains(SECRET);
        int users = database.list().size();
        trouble(Kind.FULL, database::rotateKey);
        Files.delete(filler);
        assertThat(database.add("jane", "", "", some("x"), false)).isTrue();
        assertThat(database.list()).hasSize(users + 1);
        database.rotateKey();
      }
      try (UserDatabase database = small.open()) {
        assertThat(text(database.frontSecret("john"))).contains(SECRET);
      }
    }
  }

  @Test
  void aDiskThatIsFullFromTheStartGetsNoDatabase() throws Exception {
    Root.needed();
    try (SmallDisk disk = new SmallDisk(folder.resolve("small"))) {
      Site small = new Site(disk.folder());
      Path filler = disk.fill();
      trouble(Kind.FULL, small::create);
      Files.delete(filler);
      small.create().close();
    }
  }

  @Test
  void aReadOnlyDiskIsSaidToBeOne() throws Exception {
    Root.needed();
    try (SmallDisk disk = new SmallDisk(folder.resolve("small"))) {
      Site small = new Site(disk.folder());
      small.create().close();
      disk.makeReadOnly();
      trouble(Kind.READ_ONLY, small::open);
      trouble(Kind.READ_ONLY, () -> UserDatabase.create(disk.folder().resolve("x"), small.keys));
    }
  }

  @Test
  void whatIsNoDatabaseOfOursIsLeftAsItIs() throws Exception {
    for (String text : List.of("", "x", "x".repeat(10_000))) {
      Files.writeString(site.database, text);
      trouble(Kind.DAMAGED, site::open);
      assertThat(Files.readString(site.database)).isEqualTo(text);
    }
    Files.delete(site.database);
    Sqlite.run(site.database, "CREATE TABLE users (name TEXT)");
    Site.mode(site.database, "rw-------");
    byte[] foreign = Files.readAllBytes(site.database);
    assertThat(trouble(Kind.DAMAGED, site::open).line()).contains("not a user database");
    assertThat(Files.readAllBytes(site.database)).isEqualTo(foreign);
  }

  @Test
  void aDatabaseWithWrongTablesIsDamaged() throws Exception {
    Sqlite.run(site.database, "DROP TABLE inside");
    try (UserDatabase database = site.open()) {
      trouble(Kind.DAMAGED, database::list);
    }
    Sqlite.run(site.database, "DELETE FROM current_key");
    trouble(Kind.DAMAGED, site::open);
  }

  @Test
  void overwrittenPagesAreFoundAndNotBelieved() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(site.database.toFile(), "rw")) {
      byte[] rubbish = new byte[(int) file.length() - 4096];
      Arrays.fill(rubbish, (byte) 0x5a);
      file.seek(4096);
      file.write(rubbish);
    }
    trouble(Kind.DAMAGED, () -> site.open().close());
  }

  @Test
  void aDatabaseOfALaterVersionIsLeftAsItIs() throws Exception {
    Sqlite.run(site.database, "PRAGMA user_version = 2");
    assertThat(trouble(Kind.NEWER_VERSION, site::open).line()).contains("version 2, we know 1");
  }

  @Test
  void withoutItsKeyADatabaseDoesNotOpenAndGetsNoNewOne() throws Exception {
    Path key = key();
    Files.move(key, folder.resolve("lost"));
    assertThat(trouble(Kind.NO_KEY, site::open).line()).contains("put it back from its backup");
    trouble(Kind.EXISTS, site::create);
    try (var files = Files.list(site.keys)) {
      assertThat(files).isEmpty();
    }
    Files.delete(site.keys);
    trouble(Kind.NO_KEY, site::open);
    trouble(Kind.EXISTS, site::create);
    assertThat(site.keys).doesNotExist();
  }

  @Test
  void theKeyOfAnotherDatabaseIsRecognised() throws Exception {
    Path key = key();
    Site other = new Site(Files.createDirectory(folder.resolve("other")));
    other.create().close();
    Site.mode(key, "rw-------");
    try (var files = Files.list(other.keys)) {
      Files.write(key, Files.readAllBytes(files.findFirst().orElseThrow()));
    }
    Site.mode(key, "r--------");
    trouble(Kind.WRONG_KEY, site::open);
  }

  @Test
  void aDamagedKeyIsNamedAndNotQuoted() throws Exception {
    Path key = key();
    String whole = Files.readString(key);
    Site.mode(key, "rw-------");
    for (String text : List.of("", whole.substring(1), whole + "0", "x" + whole.substring(1))) {
      Files.writeString(key, text);
      DatabaseTrouble trouble = trouble(Kind.DAMAGED, site::open);
      assertThat(trouble.line()).contains(key.toString()).doesNotContain(whole.substring(1, 9));
      assertThat(trouble.getCause()).isNull();
    }
  }

  @Test
  void whatOthersCanReachIsRefused() throws Exception {
    refusedWhile(site.database, "rw-r-----", "rw-------");
    refusedWhile(site.folder, "rwxrwx---", "rwx------");
    refusedWhile(site.folder, "rwx----w-", "rwx------");
    refusedWhile(site.keys, "rwxr-x---", "rwx------");
    refusedWhile(key(), "r--r-----", "r--------");
    site.open().close();
  }

  private void refusedWhile(Path path, String mode, String back) throws Exception {
    Site.mode(path, mode);
    assertThat(trouble(Kind.NOT_OURS, site::open).line()).startsWith(path + ": ");
    Site.mode(path, back);
  }

  @Test
  void whatBelongsToAnotherIsRefused() throws Exception {
    Root.needed();
    for (Path path : List.of(site.database, site.folder, site.keys, key())) {
      Files.setAttribute(path, "unix:uid", 12345);
      assertThat(trouble(Kind.NOT_OURS, site::open).line()).contains("belongs to account 12345");
      Files.setAttribute(path, "unix:uid", 0);
    }
  }

  @Test
  void linksToADatabaseOrAKeyAreRefused() throws Exception {
    Path away = folder.resolve("away");
    for (Path path : List.of(site.database, site.keys, key())) {
      Files.move(path, away);
      Files.createSymbolicLink(path, away);
      trouble(Kind.NOT_OURS, site::open);
      Files.delete(path);
      Files.move(away, path);
    }
    site.open().close();
  }

  @Test
  void aDamagedSecretIsNamedAndCanBeSetAnew() throws Exception {
    Sqlite.run(site.database, "UPDATE secrets SET sealed = 'AAAA'");
    try (UserDatabase database = site.open()) {
      DatabaseTrouble trouble = trouble(Kind.DAMAGED, () -> database.frontSecret("john"));
      assertThat(trouble.line()).contains("'apop' of user john", "set it anew");
      trouble(Kind.DAMAGED, database::rotateKey);
      assertThat(database.setFrontSecret("john", Site.secret("new"))).isTrue();
      assertThat(text(database.frontSecret("john"))).contains("new");
      database.rotateKey();
    }
  }

  @Test
  void aLineEndInAPathDoesNotMakeTwoLines() {
    Site odd = new Site(folder.resolve("a\nb\u001b[2J"));
    assertThat(trouble(Kind.MISSING, odd::open).line()).contains("/a b [2J/users.db");
  }

  @Test
  void oddCharactersInAPathAreNoTrouble() throws Exception {
    Path odd = folder.resolve("a b?c#d%41&'\\é=:");
    Files.createDirectory(odd);
    Site.mode(odd, "rwx------");
    try (UserDatabase database = new Site(odd).create()) {
      database.add("john", "", "", Optional.empty(), false);
    }
    try (var files = Files.list(odd)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("users.db", "users.db.lock", "keys");
    }
  }
}
