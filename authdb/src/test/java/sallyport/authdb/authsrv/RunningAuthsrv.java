package sallyport.authdb.authsrv;

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

/** authsrv, or another program of this module, in a JVM of its own. */
final class RunningAuthsrv implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> NOT_NEEDED =
      List.of("junit", "assertj", "awaitility", "byte-buddy", "hamcrest", "surefire", "opentest4j");

  final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private RunningAuthsrv(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  static RunningAuthsrv start(String classPath, Path table) throws IOException {
    return start(List.of(), classPath, Main.class, "--table", table.toString());
  }

  static RunningAuthsrv start(
      List<String> wrapper, String classPath, Class<?> program, String... args) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            program.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new RunningAuthsrv(builder.start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(output cut: " + e.getMessage() + ")");
    }
  }

  /** Waits until a line holds this. */
  void awaitLine(String part) {
    await().atMost(PATIENCE).until(() -> has(part) || (!process.isAlive() && !reader.isAlive()));
    assertThat(has(part)).as("%s in %s", part, lines).isTrue();
  }

  private boolean has(String part) {
    return lines.stream().anyMatch(line -> line.contains(part));
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("%s", lines).isTrue();
    reader.join();
    return process.exitValue();
  }

  int terminated() throws InterruptedException {
    process.toHandle().destroy();
    return exitCode();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** This test's class path as jars that any account can read, and that a chroot leaves open. */
  static String classPath(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> jars = new ArrayList<>();
    String here = System.getProperty("java.class.path");
    for (String entry :
        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator)) {
      Path jar = folder.resolve(jars.size() + ".jar");
      if (Files.isDirectory(Path.of(entry))) {
        pack(Path.of(entry), jar);
      } else if (Files.exists(Path.of(entry)) && NOT_NEEDED.stream().noneMatch(entry::contains)) {
        Files.copy(Path.of(entry), jar);
      } else {
        continue;
      }
      Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
      jars.add(jar.toString());
    }
    return String.join(File.pathSeparator, jars);
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
}
