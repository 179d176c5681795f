package sallyport.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel says of this process, through a descriptor of {@code /proc/self} that is opened
 * while {@code /proc} can be reached and must be closed before serving. One thread uses it.
 */
final class ProcessView implements AutoCloseable {
  private static final int STATUS_OCTETS = 16 * 1024;
  private static final int ROUNDS = 20;

  /** How long a thread may take to end that was ending when the ids changed. */
  private static final Duration ENDING_BOUND = Duration.ofSeconds(5);

  private static final Duration ENDING_STEP = Duration.ofMillis(10);
  private static final int HEX = 16;
  private static final Path SELF = Path.of("/proc/self");
  private static final Path TASK = Path.of("task");
  private static final Path DESCRIPTORS = Path.of("fd");

  /**
   * What must hold of each thread.
   *
   * @param root the identity of the root folder
   * @param folder the identity of the working folder
   */
  record Expected(int uid, int gid, Object root, Object folder) {}

  private final SecureDirectoryStream<Path> process;
  private final Set<Object> ownFolders = new HashSet<>();
  private final Set<Object> jailFolders = new HashSet<>();

  private ProcessView(SecureDirectoryStream<Path> process) {
    this.process = process;
  }

  @SuppressWarnings("StreamResourceLeak") // The view owns the stream; close() closes it.
  static ProcessView open() throws IOException {
    requireProc();
    DirectoryStream<Path> stream = Files.newDirectoryStream(SELF);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      ProcessView view = new ProcessView(secure);
      view.ownFolders.add(view.attributes(Path.of(".")).fileKey());
      view.ownFolders.add(view.attributes(DESCRIPTORS).fileKey());
      return view;
    }
    stream.close();
    throw new IOException("/proc/self: cannot be held open");
  }

  /** The effective capabilities of the calling thread, bit by bit: capabilities(7). */
  static long ownCapabilities() throws IOException {
    requireProc();
    for (String line : Files.readAllLines(SELF.resolve("status"), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("CapEff:")) {
        return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), HEX);
      }
    }
    throw new IOException(SELF + "/status has no CapEff");
  }

  private static void requireProc() throws IOException {
    if (!Files.isDirectory(SELF)) {
      throw new IOException("there is no " + SELF + "; expected /proc to be mounted");
    }
  }

  /** The identity of a folder, which no name and no change of root can disguise. */
  static Object identity(Path folder) throws IOException {
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    if (key == null) {
      throw new IOException(folder + ": has no identity");
    }
    return key;
  }

  /**
   * Checks every thread; those that appear meanwhile too, until none is new.
   *
   * @return how many threads there are
   * @throws IOException if one is not as expected, with one line that says which and how
   */
  int checkThreads(Expected expected) throws IOException {
    Set<String> seen = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      int before = seen.size();
      for (String thread : names(TASK)) {
        if (seen.add(thread)) {
          checkIfAlive(thread, expected);
        }
      }
      if (seen.size() == before) {
        return before;
      }
    }
    throw new IOException("new threads appear faster than they can be checked");
  }

  /** Before the change of root: refuses folders open outside {@code jail}, notes those inside. */
  void noteOpenFolders(Path jail) throws IOException {
    for (Map.Entry<String, Object> open : openFolders().entrySet()) {
      Path link = Path.of("/proc/self/fd").resolve(open.getKey());
      if (!Files.readSymbolicLink(link).startsWith(jail)) {
        throw new IOException(
            "descriptor " + open.getKey() + " is open on " + Files.readSymbolicLink(link));
      }
      jailFolders.add(open.getValue());
    }
  }

  /** After it: no folder is open but those noted and our own. */
  void checkOpenFolders() throws IOException {
    for (Map.Entry<String, Object> open : openFolders().entrySet()) {
      if (!jailFolders.contains(open.getValue())) {
        throw new IOException("descriptor " + open.getKey() + " is open on a folder outside");
      }
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
  }

  private Map<String, Object> openFolders() throws IOException {
    Map<String, Object> open = new HashMap<>();
    for (String descriptor : names(DESCRIPTORS)) {
      try {
        BasicFileAttributes attributes = attributes(DESCRIPTORS.resolve(descriptor));
        Object key = attributes.fileKey();
        if (attributes.isDirectory() && !ownFolders.contains(key)) {
          open.put(descriptor, key);
        }
      } catch (NoSuchFileException e) {
        // Closed since it was listed.
      }
    }
    return open;
  }

  /**
   * A thread that is just ending is passed over when the ids change, and shows those of before for
   * as long as it takes to end: what is not as expected is looked at again.
   */
  private void checkIfAlive(String thread, Expected expected) throws IOException {
    long end = System.nanoTime() + ENDING_BOUND.toNanos();
    while (true) {
      try {
        checkOnce(thread, expected);
        return;
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(ENDING_STEP.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while threads were checked", e);
    }
  }

  private void checkOnce(String thread, Expected expected) throws IOException {
    Map<String, String> status;
    Path task = TASK.resolve(thread);
    Object root;
    Object folder;
    try {
      status = status(task.resolve("status"));
      root = attributes(task.resolve("root")).fileKey();
      folder = attributes(task.resolve("cwd")).fileKey();
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return;
      }
      throw e;
    }
    String name = "thread " + thread + " (" + status.getOrDefault("Name", "?") + "): ";
    if (!expected.root().equals(root) || !expected.folder().equals(folder)) {
      throw new IOException(name + "its root or working folder is another one");
    }
    must(name, status, "Uid", fourTimes(expected.uid()));
    must(name, status, "Gid", fourTimes(expected.gid()));
    must(name, status, "Groups", "");
    must(name, status, "CapPrm", "0000000000000000");
    must(name, status, "CapEff", "0000000000000000");
    must(name, status, "CapAmb", "0000000000000000");
  }

  private static void must(String who, Map<String, String> status, String key, String expected)
      throws IOException {
    String found = status.get(key);
    if (!expected.equals(found)) {
      throw new IOException(who + key + " is '" + found + "', expected '" + expected + "'");
    }
  }

  private static String fourTimes(int id) {
    String text = Integer.toUnsignedString(id);
    return text + " " + text + " " + text + " " + text;
  }

  private Map<String, String> status(Path file) throws IOException {
    ByteBuffer octets = ByteBuffer.allocate(STATUS_OCTETS);
    try (SeekableByteChannel channel =
        process.newByteChannel(file, Set.of(StandardOpenOption.READ))) {
      while (octets.hasRemaining() && channel.read(octets) >= 0) {
        // Until the end; the kernel may give it in pieces.
      }
    }
    Map<String, String> status = new HashMap<>();
    String text = new String(octets.array(), 0, octets.position(), StandardCharsets.ISO_8859_1);
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        status.put(
            line.substring(0, colon), line.substring(colon + 1).strip().replaceAll("\\s+", " "));
      }
    }
    return status;
  }

  private BasicFileAttributes attributes(Path path) throws IOException {
    return process.getFileAttributeView(path, BasicFileAttributeView.class).readAttributes();
  }

  private List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> stream = process.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        names.add(entry.getFileName().toString());
      }
    }
    return names;
  }
}
