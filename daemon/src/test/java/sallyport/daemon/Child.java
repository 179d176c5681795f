package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A daemon in a JVM of its own; what it writes to either output is kept line by line. */
final class Child implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int NOBODY = 65534;

  final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private Child(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon(true).start(this::read);
  }

  /** As the account of this test, which may be root. */
  static Child start(String classPath, String... args) throws IOException {
    return start(List.of(), classPath, args);
  }

  /** As root, with groups that it must lose. */
  static Child startInGroups(String classPath, String... args) throws IOException {
    return start(List.of("setpriv", "--groups=4,27"), classPath, args);
  }

  /** As an ordinary account in any case. */
  static Child startUnprivileged(String classPath, String... args) throws IOException {
    List<String> wrapper =
        Root.isHere()
            ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
            : List.of();
    return start(wrapper, classPath, args);
  }

  /** As the account of this test, with variables of its own. */
  static Child startIn(Map<String, String> environment, String classPath, String... args)
      throws IOException {
    List<String> wrapper = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> wrapper.add(name + "=" + value));
    return start(wrapper, classPath, args);
  }

  /** By way of another program. */
  static Child start(List<String> wrapper, String classPath, String... args) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            ChildProgram.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new Child(builder.start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(output cut: " + e.getMessage() + ")");
    }
  }

  /** Waits for a line and returns the pattern's first group, or the whole match. */
  String awaitLine(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    await()
        .atMost(PATIENCE)
        .until(() -> !find(wanted).isEmpty() || (!process.isAlive() && !reader.isAlive()));
    List<String> found = find(wanted);
    assertThat(found).as("%s in %s", pattern, lines).isNotEmpty();
    return found.getFirst();
  }

  private List<String> find(Pattern wanted) {
    List<String> found = new ArrayList<>();
    for (String line : lines) {
      Matcher matcher = wanted.matcher(line);
      if (matcher.find()) {
        found.add(matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
      }
    }
    return found;
  }

  /** SIGTERM, by the handle: {@code Process.destroy} would close the outputs as well. */
  void terminate() {
    process.toHandle().destroy();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ended; so far %s", lines)
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The first word of each log line. */
  List<String> events() {
    return lines.stream()
        .filter(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z .*"))
        .map(line -> line.split(" ")[1])
        .toList();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
