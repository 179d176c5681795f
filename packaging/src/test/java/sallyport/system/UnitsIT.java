package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service units: what systemd's own tools say of them, and whether the daemons bear them. */
class UnitsIT {
  private static final Path UNITS = Path.of("systemd");
  private static final Duration TOOL_TIME = Duration.ofSeconds(120);
  private static final Pattern STATED =
      Pattern.compile("\\| (\\S+\\.service) \\| (\\d+\\.\\d) \\|");
  private static final Pattern EXPOSURE =
      Pattern.compile("Overall exposure level for (\\S+): (\\d+\\.\\d) .*");

  @TempDir Path folder;

  private static List<Path> units() throws IOException {
    try (Stream<Path> files = Files.list(UNITS)) {
      return files.filter(file -> file.toString().endsWith(".service")).sorted().toList();
    }
  }

  @Test
  void unitsAreFreeOfFaults() throws Exception {
    Needs.programs("systemd-analyze");
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
    for (Path unit : units()) {
      Path copy = folder.resolve(unit.getFileName());
      String bin = Path.of(Gateway.program("smap")).toRealPath().getParent().toString();
      Files.writeString(copy, Files.readString(unit).replace("/usr/lib/sallyport/bin", bin));
      command.add(copy.toString());
    }
    Files.copy(UNITS.resolve("sallyport.target"), folder.resolve("sallyport.target"));
    command.add(folder.resolve("sallyport.target").toString());
    List<String> said = Child.run(TOOL_TIME, new byte[0], command.toArray(String[]::new));
    assertThat(said).filteredOn(line -> line.contains(folder.toString())).isEmpty();
    assertThat(command).hasSize(8);
  }

  @Test
  void exposureOfEachUnitIsAsStated() throws Exception {
    Needs.programs("systemd-analyze");
    Map<String, String> stated = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../docs/security.md"))) {
      Matcher row = STATED.matcher(line);
      if (row.matches()) {
        stated.put(row.group(1), row.group(2));
      }
    }
    Map<String, String> found = new TreeMap<>();
    for (Path unit : units()) {
      for (String line : analyzed(unit)) {
        Matcher level = EXPOSURE.matcher(line.replaceAll("[^\\x20-\\x7e]", "").strip() + " ");
        if (level.find()) {
          found.put(level.group(1), level.group(2));
        }
      }
    }
    assertThat(found).hasSize(4).isEqualTo(stated);
  }

  /** By an absolute path: an offline look takes nothing else. */
  private static List<String> analyzed(Path unit) throws Exception {
    String path = unit.toRealPath().toString();
    return Child.run(
        TOOL_TIME, new byte[0], "systemd-analyze", "security", "--offline=yes", "--no-pager", path);
  }

  @Test
  void everyCallOfADaemonIsAllowedByItsUnit() throws Exception {
    Needs.root();
    Needs.programs("systemd-analyze", "strace");
    try (GreenMailHub hub = new GreenMailHub();
        Gateway gateway = new Gateway(folder).relay(hub.port())) {
      gateway.under(strace("smap"));
      Child smap = gateway.smap();
      gateway.under(strace("smapd"));
      Child smapd = gateway.smapd();
      try (Wire wire = Wire.greeted(Gateway.port(smap))) {
        wire.message("ann@outside.example", "john@" + Gateway.DOMAIN, Samples.header("traced"));
      }
      hub.await("traced");
      for (Child daemon : List.of(smap, smapd)) {
        daemon.terminate();
        assertThat(daemon.awaitExit(Gateway.STOP_TIME)).as(daemon.text()).isZero();
      }
    }
    assertAllowed("smap");
    assertAllowed("smapd");
  }

  @Test
  void everyCallOfALoginIsAllowedByItsUnit() throws Exception {
    Needs.root();
    Needs.programs("systemd-analyze", "strace");
    try (LoginGateway gateway = new LoginGateway(folder).server("mail", 9)) {
      gateway.addUser("john", "0d4f8a51c2e94b7f8c6a1b3de59f7024");
      gateway.under(strace("authsrv"));
      Child authsrv = gateway.authsrv();
      gateway.under(strace("pop3-gw"));
      Child pop3Gw = gateway.pop3Gw();
      try (Pop3Wire wire = Pop3Wire.silent(Gateway.port(pop3Gw))) {
        wire.apop("john", "wrong");
      }
      for (Child daemon : List.of(pop3Gw, authsrv)) {
        daemon.terminate();
        assertThat(daemon.awaitExit(Gateway.STOP_TIME)).as(daemon.text()).isZero();
      }
    }
    assertAllowed("authsrv");
    assertAllowed("pop3-gw");
  }

  private List<String> strace(String name) {
    // -D: the tracer is a process aside, and the child is the daemon.
    return List.of("strace", "-D", "-f", "-q", "-o", trace(name).toString());
  }

  private Path trace(String name) {
    return folder.resolve(name + ".trace");
  }

  /** The tracer writes its last after the daemon has ended. */
  private List<String> ended(String name) throws Exception {
    long end = System.nanoTime() + TOOL_TIME.toNanos();
    while (System.nanoTime() - end < 0) {
      List<String> lines = Files.readAllLines(trace(name));
      if (!lines.isEmpty() && lines.getLast().contains("+++ exited with")) {
        return lines;
      }
      Thread.sleep(100);
    }
    throw new IOException("strace of " + name + " has no end");
  }

  private void assertAllowed(String name) throws Exception {
    Set<String> made = new TreeSet<>();
    Pattern call = Pattern.compile("\\d+ +([a-z0-9_]+)\\(.*");
    for (String line : ended(name)) {
      Matcher matcher = call.matcher(line);
      if (matcher.matches() && !line.contains("= -1 EPERM")) {
        made.add(matcher.group(1));
      }
    }
    assertThat(made).contains("execve", "chroot", "setresuid", "seccomp");
    assertThat(allowed(UNITS.resolve(name + ".service"))).containsAll(made);
  }

  /** The calls that a unit's filter lets through, as systemd expands its sets. */
  private static Set<String> allowed(Path unit) throws Exception {
    Map<String, List<String>> sets = sets();
    Set<String> allowed = new TreeSet<>(expanded("@default", sets));
    for (String line : Files.readAllLines(unit)) {
      if (line.startsWith("SystemCallFilter=")) {
        String words = line.substring(line.indexOf('=') + 1);
        boolean refused = words.startsWith("~");
        Set<String> calls =
            Arrays.stream(words.substring(refused ? 1 : 0).split(" "))
                .flatMap(word -> expanded(word, sets).stream())
                .collect(Collectors.toSet());
        if (refused) {
          allowed.removeAll(calls);
        } else {
          allowed.addAll(calls);
        }
      }
    }
    return allowed;
  }

  private static Set<String> expanded(String word, Map<String, List<String>> sets) {
    if (!word.startsWith("@")) {
      return Set.of(word);
    }
    return sets.getOrDefault(word, List.of()).stream()
        .flatMap(inner -> expanded(inner, sets).stream())
        .collect(Collectors.toSet());
  }

  private static Map<String, List<String>> sets() throws Exception {
    Map<String, List<String>> sets = new TreeMap<>();
    List<String> current = new ArrayList<>();
    for (String line :
        Child.run(TOOL_TIME, new byte[0], "systemd-analyze", "--no-pager", "syscall-filter")) {
      if (line.startsWith("@")) {
        current = new ArrayList<>();
        sets.put(line.strip(), current);
      } else if (line.matches(" +[@a-z0-9_-]+")) {
        current.add(line.strip());
      }
    }
    return sets;
  }
}
