package sallyport.authdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import sallyport.authdb.DatabaseTrouble.Kind;

/**
 * The key folder: {@code ID.key}, 0400, 64 hexadecimal digits and a line end. A key has its name
 * only once it is whole and on disk.
 */
final class KeyFiles {
  /** Octets of a key of AES-256. */
  static final int KEY_OCTETS = 32;

  /** Keys that one folder may hold. */
  static final int MOST_KEYS = 1000;

  private static final int ID_OCTETS = 8;
  private static final int FILE_OCTETS = 2 * KEY_OCTETS + 1;
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})\\.key");
  private static final String UNFINISHED = ".new";
  private static final FileAttribute<Set<PosixFilePermission>> READ_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private KeyFiles() {}

  /** A key that is not yet in a file. */
  record NewKey(String id, SecretKey key) {
    static NewKey generate(SecureRandom random) {
      byte[] id = new byte[ID_OCTETS];
      random.nextBytes(id);
      byte[] key = new byte[KEY_OCTETS];
      random.nextBytes(key);
      NewKey made = new NewKey(HexFormat.of().formatHex(id), new SecretKeySpec(key, "AES"));
      Arrays.fill(key, (byte) 0);
      return made;
    }

    @Override
    public String toString() {
      return "NewKey[" + id + "]";
    }
  }

  /** Makes the folder unless it is there. */
  static void makeFolder(Path folder) throws DatabaseTrouble {
    try {
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder, PRIVATE_FOLDER);
        Ownership.force(Ownership.folderOf(folder));
      }
    } catch (NoSuchFileException e) {
      throw new DatabaseTrouble(
          Kind.MISSING, folder + ": the folder that it should be made in is missing", e);
    } catch (IOException e) {
      throw Ownership.io(folder, e);
    }
    Ownership.requirePrivateFolder(folder);
  }

  /** Every key by its id. */
  static Map<String, SecretKey> readAll(Path folder) throws DatabaseTrouble {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new DatabaseTrouble(
          Kind.NO_KEY, folder + ": there is no such key folder; put it back from its backup");
    }
    Ownership.requirePrivateFolder(folder);
    Map<String, SecretKey> keys = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
          continue;
        }
        if (keys.size() == MOST_KEYS) {
          throw new DatabaseTrouble(
              Kind.IO, folder + ": more than " + MOST_KEYS + " keys; move old ones away");
        }
        keys.put(name.group(1), read(file));
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw Ownership.io(folder, e instanceof IOException io ? io : new IOException(e.getCause()));
    }
    return keys;
  }

  private static SecretKey read(Path file) throws DatabaseTrouble {
    Ownership.requirePrivateFile(file);
    byte[] text = new byte[FILE_OCTETS + 1];
    byte[] key = new byte[0];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.wrap(text);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      if (buffer.position() != FILE_OCTETS || text[FILE_OCTETS - 1] != '\n') {
        throw damaged(file);
      }
      key = HexFormat.of().parseHex(latin1(text), 0, FILE_OCTETS - 1);
      return new SecretKeySpec(key, "AES");
    } catch (IllegalArgumentException _) {
      throw damaged(file); // Not with its cause, which could quote the key.
    } catch (IOException e) {
      throw Ownership.io(file, e);
    } finally {
      Arrays.fill(text, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static CharSequence latin1(byte[] text) {
    return java.nio.CharBuffer.wrap(
        StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(text)).array());
  }

  private static DatabaseTrouble damaged(Path file) {
    return new DatabaseTrouble(
        Kind.DAMAGED, file + ": not a key of ours any more; put it back from its backup");
  }

  /** Puts a key into the folder; on disk, under its name, when this returns. */
  static void make(Path folder, NewKey made) throws DatabaseTrouble {
    Path file = folder.resolve(made.id() + ".key");
    Path unfinished = folder.resolve(made.id() + ".key" + UNFINISHED);
    byte[] key = made.key().getEncoded();
    byte[] text = (HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      removeUnfinished(folder);
      write(unfinished, text);
      Files.createLink(file, unfinished); // Never replaces.
      Ownership.force(folder);
      Files.delete(unfinished);
      Ownership.force(folder);
    } catch (IOException e) {
      throw Ownership.io(file, e);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(text, (byte) 0);
    }
  }

  private static void write(Path file, byte[] text) throws IOException {
    Set<StandardOpenOption> exclusively =
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    try (FileChannel channel = FileChannel.open(file, exclusively, READ_ONLY_FILE)) {
      ByteBuffer buffer = ByteBuffer.wrap(text);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /** What a crash in {@link #make} has left: never used for anything. */
  private static void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.key" + UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }
}
