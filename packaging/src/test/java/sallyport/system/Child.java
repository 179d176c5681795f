package sallyport.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One child process and every line that it has printed, standard error with standard output. It is
 * ended by its own handle, at the latest when this JVM ends.
 */
final class Child implements AutoCloseable {
  private static final Duration READER_TIME = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Thread reader;
  private final Thread lastResort;
  private final List<String> lines = new ArrayList<>();

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    reader = Thread.ofPlatform().daemon().name(name + "-output").start(this::read);
    lastResort = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  static Child start(List<String> command) throws IOException {
    return start(command, Path.of("/"));
  }

  static Child start(List<String> command, Path folder) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("JOURNAL_STREAM");
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new Child(String.valueOf(Path.of(command.getFirst()).getFileName()), process);
  }

  /** Runs to its end with this on standard input; a failure is an exception with its output. */
  static List<String> run(Duration bound, byte[] input, String... command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Child child = new Child(command[0], process);
    try (child) {
      try (OutputStream to = process.getOutputStream()) {
        to.write(input);
      }
      int code = child.awaitExit(bound);
      if (code != 0) {
        throw new IOException(
            String.join(" ", command) + " ended with " + code + ":\n" + child.text());
      }
      return child.lines();
    }
  }

  private void read() {
    try (InputStream from = process.getInputStream();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(from, StandardCharsets.ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // The process was ended while it was being read.
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** All lines so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** All lines so far as one text. */
  String text() {
    return String.join("\n", lines());
  }

  /** The lines of the log that are of this event. */
  List<String> events(String event) {
    return lines().stream().filter(isEvent(event)).toList();
  }

  /** Waits for a line of this event that also holds each of the texts. */
  String awaitEvent(Duration bound, String event, String... texts)
      throws IOException, InterruptedException {
    return awaitLine(
        bound, isEvent(event).and(line -> List.of(texts).stream().allMatch(line::contains)), event);
  }

  String awaitLine(Duration bound, Predicate<String> wanted, String what)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        Optional<String> line = lines.stream().skip(seen).filter(wanted).findFirst();
        if (line.isPresent()) {
          return line.get();
        }
        seen = lines.size();
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0 || !reader.isAlive()) {
          throw new IOException(
              name
                  + (left <= 0 ? " did not print '" : " ended before it printed '")
                  + what
                  + "':\n"
                  + String.join("\n", lines));
        }
        lines.wait(Math.min(left, 200));
      }
    }
  }

  /** Log lines are the time, the event, and fields. */
  private static Predicate<String> isEvent(String event) {
    return line -> line.matches("\\S+Z " + event + "( .*)?");
  }

  /** Asks it to end: SIGTERM. By the handle, for {@code Process.destroy} stops the reading. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** SIGKILL; returns when it is dead. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for the end, and for the last of its output; the result is the exit code. */
  int awaitExit(Duration bound) throws IOException, InterruptedException {
    if (!process.waitFor(bound)) {
      throw new IOException(name + " did not end within " + bound + ":\n" + text());
    }
    reader.join(READER_TIME);
    return process.exitValue();
  }

  /** Ends it for sure, first kindly. */
  @Override
  public void close() {
    terminate();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      // The JVM is ending already.
    }
  }
}
