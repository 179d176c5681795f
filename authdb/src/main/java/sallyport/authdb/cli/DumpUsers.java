package sallyport.authdb.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Dump;
import sallyport.authdb.Secret;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.UserEntry;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb dump}. */
@Command(
    name = "dump",
    header = "Writes all users as JSON lines.",
    description =
        "'load' reads them. FILE must not be there yet; authsrv's account makes it, for itself alone.",
    sortOptions = false)
final class DumpUsers implements Callable<Integer> {
  private static final String OWNER_ALONE = "rw-------";

  private final Desk desk;

  @Option(names = "--secrets", description = "With all secrets, in clear; not to a terminal.")
  private boolean secrets;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "Else standard output.")
  private @Nullable Path file;

  DumpUsers(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    if (secrets && file == null && desk.onTerminal()) {
      throw Desk.wrong("secrets are not written to a terminal; expected a FILE, or a redirection");
    }
    Dump.Secrets which = secrets ? Dump.Secrets.IN_CLEAR : Dump.Secrets.LEFT_OUT;
    try (UserDatabase database = desk.open()) {
      List<UserEntry> users = database.export(which);
      try {
        write(users, which);
      } finally {
        users.forEach(DumpUsers::wipe);
      }
      return ExitCode.OK.number();
    }
  }

  static void wipe(UserEntry user) {
    user.front().ifPresent(Secret::close);
    user.inside().values().forEach(inside -> inside.secret().ifPresent(Secret::close));
  }

  private void write(List<UserEntry> users, Dump.Secrets which) throws StartupException {
    if (file == null) {
      toOutput(users, which);
    } else {
      toFile(file, users, which);
      desk.say(Count.users(users.size()) + " written to " + file + ".");
    }
    if (secrets) {
      desk.note("The dump holds all secrets in clear: keep it like the keys.");
    }
  }

  private void toOutput(List<UserEntry> users, Dump.Secrets which) throws StartupException {
    try {
      Dump.write(users, which, desk.streams().out());
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, "standard output: " + e.getMessage(), e);
    }
    if (desk.streams().out().checkError()) {
      throw new StartupException(ExitCode.IO, "standard output: not all could be written");
    }
  }

  private static void toFile(Path file, List<UserEntry> users, Dump.Secrets which)
      throws StartupException {
    try (FileChannel channel = make(file);
        Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
      Dump.write(users, which, writer);
      writer.flush();
      channel.force(true);
    } catch (IOException e) {
      throw new StartupException(ExitCode.IO, file + ": " + e.getMessage() + "; not complete", e);
    }
  }

  private static FileChannel make(Path file) throws StartupException {
    try {
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE)));
    } catch (FileAlreadyExistsException e) {
      throw cannotMake(file, "is already there; nothing was written", e);
    } catch (NoSuchFileException e) {
      throw cannotMake(file, "there is no such folder", e);
    } catch (AccessDeniedException e) {
      throw cannotMake(file, "authsrv's account may not write there; 'authdb dump > FILE' can", e);
    } catch (IOException e) {
      throw cannotMake(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static StartupException cannotMake(Path file, String why, IOException e) {
    return new StartupException(ExitCode.CANNOT_CREATE, file + ": " + why, e);
  }
}
