package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.authdb.Site.some;
import static sallyport.authdb.Site.text;

import java.io.BufferedReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.Changes.Outcome;
import sallyport.authdb.UserDatabase.Loaded;
import sallyport.authdb.UserEntry.InsideEntry;

final class DumpTest {
  private static final String HEADER = "{\"sallyport-users\": 1, \"secrets\": true}\n";

  @TempDir Path folder;
  private UserDatabase database;

  @BeforeEach
  void makeDatabase() throws Exception {
    database = new Site(folder).create();
  }

  @AfterEach
  void closeDatabase() throws Exception {
    database.close();
  }

  private static Dump.Content read(String text) throws Exception {
    return Dump.read(new BufferedReader(new StringReader(text)));
  }

  private String dump(Dump.Secrets secrets) throws Exception {
    StringWriter text = new StringWriter();
    Dump.write(database.export(secrets), secrets, text);
    return text.toString();
  }

  private void fill() throws Exception {
    database.add("john", "staff", "Jöhn \"Doe\"", some("sesame ☃"), false);
    database.map("john", "mail", Optional.of("jdoe"), some("inside"));
    database.map("john", "archive", Optional.of("archived"), Optional.empty());
    database.add("jane", "", "", Optional.of(Secret.of(new byte[] {(byte) 0xff, 1})), true);
    long john = database.snapshot().accounts().get("john").id();
    LoginRecord login = new LoginRecord(Site.START, "192.0.2.7", LoginRecord.Outcome.LOGIN);
    database.write(new Changes(List.of(new Outcome(john, login)), List.of(), List.of()));
  }

  @Test
  void aDumpWithSecretsLoadedElsewhereIsTheSame() throws Exception {
    fill();
    String dump = dump(Dump.Secrets.IN_CLEAR);
    Dump.Content content = read(dump);
    assertThat(content.errors()).isEmpty();
    assertThat(content.notes()).isEmpty();
    List<User> before = database.list();
    database.remove("john");
    database.remove("jane");

    assertThat(database.load(content.users())).isEqualTo(new Loaded(2, 0, List.of()));
    assertThat(database.list()).isEqualTo(before);
    assertThat(dump(Dump.Secrets.IN_CLEAR)).isEqualTo(dump);
    assertThat(text(database.frontSecret("john"))).contains("sesame ☃");
    assertThat(text(database.insideSecret("john", "mail"))).contains("inside");
    assertThat(database.frontSecret("jane").orElseThrow().octets()).containsExactly(0xff, 1);
  }

  @Test
  void secretsAreInADumpOnlyIfItWasAskedFor() throws Exception {
    fill();
    assertThat(dump(Dump.Secrets.LEFT_OUT))
        .startsWith("{\"sallyport-users\": 1, \"secrets\": false}\n")
        .doesNotContain("sesame", "inside\":\"", "secret\"", "secretBase64");
    assertThat(dump(Dump.Secrets.IN_CLEAR)).contains("\"secret\": \"sesame ☃\"");
  }

  @Test
  void aDumpWithoutSecretsLeavesTheSecretsThatAreThere() throws Exception {
    fill();
    List<User> before = database.list();
    List<UserEntry> users = read(dump(Dump.Secrets.LEFT_OUT)).users();
    assertThat(database.load(users)).isEqualTo(new Loaded(0, 2, List.of()));
    assertThat(database.list()).isEqualTo(before);
    assertThat(text(database.frontSecret("john"))).contains("sesame ☃");
    assertThat(text(database.insideSecret("john", "mail"))).contains("inside");
  }

  @Test
  void whoHasNoSecretAfterLoadingIsNamed() throws Exception {
    fill();
    List<UserEntry> users = read(dump(Dump.Secrets.LEFT_OUT)).users();
    database.remove("john");
    assertThat(database.load(users)).isEqualTo(new Loaded(1, 1, List.of("john")));
    assertThat(database.find("john").orElseThrow().secretChanged()).isEmpty();
  }

  @Test
  void aLoadedSecretIsAChangeOfSecret() throws Exception {
    database.add("john", "", "", some("old"), false);
    long unlocks = database.snapshot().accounts().get("john").unlocks();
    database.load(read(HEADER + "{\"name\": \"john\", \"secret\": \"new\"}\n").users());
    Snapshot.Account john = database.snapshot().accounts().get("john");
    assertThat(text(database.frontSecret("john"))).contains("new");
    assertThat(john.previous()).isPresent();
    assertThat(john.unlocks()).isEqualTo(unlocks + 1);
  }

  @Test
  void aLineMayHoldNoMoreThanAName() throws Exception {
    Dump.Content content = read(HEADER + "\n{\"name\": \"John\"}\r\n");
    assertThat(content.errors()).isEmpty();
    assertThat(content.users())
        .containsExactly(
            new UserEntry(
                "john",
                "",
                "",
                false,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of()));
  }

  @Test
  void everyWrongLineIsToldWithItsNumberAndWithoutItsText() throws Exception {
    Dump.Content content =
        read(
            HEADER
                + """
                {"name": "john"}
                {"name": "JOHN"}
                {"secret": "sesame"}
                {"name": "a b"}
                {"name": "jane", "secret": "sesame\\n"}
                {"name": "jane", "secret": ""}
                {"name": "jane", "secretBase64": "sesame!"}
                {"name": "jane", "secret": "\\ud800sesame"}
                {"name": "jane", "secret": "sesame", "secretBase64": "c2VzYW1l"}
                {"name": "jane", "password": "sesame"}
                {"name": "jane", "secret": 7}
                {"name": "jane", "lastLogin": "yesterday"}
                {"name": "jane", "lastSource": "a b"}
                {"name": "jane", "lastLogin": "+1000000000-12-31T23:59:59Z"}
                {"name": "jane", "inside": {"a b": {}}}
                {"name": "jane", "inside": {"mail": {"name": "a b"}}}
                {"name": "jane", "inside": {"mail": "sesame"}}
                {"name": "jane", "longName": "a\\u001bb"}
                {"name": "jane", "secret": "sesame"
                """);
    assertThat(content.users()).extracting(UserEntry::name).containsExactly("john");
    assertThat(content.errors()).hasSize(19 - 1);
    assertThat(content.errors()).allMatch(error -> error.matches("line [0-9]+: .+"));
    assertThat(content.errors().getFirst()).isEqualTo("line 3: user john is on line 2 already");
    assertThat(content.errors().getLast()).startsWith("line 20: column ");
    assertThat(content.errors()).noneMatch(error -> error.contains("sesame"));
  }

  @Test
  void whatIsNoDumpIsRefusedAtItsFirstLine() throws Exception {
    assertThat(read("").errors()).containsExactly("line 0: not a dump of users");
    assertThat(read("root:x:0:0::/root:/bin/sh\n").errors())
        .containsExactly("line 1: not a dump of users");
    assertThat(read("{\"name\": \"john\"}\n").errors()).hasSize(1);
    assertThat(read("{\"sallyport-users\": 2}\n{\"x\": 1}\n").errors())
        .containsExactly("line 1: a dump of another version; expected \"sallyport-users\": 1");
    assertThat(read("x".repeat(Dump.MOST_LINE + 1)).errors().getFirst())
        .isEqualTo("line 1: longer than 65536 characters");
  }

  @Test
  void aFloodOfErrorsIsCut() throws Exception {
    assertThat(read(HEADER + "x\n".repeat(1000)).errors())
        .hasSize(Dump.MOST_TOLD + 1)
        .last()
        .isEqualTo("and more");
  }

  @Test
  void aDumpOfTheToolkitIsTakenOverAsFarAsItCanBe() throws Exception {
    Dump.Content content =
        read(
            """

            user=mjr
            longname=Marcus J. R.
            group=wheel
            pass=7x9Kd/hash
            flags=2
            bad_count=3
            proto=p
            last=753105600

            user=Guest
            longname=
            group=
            pass=
            flags=33
            bad_count=0
            proto=S
            last=0
            """);
    assertThat(content.errors()).isEmpty();
    assertThat(content.notes())
        .containsExactly(
            "user mjr: not taken over: password (protocol p), flag wizard",
            "user Guest: is now guest; not taken over: login method (protocol S), which had no"
                + " password, flag wizard, flag sleeping, flag one-time");
    assertThat(content.users())
        .containsExactly(
            new UserEntry(
                "mjr",
                "wheel",
                "Marcus J. R.",
                false,
                3,
                Optional.of(Instant.ofEpochSecond(753105600)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of()),
            new UserEntry(
                "guest",
                "",
                "",
                true,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of()));
    assertThat(database.load(content.users())).isEqualTo(new Loaded(2, 0, List.of("mjr", "guest")));
  }

  @Test
  void oddUsersOfTheToolkitAreToldOneByOne() throws Exception {
    Dump.Content content =
        read(
            """
            user=a b\u001b[2J
            pass=secret1

            user=joe
            longname=J\toe
            pass=secret2
            flags=9
            bad_count=x
            proto=%
            last=x

            user=JOE
            user=joan
            flags=141
            pass=a=b
            """);
    assertThat(content.errors()).isEmpty();
    assertThat(content.notes())
        .containsExactly(
            "user a?b?[2J: not taken over: a name has up to 64 of a-z 0-9 . _ + - and begins with"
                + " one of a-z 0-9",
            "user joe: not taken over: password, flags, which are not octal: disabled, to be safe,"
                + " all of longname, bad_count, last login",
            "user JOE: not taken over: joe is there already",
            "user joan: not taken over: password, flags 140");
    assertThat(content.users()).extracting(UserEntry::name).containsExactly("joe", "joan");
    assertThat(content.users()).allMatch(UserEntry::disabled);
  }

  @Test
  void aBrokenDumpOfTheToolkitIsNotLoaded() throws Exception {
    assertThat(read("user=joe\nshell=/bin/sh\ngroup=a\ngroup=b\n").errors())
        .containsExactly(
            "line 2: expected one of user= longname= group= pass= flags= bad_count= proto= last=",
            "line 4: group= is given twice");
  }

  @Test
  void allAreLoadedOrNone() throws Exception {
    UserEntry good = read(HEADER + "{\"name\": \"john\"}").users().getFirst();
    Map<String, InsideEntry> many = new java.util.TreeMap<>();
    for (int i = 0; i <= UserDatabase.INSIDE_MOST; i++) {
      many.put("s" + i, new InsideEntry(Optional.empty(), Optional.empty()));
    }
    UserEntry bad =
        new UserEntry(
            "jane",
            "",
            "",
            false,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            many);
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> database.load(List.of(good, bad)));
    assertThat(database.list()).isEmpty();
  }
}
