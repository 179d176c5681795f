package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the kernel says about a daemon that was started as root: every thread of it. */
final class Confined {
  private static final Set<String> FIELDS =
      Set.of("Uid:", "Gid:", "Groups:", "CapEff:", "CapPrm:", "NoNewPrivs:", "Seccomp:");
  private static final String NO_CAPABILITIES = "0000000000000000";

  private Confined() {}

  /** Holds it to its jail and its account, and prints what was found. */
  static void assertConfined(Child daemon, Path jail, int account) throws IOException {
    Path process = process(daemon);
    String root = Files.readSymbolicLink(process.resolve("root")).toString();
    assertThat(root).isEqualTo(jail.toRealPath().toString());
    assertThat(Files.readSymbolicLink(process.resolve("cwd")).toString()).isEqualTo(root);
    Set<String> said = new TreeSet<>();
    int threads = 0;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      for (Path task : tasks.toList()) {
        threads++;
        Map<String, String> status = status(task);
        assertThat(status.get("Uid:")).isEqualTo("%1$d %1$d %1$d %1$d".formatted(account));
        assertThat(status.get("Gid:")).isEqualTo("%1$d %1$d %1$d %1$d".formatted(account));
        assertThat(status.get("Groups:")).isEmpty();
        assertThat(status.get("CapEff:")).isEqualTo(NO_CAPABILITIES);
        assertThat(status.get("CapPrm:")).isEqualTo(NO_CAPABILITIES);
        assertThat(status).containsEntry("NoNewPrivs:", "1").containsEntry("Seccomp:", "2");
        assertThat(Files.readSymbolicLink(task.resolve("root")).toString()).isEqualTo(root);
        said.add(status.toString());
      }
    }
    assertThat(threads).isGreaterThan(5);
    System.out.println(process + "/root -> " + root);
    System.out.println("  " + threads + " threads, each " + String.join(" | ", said));
  }

  private static Path process(Child daemon) {
    return Path.of("/proc", String.valueOf(daemon.pid()));
  }

  private static Map<String, String> status(Path task) throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(task.resolve("status"))) {
      String key = line.split("\\s", 2)[0];
      if (FIELDS.contains(key)) {
        found.put(key, line.substring(key.length()).strip().replaceAll("\\s+", " "));
      }
    }
    return found;
  }

  /** Holds every folder that it has open to its jail. */
  static void assertNoOpenFolderOutside(Child daemon, Path jail) throws IOException {
    try (Stream<Path> all = Files.list(process(daemon).resolve("fd"))) {
      assertThat(all.toList())
          .filteredOn(Files::isDirectory)
          .allSatisfy(open -> assertThat(Files.readSymbolicLink(open)).startsWith(jail));
    }
  }

  /** Ends of pipes that it has open. */
  static long pipeEnds(Child daemon) throws IOException {
    long ends = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(process(daemon).resolve("fd"))) {
      for (Path descriptor : all) {
        if (Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")) {
          ends++;
        }
      }
    }
    return ends;
  }
}
