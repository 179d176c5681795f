package sallyport.authdb.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.UserDatabase;

/** The command in this process, with a table and a folder of its own, in the zone of Vienna. */
final class Cli {
  static final Instant NOW = Instant.parse("2026-07-25T10:00:00Z");
  private static final String TABLE =
      """
      *: hostname gate.example.com
      authsrv: directory %s
      authsrv: listen %s/socket
      pop3-gw: server mail mail.example.com apop
      pop3-gw: server archive archive.example.com pass
      """;

  final Path folder;
  final Path table;
  final Path database;
  final Path keys;
  private final List<String> asked = new ArrayList<>();
  private Optional<Deque<String>> answers = Optional.empty();
  private byte[] input = {};
  private Desk.Account account = _ -> {};
  private String out = "";
  private String err = "";

  Cli(Path parent) throws IOException {
    folder = Files.createTempDirectory(parent, "auth").toRealPath();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    database = folder.resolve("users.db");
    keys = folder.resolve("keys");
    table = Files.writeString(parent.resolve(folder.getFileName() + ".table"), tableText());
  }

  private Cli(Cli other) {
    folder = other.folder;
    table = other.table;
    database = other.database;
    keys = other.keys;
  }

  /** The command once more, at the same database, for another thread. */
  Cli another() {
    return new Cli(this);
  }

  private String tableText() {
    return TABLE.formatted(folder, folder);
  }

  void addToTable(String line) throws IOException {
    Files.writeString(table, Files.readString(table) + line + "\n");
  }

  void becomesBy(Desk.Account how) {
    account = how;
  }

  /** From now on there is a terminal, at which this will be typed. */
  Cli typing(String... lines) {
    answers = Optional.of(new ArrayDeque<>(List.of(lines)));
    return this;
  }

  /** From now on input and output are pipes; this will be read. */
  Cli piping(String text) {
    return piping(text.getBytes(StandardCharsets.UTF_8));
  }

  Cli piping(byte[] octets) {
    answers = Optional.empty();
    input = octets.clone();
    return this;
  }

  int run(String... args) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(input),
            new PrintWriter(outText),
            new PrintWriter(errText),
            answers.map(this::terminal),
            Clock.fixed(NOW, ZoneId.of("Europe/Vienna")));
    List<String> all = new ArrayList<>(List.of("--table", table.toString()));
    all.addAll(List.of(args));
    asked.clear();
    int code = Main.run(streams, account, all.toArray(String[]::new));
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  private Streams.Terminal terminal(Deque<String> typed) {
    return new Streams.Terminal() {
      @Override
      public Optional<char[]> askSecret(String label) {
        asked.add(label + "(hidden)");
        return Optional.ofNullable(typed.poll()).map(String::toCharArray);
      }

      @Override
      public Optional<String> ask(String label) {
        asked.add(label);
        return Optional.ofNullable(typed.poll());
      }
    };
  }

  /** What was answered, with the folder as {@code DIR}. */
  String out() {
    return out.replace(table.toString(), "TABLE").replace(folder.toString(), "DIR");
  }

  /** What was said beside it. */
  String err() {
    return err.replace(table.toString(), "TABLE").replace(folder.toString(), "DIR");
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  /** The database without the command. */
  UserDatabase open() throws DatabaseTrouble {
    return UserDatabase.open(database, keys);
  }

  /** A database with john, whose secret is {@code tanstaaf}, as in RFC 1939. */
  Cli withJohn() {
    int code =
        piping("tanstaaf\n")
            .run("adduser", "john", "--group", "staff", "--name", "John Smith", "--stdin");
    if (code != 0) {
      throw new AssertionError(err());
    }
    return this;
  }
}
