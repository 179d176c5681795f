package sallyport.smapd.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;
import sallyport.smapd.control.Administration;
import sallyport.smapd.control.Part;
import sallyport.smapd.control.Result;
import sallyport.spool.QueueId;

/** {@code smapq export}. */
@Command(
    name = "export",
    header = "Writes a message as it came, for an .eml file.",
    description = "To standard output, or a new file that smapd's account may make.",
    sortOptions = false)
final class Export implements Callable<Integer> {
  private final Desk desk;

  @Parameters(paramLabel = "ID", description = "Its queue id.")
  private String id = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "A file that is not there yet.")
  private @Nullable Path file;

  Export(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, IOException {
    QueueId wanted = Targets.id(id);
    Path to = file;
    if (to == null && desk.onTerminal()) {
      throw Desk.wrong("not to a terminal: redirect it, name a file with -o, or use show --body");
    }
    try (Administration queue = desk.open()) {
      Optional<Result> trouble = to == null ? toOutput(queue, wanted) : toFile(queue, wanted, to);
      return trouble.isEmpty() ? ExitCode.OK.number() : Outcomes.told(desk, trouble.get());
    }
  }

  private Optional<Result> toOutput(Administration queue, QueueId wanted) throws IOException {
    OutputStream out = desk.streams().octets();
    Optional<Result> trouble = queue.write(wanted, Part.MESSAGE, out);
    out.flush();
    return trouble;
  }

  private static Optional<Result> toFile(Administration queue, QueueId wanted, Path to)
      throws IOException, StartupException {
    OutputStream made = made(to);
    boolean whole = false;
    try (made) {
      Optional<Result> trouble = queue.write(wanted, Part.MESSAGE, made);
      whole = trouble.isEmpty();
      return trouble;
    } finally {
      if (!whole) {
        Files.deleteIfExists(to);
      }
    }
  }

  private static OutputStream made(Path to) throws StartupException {
    try {
      return Files.newOutputStream(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw cannot(to, "there is one already", e);
    } catch (NoSuchFileException e) {
      throw cannot(to, "there is no such folder", e);
    } catch (AccessDeniedException e) {
      throw cannot(to, "smapd's account may not write there", e);
    } catch (IOException e) {
      throw cannot(to, String.valueOf(e.getMessage()), e);
    }
  }

  private static StartupException cannot(Path to, String why, IOException e) {
    return new StartupException(ExitCode.CANNOT_CREATE, to + ": " + why, e);
  }
}
