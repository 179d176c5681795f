package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.DatabaseTrouble.Kind;

final class SecretsAtRestTest {
  private static final String FIRST = "open-sesame-1";
  private static final String SECOND = "open-sesame-2";
  private static final String INSIDE = "open-sesame-3";

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void makeDatabase() throws Exception {
    site = new Site(folder);
    try (UserDatabase database = site.create()) {
      database.add("john", "", "", some(FIRST), false);
      database.setFrontSecret("john", Site.secret(SECOND));
      database.map("john", "mail", Optional.empty(), some(INSIDE));
      database.add("jane", "", "", some(SECOND), false);
    }
  }

  private static void assertDamaged(UserDatabase database, String user) {
    DatabaseTrouble trouble =
        catchThrowableOfType(DatabaseTrouble.class, () -> database.frontSecret(user));
    assertThat(trouble).isNotNull();
    assertThat(trouble.kind()).isEqualTo(Kind.DAMAGED);
  }

  /** What any file of the folder holds, octet by octet. */
  private String allOctets() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Test
  void noFileHoldsASecretInClear() throws Exception {
    try (UserDatabase database = site.open()) {
      database.rename("john", "jack");
      database.rotateKey();
      database.setFrontSecret("jack", Site.secret(FIRST));
      database.add("joan", "", "", some(INSIDE), false);
      database.load(database.export(Dump.Secrets.IN_CLEAR));
      assertThat(folder.resolve("users.db-wal")).isNotEmptyFile();
      assertNotInClear(allOctets());
    }
    assertNotInClear(allOctets());
  }

  private static void assertNotInClear(String octets) {
    assertThat(octets).contains("jack", "joan");
    for (String secret : List.of(FIRST, SECOND, INSIDE)) {
      byte[] clear = secret.getBytes(StandardCharsets.US_ASCII);
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(clear);
      assertThat(octets.contains(secret)).as("in clear").isFalse();
      assertThat(octets.contains(base64.substring(0, 12))).as("base64").isFalse();
      assertThat(octets.contains(HexFormat.of().formatHex(clear))).as("hexadecimal").isFalse();
    }
  }

  @Test
  void nothingThatIsSaidHoldsASecret() throws Exception {
    try (UserDatabase database = site.open()) {
      List<Object> things = new ArrayList<>();
      things.add(Site.secret(FIRST));
      things.addAll(database.list());
      things.addAll(database.export(Dump.Secrets.IN_CLEAR));
      things.add(database.snapshot());
      things.add(database.keyring());
      Sealed sealed = database.snapshot().accounts().get("john").front().orElseThrow();
      things.add(sealed);
      DatabaseTrouble trouble =
          catchThrowableOfType(
              DatabaseTrouble.class, () -> database.keyring().open("jane", Purpose.APOP, sealed));
      things.add(stack(trouble));
      for (String wrong : List.of(FIRST + "\n", "\0" + FIRST, FIRST.repeat(20))) {
        things.add(
            stack(catchThrowableOfType(IllegalArgumentException.class, () -> Site.secret(wrong))));
      }
      String key = Files.readString(site.keys.resolve(database.currentKeyId() + ".key"));
      for (Object thing : things) {
        assertThat(thing.toString())
            .doesNotContain("sesame", sealed.base64(), key.substring(0, 16));
      }
    }
  }

  private static String stack(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @Test
  void aSealedSecretMovedToAnotherUserDoesNotOpen() throws Exception {
    Sqlite.run(
        site.database,
        """
        UPDATE secrets SET (key_id, sealed) = (SELECT key_id, sealed FROM secrets
            JOIN users ON id = user_id WHERE name = 'john' AND purpose = 'apop')
        WHERE user_id = (SELECT id FROM users WHERE name = 'jane')\
        """);
    try (UserDatabase database = site.open()) {
      assertDamaged(database, "jane");
      assertThat(text(database.frontSecret("john"))).contains(SECOND);
    }
  }

  @Test
  void aSealedSecretMovedToAnotherPurposeDoesNotOpen() throws Exception {
    Sqlite.run(
        site.database,
        "DELETE FROM secrets WHERE purpose = 'apop'",
        "UPDATE secrets SET purpose = 'apop' WHERE purpose = 'inside:mail'");
    try (UserDatabase database = site.open()) {
      assertDamaged(database, "john");
    }
    Sqlite.run(
        site.database,
        "DELETE FROM secrets WHERE purpose = 'apop'",
        "UPDATE secrets SET purpose = 'apop' WHERE purpose = 'apop-previous'");
    try (UserDatabase database = site.open()) {
      assertDamaged(database, "john");
    }
  }

  @Test
  void usersWhoseRowsAreExchangedDoNotGetEachOthersSecrets() throws Exception {
    Sqlite.run(
        site.database,
        "UPDATE users SET name = 'x' WHERE name = 'john'",
        "UPDATE users SET name = 'john' WHERE name = 'jane'");
    try (UserDatabase database = site.open()) {
      assertDamaged(database, "john");
      assertDamaged(database, "x");
    }
  }

  /** In the toolkit's authsrv an empty stored password always succeeded. */
  @Test
  void fwtkFault14AnEmptyStoredSecretNeverAuthenticates() throws Exception {
    try (UserDatabase database = site.open()) {
      Keyring keyring = database.keyring();
      String key = database.currentKeyId();
      Sealed empty = keyring.sealOctets(key, "john", Purpose.APOP, new byte[0]);
      for (String stored : List.of(empty.base64(), "", "AAAA", "!")) {
        Sqlite.run(
            site.database, "UPDATE secrets SET sealed = '" + stored + "' WHERE purpose = 'apop'");
        assertDamaged(database, "john");
        Sealed sealed = database.snapshot().accounts().get("john").front().orElseThrow();
        assertThat(
                catchThrowableOfType(
                    DatabaseTrouble.class, () -> keyring.open("john", Purpose.APOP, sealed)))
            .isNotNull();
      }
    }
  }

  @Test
  void everyOctetOfASealIsLookedAt() throws Exception {
    try (UserDatabase database = site.open()) {
      Sealed sealed = database.snapshot().accounts().get("john").front().orElseThrow();
      byte[] octets = Base64.getDecoder().decode(sealed.base64());
      for (int i = 0; i < octets.length; i++) {
        byte[] changed = octets.clone();
        changed[i] ^= 1;
        Sealed forged = new Sealed(sealed.keyId(), Base64.getEncoder().encodeToString(changed));
        assertThat(
                catchThrowableOfType(
                    DatabaseTrouble.class,
                    () -> database.keyring().open("john", Purpose.APOP, forged)))
            .as("octet " + i)
            .isNotNull();
      }
    }
  }

  @Test
  void theSameSecretIsNeverSealedTheSame() throws Exception {
    try (UserDatabase database = site.open();
        Secret secret = Site.secret(FIRST)) {
      String key = database.currentKeyId();
      assertThat(Stream.generate(() -> seal(database, key, secret)).limit(1000).distinct())
          .hasSize(1000);
    }
  }

  private static String seal(UserDatabase database, String key, Secret secret) {
    try {
      return database.keyring().seal(key, "john", Purpose.APOP, secret).base64();
    } catch (DatabaseTrouble e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatWasRemovedOrSealedAnewIsOverwritten() throws Exception {
    List<String> gone = new ArrayList<>();
    try (UserDatabase database = site.open()) {
      gone.add(database.snapshot().accounts().get("john").front().orElseThrow().base64());
      gone.add(database.snapshot().accounts().get("jane").front().orElseThrow().base64());
      assertThat(allOctets()).contains(gone);
      database.remove("john");
      database.rotateKey();
    }
    assertThat(allOctets()).doesNotContain(gone.get(0)).doesNotContain(gone.get(1));
  }

  @Test
  void aKeyAddedByAnotherProcessIsFound() throws Exception {
    try (UserDatabase authsrv = site.open();
        UserDatabase command = site.open()) {
      String old = authsrv.currentKeyId();
      String added = command.rotateKey();
      assertThat(added).isNotEqualTo(old);
      assertThat(authsrv.changedByOthers()).isTrue();
      Sealed sealed = authsrv.snapshot().accounts().get("john").front().orElseThrow();
      assertThat(sealed.keyId()).isEqualTo(added);
      assertThat(text(Optional.of(authsrv.keyring().open("john", Purpose.APOP, sealed))))
          .contains(SECOND);
      Files.delete(site.keys.resolve(old + ".key"));
    }
    try (UserDatabase database = site.open()) {
      assertThat(text(database.frontSecret("john"))).contains(SECOND);
      assertThat(text(database.insideSecret("john", "mail"))).contains(INSIDE);
      assertThat(database.snapshot().accounts().get("john").previous()).isPresent();
    }
  }

  @Test
  void aClosedSecretIsWiped() {
    Secret secret = Site.secret(FIRST);
    byte[] copy = secret.octets();
    secret.close();
    assertThat(secret.octets()).containsOnly(0);
    assertThat(copy).isEqualTo(FIRST.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aGeneratedSecretHas128RandomBits() {
    Secret secret = Secret.generate(new java.security.SecureRandom());
    assertThat(new String(secret.octets(), StandardCharsets.US_ASCII)).matches("[0-9a-f]{32}");
  }

  @Test
  void theBoundsOfASecretAreKept() {
    assertThat(Site.secret("x".repeat(Secret.MOST_OCTETS)).octets()).hasSize(255);
    for (String wrong : List.of("", "x".repeat(256), "a\rb", "a\nb", "a\0b")) {
      assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> Site.secret(wrong)))
          .isNotNull();
    }
  }
}
