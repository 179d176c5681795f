package sallyport.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * pop3-gw, authsrv and the command authdb of the distribution over one table in a temporary folder.
 * As root the daemons run confined, each under a number of its own that no account has; else
 * unconfined.
 */
final class LoginGateway implements AutoCloseable {
  static final int POP3_GW = 61003;
  static final int AUTHSRV = 61004;

  private static final Duration COMMAND_TIME = Duration.ofSeconds(40);

  private final Path folder;
  private final List<String> table = new ArrayList<>();
  private final List<Child> started = new ArrayList<>();
  private List<String> wrapper = List.of();

  /** A gateway whose table, jail and database lie in this folder; nothing is started. */
  LoginGateway(Path folder) throws IOException {
    this.folder = folder;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    makeFolder(jail(), AUTHSRV, POP3_GW, 02750);
    makeFolder(vault(), AUTHSRV, AUTHSRV, 0700);
    line("*: hostname gateway.example");
    if (Needs.isRoot()) {
      line("pop3-gw: userid " + POP3_GW).line("pop3-gw: groupid " + POP3_GW);
      line("authsrv: userid " + AUTHSRV).line("authsrv: groupid " + AUTHSRV);
      line("authsrv: listen " + socket() + " " + POP3_GW);
    } else {
      line("authsrv: listen " + socket());
    }
    line("authsrv: directory " + vault());
    line("pop3-gw: directory " + jail());
    line("pop3-gw: authserver authsrv");
    line("pop3-gw: listen 127.0.0.1:0");
    line("pop3-gw: permit-hosts 127.0.0.0/8");
  }

  private static void makeFolder(Path path, int user, int group, int mode) throws IOException {
    Files.createDirectory(path);
    if (Needs.isRoot()) {
      Files.setAttribute(path, "unix:uid", user);
      Files.setAttribute(path, "unix:gid", group);
    }
    Files.setAttribute(path, "unix:mode", mode);
  }

  /** pop3-gw's jail: authsrv's socket lies in it. */
  Path jail() {
    return folder.resolve("gate");
  }

  /** authsrv's jail: the database and the keys. */
  Path vault() {
    return folder.resolve("auth");
  }

  Path socket() {
    return jail().resolve("authsrv");
  }

  /** Adds one line to the table, for programs started from now on. */
  LoginGateway line(String line) {
    table.add(line);
    return this;
  }

  /** An inside server that is asked by APOP; the first is the one for names without {@code %}. */
  LoginGateway server(String name, int port) {
    if (table.stream().noneMatch(line -> line.startsWith("pop3-gw: default-server"))) {
      line("pop3-gw: default-server " + name);
    }
    return line("pop3-gw: server " + name + " 127.0.0.1:" + port + " apop");
  }

  /** Starts daemons from now on by way of this program. */
  void under(List<String> program) {
    wrapper = program;
  }

  private Path writeTable() throws IOException {
    String text = String.join("\n", table) + "\n";
    return Files.writeString(folder.resolve("netperm-table"), text, StandardCharsets.US_ASCII);
  }

  /** Runs the command authdb with this on its standard input; a failure is an exception. */
  List<String> authdb(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Gateway.program("authdb")));
    command.addAll(List.of("--table", writeTable().toString()));
    command.addAll(List.of(arguments));
    byte[] octets = input.getBytes(StandardCharsets.UTF_8);
    return Child.run(COMMAND_TIME, octets, command.toArray(String[]::new));
  }

  /** Adds a user with this front secret. */
  void addUser(String name, String secret) throws IOException, InterruptedException {
    authdb(secret + "\n", "adduser", name, "--stdin");
  }

  /** Adds many users with their front secrets at once. */
  void addUsers(Map<String, String> secrets) throws IOException, InterruptedException {
    StringBuilder dump = new StringBuilder("{\"sallyport-users\":1}\n");
    secrets.forEach((name, secret) -> dump.append(dumpLine(name, secret, false)));
    authdb(dump.toString(), "load", "-");
  }

  /** The same for users who may not log in. */
  void addDisabledUsers(List<String> names, String secret)
      throws IOException, InterruptedException {
    StringBuilder dump = new StringBuilder("{\"sallyport-users\":1}\n");
    names.forEach(name -> dump.append(dumpLine(name, secret, true)));
    authdb(dump.toString(), "load", "-");
  }

  private static String dumpLine(String name, String secret, boolean disabled) {
    return "{\"name\":\"%s\",\"disabled\":%b,\"secret\":\"%s\"}\n"
        .formatted(name, disabled, secret);
  }

  /** Starts authsrv and waits until it serves. */
  Child authsrv() throws IOException, InterruptedException {
    return ready("authsrv");
  }

  /** Starts pop3-gw and waits until it serves. */
  Child pop3Gw() throws IOException, InterruptedException {
    return ready("pop3-gw");
  }

  private Child ready(String name) throws IOException, InterruptedException {
    String[] words = {Gateway.program(name), "--table", writeTable().toString()};
    Child child = Child.start(Gateway.command(wrapper, words));
    started.add(child);
    child.awaitEvent(Gateway.START_TIME, "ready");
    return child;
  }

  /** Ends what still runs, the gateway before the broker. */
  @Override
  public void close() {
    for (Child child : started.reversed()) {
      if (child.isAlive()) {
        child.close();
      }
    }
  }
}
