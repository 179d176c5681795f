package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** smapd in a JVM of its own, started from jars as an installed one is; its log line by line. */
final class SmapdProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> NOT_NEEDED =
      List.of("junit", "assertj", "awaitility", "byte-buddy", "hamcrest", "surefire", "opentest4j");

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private SmapdProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon(true).start(this::read);
  }

  static SmapdProcess start(Path jars, Path table) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            jars + "/*",
            Main.class.getName(),
            "--table",
            table.toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new SmapdProcess(builder.redirectErrorStream(true).start());
  }

  /** Classes in folders cannot be loaded once the root folder has changed. */
  static void packJars(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String here = System.getProperty("java.class.path");
    int number = 0;
    for (String entry :
        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator)) {
      Path path = Path.of(entry);
      Path jar = folder.resolve(number++ + ".jar");
      if (Files.isDirectory(path)) {
        pack(path, jar);
      } else if (Files.exists(path) && NOT_NEEDED.stream().noneMatch(entry::contains)) {
        Files.copy(path, jar);
      }
    }
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(output cut: " + e.getMessage() + ")");
    }
  }

  void awaitLine(String piece) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lines).anyMatch(line -> line.contains(piece)));
  }

  long pid() {
    return process.pid();
  }

  /** The lines of each thread's status that begin with one of these words. */
  List<String> statusOfThreads(String... words) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        for (String line : Files.readAllLines(task.resolve("status"))) {
          if (Stream.of(words).anyMatch(word -> line.startsWith(word + ":"))) {
            found.add(line.replace('\t', ' '));
          }
        }
      }
    }
    return found;
  }

  int terminate() throws InterruptedException {
    process.toHandle().destroy();
    return exitCode();
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("%s", lines).isTrue();
    reader.join();
    return process.exitValue();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    kill();
  }
}
