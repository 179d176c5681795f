package sallyport.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One daemon of the distribution as a child process, with the log that it writes. */
final class Daemon implements AutoCloseable {

  private static final Duration STOP_TIME = Duration.ofSeconds(35);

  private final String name;
  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private Daemon(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread.ofPlatform().daemon().name(name + "-log").start(this::read);
    Runtime.getRuntime().addShutdownHook(new Thread(process.toHandle()::destroy));
  }

  static Daemon start(Path program, Path table) throws IOException {
    Process process =
        new ProcessBuilder(program.toString(), "--table", table.toString())
            .redirectErrorStream(true)
            .start();
    return new Daemon(String.valueOf(program.getFileName()), process);
  }

  String name() {
    return name;
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
        line = reader.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (lines) {
        lines.notifyAll();
      }
    }
  }

  /** All that it has logged so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Waits for a line of this event. */
  String awaitLine(String event, Duration bound) throws IOException, InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    synchronized (lines) {
      while (true) {
        Optional<String> line =
            lines.stream().filter(l -> (" " + l + " ").contains(" " + event + " ")).findFirst();
        if (line.isPresent()) {
          return line.get();
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0 || !process.isAlive()) {
          throw new IOException(
              name
                  + (left <= 0 ? " did not log '" : " ended before it logged '")
                  + event
                  + "': "
                  + String.join("\n  ", lines));
        }
        lines.wait(Math.min(left, 500));
      }
    }
  }

  /** SIGTERM, and waits; whatever happens, it does not outlive this call. */
  @Override
  public void close() throws IOException {
    process.toHandle().destroy(); // Process.destroy would close its output under the reader
    try {
      if (process.waitFor(STOP_TIME)) {
        return;
      }
      process.destroyForcibly();
      throw new IOException(name + " did not stop within " + STOP_TIME.toSeconds() + " s");
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
