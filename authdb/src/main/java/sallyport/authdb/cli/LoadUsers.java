package sallyport.authdb.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sallyport.authdb.DatabaseTrouble;
import sallyport.authdb.Dump;
import sallyport.authdb.UserDatabase;
import sallyport.authdb.UserEntry;
import sallyport.daemon.ExitCode;
import sallyport.daemon.StartupException;

/** {@code authdb load}. */
@Command(
    name = "load",
    header = "Adds users from a dump, own or fwtk's.",
    description = {
      "Reads what 'dump' wrote, or a dump of the TIS Firewall Toolkit's authsrv.",
      "All users are added or, if anything is wrong, none. One of the same name is replaced, but keeps the secrets that the file does not have."
    },
    sortOptions = false)
final class LoadUsers implements Callable<Integer> {
  /** Octets of the largest file that is read: about a hundred thousand users. */
  static final int MOST_OCTETS = 64 * 1024 * 1024;

  private static final Path STANDARD_INPUT = Path.of("-");

  private final Desk desk;

  @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
  private Path file = STANDARD_INPUT;

  LoadUsers(Desk desk) {
    this.desk = desk;
  }

  @Override
  public Integer call() throws StartupException, DatabaseTrouble {
    Place place = desk.enter();
    Dump.Content content = content();
    if (!content.errors().isEmpty()) {
      content.errors().forEach(error -> desk.note(file + ": " + error));
      desk.note("Nothing was loaded.");
      return ExitCode.NO_INPUT.number();
    }
    Optional<UserDatabase> there = desk.openIfThere(place);
    try (UserDatabase database = there.isPresent() ? there.get() : desk.create(place)) {
      UserDatabase.Loaded loaded = database.load(content.users());
      content.notes().forEach(note -> desk.note(file + ": " + note));
      desk.say(Count.users(loaded.added()) + " added, " + loaded.replaced() + " replaced.");
      adviseOfMissingSecrets(database, content);
      return ExitCode.OK.number();
    } finally {
      content.users().forEach(DumpUsers::wipe);
    }
  }

  private void adviseOfMissingSecrets(UserDatabase database, Dump.Content content)
      throws DatabaseTrouble {
    Set<String> loaded = content.users().stream().map(UserEntry::name).collect(Collectors.toSet());
    long without =
        database.list().stream()
            .filter(user -> loaded.contains(user.name()) && user.secretChanged().isEmpty())
            .count();
    if (without > 0) {
      desk.note("Without a secret yet, see 'authdb passwd': " + Count.users((int) without) + ".");
    }
  }

  private Dump.Content content() throws StartupException {
    try {
      byte[] octets = octets();
      try {
        ByteArrayInputStream in = new ByteArrayInputStream(octets);
        return Dump.read(new BufferedReader(new InputStreamReader(in, charset(octets))));
      } finally {
        Arrays.fill(octets, (byte) 0);
      }
    } catch (NoSuchFileException e) {
      throw unreadable("there is no such file", e);
    } catch (AccessDeniedException e) {
      throw unreadable("authsrv's account may not read it; 'authdb load - < FILE' can", e);
    } catch (IOException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    }
  }

  private byte[] octets() throws IOException {
    try (InputStream in =
        file.equals(STANDARD_INPUT) ? desk.streams().in() : Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(MOST_OCTETS + 1);
      if (octets.length > MOST_OCTETS) {
        throw new IOException("larger than " + MOST_OCTETS + " octets");
      }
      return octets;
    }
  }

  /** UTF-8; old dumps may be older than that. */
  private static Charset charset(byte[] octets) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
      return StandardCharsets.UTF_8;
    } catch (CharacterCodingException e) {
      return StandardCharsets.ISO_8859_1;
    }
  }

  private StartupException unreadable(String why, IOException e) {
    return new StartupException(ExitCode.NO_INPUT, file + ": " + why, e);
  }
}
