package sallyport.smap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sallyport.smap.smtp.Mailbox;

/**
 * The valid recipients inside: a text file with an address, or {@code @domain} for all of a domain,
 * a line; {@code #} begins a comment line. Without a file every recipient is valid.
 *
 * <p>The file is replaced by rename, and taken only if whole: it must not be empty, every line must
 * be an address, and the last line must have its end. A list that is not taken leaves the one
 * before in force. Addresses are compared without regard to ASCII case.
 *
 * <p>Thread-safe: sessions ask, one thread reloads.
 */
final class RecipientList {

  /** Largest file that is read: some 600,000 addresses, of which memory must hold two lists. */
  static final long MAX_OCTETS = 16L * 1024 * 1024;

  private final Optional<Path> file;
  private volatile Set<String> addresses;
  private String taken = "";

  private RecipientList(Optional<Path> file) {
    this.file = file;
    this.addresses = Set.of();
  }

  /** A list that holds everybody. */
  static RecipientList everybody() {
    return new RecipientList(Optional.empty());
  }

  /**
   * Reads a file.
   *
   * @throws IOException with one clear line if it cannot be taken
   */
  static RecipientList read(Path file) throws IOException {
    RecipientList list = new RecipientList(Optional.of(file));
    list.reload();
    return list;
  }

  /** Whether mail for this mailbox is taken. */
  boolean has(Mailbox mailbox) {
    if (file.isEmpty()) {
      return true;
    }
    String domain = mailbox.domain().toLowerCase(Locale.ROOT);
    return addresses.contains(mailbox.localPart().toLowerCase(Locale.ROOT) + "@" + domain)
        || addresses.contains("@" + domain);
  }

  /** How many lines count. */
  int size() {
    return addresses.size();
  }

  /**
   * Takes the file if it is another one than before. For one thread at a time.
   *
   * @return true if a new list is in force
   * @throws IOException with one clear line if there is a new file and it cannot be taken; said
   *     once a file
   */
  boolean reload() throws IOException {
    if (file.isEmpty()) {
      return false;
    }
    Path path = file.get();
    String now = fingerprint(path);
    if (now.equals(taken)) {
      return false;
    }
    taken = now;
    addresses = readWhole(path);
    return true;
  }

  private static String fingerprint(Path path) throws IOException {
    try {
      return Files.readAttributes(path, "unix:ino,size,lastModifiedTime").toString();
    } catch (NoSuchFileException e) {
      return "missing";
    }
  }

  private static Set<String> readWhole(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + ": no such file");
    }
    if (Files.size(path) > MAX_OCTETS) {
      throw new IOException(path + ": more than " + MAX_OCTETS + " octets");
    }
    String text = Files.readString(path, StandardCharsets.US_ASCII);
    if (!text.endsWith("\n")) {
      throw new IOException(path + ": not whole: the last line has no end");
    }
    Set<String> found = new HashSet<>();
    int number = 0;
    for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
      number++;
      String address = lines.next().strip();
      if (!address.isEmpty() && !address.startsWith("#")) {
        found.add(checked(address, path, number));
      }
    }
    if (found.isEmpty()) {
      throw new IOException(path + ": holds no address");
    }
    return Collections.unmodifiableSet(found);
  }

  private static String checked(String address, Path path, int line) throws IOException {
    int at = address.lastIndexOf('@');
    if (at < 0 || at == address.length() - 1 || address.indexOf(' ') >= 0) {
      throw new IOException(
          path + ":" + line + ": expected an address, or @domain for all of a domain");
    }
    return address.toLowerCase(Locale.ROOT);
  }
}
