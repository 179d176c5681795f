package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * smap and smapd of the distribution over one spool in a temporary folder. As root they run
 * confined, each under a number of its own that no account has; else unconfined.
 */
final class Gateway implements AutoCloseable {
  static final int SMAP = 61001;
  static final int SMAPD = 61002;
  static final Duration START_TIME = Duration.ofSeconds(40);
  static final Duration DRAIN_TIME = Duration.ofSeconds(120);
  static final Duration STOP_TIME = Duration.ofSeconds(45);
  static final String DOMAIN = "inside.example";

  static {
    // A hub of a test may lose a thread when a daemon is killed; that is no failure of a wait.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }

  private static final Pattern PORT = Pattern.compile(" address=\\S*:(\\d+)");

  private final Path folder;
  private final List<String> table = new ArrayList<>();
  private final List<Child> started = new ArrayList<>();
  private List<String> wrapper = List.of();

  /** A gateway whose table and spool lie in this folder; nothing is started. */
  Gateway(Path folder) throws IOException {
    this.folder = folder;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    boolean root = Needs.isRoot();
    Files.createDirectories(spool());
    if (root) {
      makeSpool();
    }
    line("*: hostname gateway.example");
    line("smap, smapd: directory " + spool());
    if (root) {
      line("smap: userid " + SMAP);
      line("smap: groupid " + SMAP);
      line("smapd: userid " + SMAPD);
      line("smapd: groupid " + SMAPD);
    }
    line("smap: listen 127.0.0.1:0");
    line("smap: permit-hosts 127.0.0.1");
    line("smap, smapd: local-domains " + DOMAIN + " *." + DOMAIN);
    line("smapd: retry 1 2");
    line("smapd: wakeup 1");
  }

  /** Adds one line to the table, for daemons started from now on. */
  Gateway line(String line) {
    table.add(line);
    return this;
  }

  /** Takes lines out of the table that begin so. */
  Gateway without(String beginning) {
    table.removeIf(line -> line.startsWith(beginning));
    return this;
  }

  /** The hub for mail that comes in. */
  Gateway relay(int port) {
    return line("smapd: relay 127.0.0.1:" + port);
  }

  Path spool() {
    return folder.resolve("spool");
  }

  Path table() {
    return folder.resolve("netperm-table");
  }

  /** The four folders, as they are made by hand after README; also after an empty mount. */
  void makeSpool() throws IOException {
    mode(spool(), "rwxr-xr-x", 0, 0, 0755);
    mode(spool().resolve("tmp"), "rwx------", SMAP, SMAPD, 02700);
    mode(spool().resolve("new"), "rwxrwx---", SMAP, SMAPD, 02770);
    mode(spool().resolve("queue"), "rwx------", SMAPD, SMAPD, 0700);
    mode(spool().resolve("bad"), "rwx------", SMAPD, SMAPD, 0700);
  }

  private static void mode(Path path, String permissions, int user, int group, int mode)
      throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    Files.setAttribute(path, "unix:uid", user);
    Files.setAttribute(path, "unix:gid", group);
    Files.setAttribute(path, "unix:mode", mode);
  }

  /** A program of the distribution. */
  static String program(String name) {
    String distribution = System.getProperty("sallyport.distribution");
    if (distribution == null) {
      throw new IllegalStateException("-Dsallyport.distribution names the unpacked distribution");
    }
    return Path.of(distribution, "bin", name).toString();
  }

  /** A daemon's command: as root with no more of root's capabilities than its unit leaves it. */
  static List<String> command(List<String> wrapper, String... words) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    if (Needs.isRoot()) {
      command.add(Needs.program("setpriv"));
      command.add("--bounding-set=-all,+sys_chroot,+setuid,+setgid");
    }
    command.addAll(List.of(words));
    return command;
  }

  /** Starts daemons from now on by way of this program. */
  void under(List<String> program) {
    wrapper = program;
  }

  void writeTable() throws IOException {
    String text = String.join("\n", table) + "\n";
    Files.writeString(table(), text, StandardCharsets.US_ASCII);
  }

  /** Starts one of the two and does not wait for it. */
  Child launch(String name) throws IOException {
    writeTable();
    Child child = Child.start(command(wrapper, program(name), "--table", table().toString()));
    started.add(child);
    return child;
  }

  /** Starts smap and waits until it serves. */
  Child smap() throws IOException, InterruptedException {
    return ready(launch("smap"));
  }

  /** Starts smapd and waits until it serves. */
  Child smapd() throws IOException, InterruptedException {
    return ready(launch("smapd"));
  }

  private static Child ready(Child child) throws IOException, InterruptedException {
    child.awaitEvent(START_TIME, "ready");
    return child;
  }

  /** The port that this smap listens on. */
  static int port(Child smap) throws IOException, InterruptedException {
    Matcher matcher = PORT.matcher(smap.awaitEvent(START_TIME, "listening"));
    if (!matcher.find()) {
      throw new IOException("no port in the line 'listening':\n" + smap.text());
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Names in one of the spool's folders, without smapd's own dot files. */
  List<String> in(String spoolFolder) throws IOException {
    try (Stream<Path> files = Files.list(spool().resolve(spoolFolder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /** Waits until nothing lies in these folders: what a daemon has done it may yet have to tidy. */
  void awaitEmpty(String... spoolFolders) {
    Awaitility.await()
        .atMost(DRAIN_TIME)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> {
          for (String name : spoolFolders) {
            assertThat(in(name)).as(name).isEmpty();
          }
        });
  }

  /** Ends what still runs. */
  @Override
  public void close() {
    for (Child child : started) {
      if (child.isAlive()) {
        child.close();
      }
    }
  }
}
