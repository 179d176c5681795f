package sallyport.spool;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file system itself. Paths are used as given, so a folder named relative to {@code /} works
 * after chroot. An interrupt would close a channel under its user: call from threads that nobody
 * interrupts.
 */
public final class DiskFiles implements SpoolFiles {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r-----");
  private static final FileAttribute<Set<PosixFilePermission>> AT_FIRST =
      PosixFilePermissions.asFileAttribute(MODE);
  private static final String FACTS = "unix:mode,nlink,uid,size,lastModifiedTime";
  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;
  private static final int FOLDER = 0040000;

  /** Makes one; it holds nothing. */
  public DiskFiles() {}

  @Override
  public OpenFile create(Path file) throws IOException {
    return withMode(
        file, FileChannel.open(file, Set.of(CREATE_NEW, WRITE, READ, NOFOLLOW_LINKS), AT_FIRST));
  }

  @Override
  public OpenFile append(Path file) throws IOException {
    return new Disk(FileChannel.open(file, Set.of(CREATE, APPEND, NOFOLLOW_LINKS), AT_FIRST));
  }

  @Override
  public OpenFile read(Path file) throws IOException {
    return new Disk(FileChannel.open(file, new OpenOption[] {READ, NOFOLLOW_LINKS}));
  }

  private static OpenFile withMode(Path file, FileChannel channel) throws IOException {
    try {
      Files.setPosixFilePermissions(file, MODE);
      return new Disk(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    SystemCalls.rename(from, to);
  }

  @Override
  public void unlink(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  @Override
  public void forceAll(Path folder) throws IOException {
    SystemCalls.syncFileSystem(folder);
  }

  @Override
  @SuppressWarnings("StreamResourceLeak") // The caller closes it.
  public Names names(Path folder) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(folder);
    return new Listing(stream, stream.iterator());
  }

  /** An open folder. */
  private record Listing(DirectoryStream<Path> stream, Iterator<Path> entries) implements Names {
    @Override
    public @Nullable String next() throws IOException {
      try {
        return entries.hasNext() ? String.valueOf(entries.next().getFileName()) : null;
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  @Override
  public FileFacts facts(Path file) throws IOException {
    Map<String, Object> facts = Files.readAttributes(file, FACTS, NOFOLLOW_LINKS);
    int type = (int) value(facts, "mode") & TYPE_MASK;
    return new FileFacts(
        type == REGULAR,
        type == FOLDER,
        (int) value(facts, "nlink"),
        (int) value(facts, "uid"),
        (long) value(facts, "size"),
        ((FileTime) value(facts, "lastModifiedTime")).toMillis());
  }

  @Override
  public long room(Path folder) {
    return folder.toFile().getUsableSpace();
  }

  @Override
  public boolean exists(Path file) throws IOException {
    // Not to follow links would cost an exception for each file that is not there.
    return file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class)
        != null;
  }

  private static Object value(Map<String, Object> facts, String name) throws IOException {
    Object value = facts.get(name);
    if (value == null) {
      throw new IOException("the file system does not tell " + name);
    }
    return value;
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, WRITE, NOFOLLOW_LINKS);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new SpoolLockedException(
          file + " is locked: this process has the queue open already", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new SpoolLockedException(
        file + " is locked: it is running on this spool already, or smapq is at work");
  }

  @Override
  public void requireUsable(Path folder) throws IOException {
    if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
      throw new SpoolException(folder + " is missing or not a folder; expected a folder");
    }
    if (!Files.isReadable(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
      throw new SpoolException(
          folder + " cannot be read and written by this account; expected a folder it may use");
    }
  }

  /** A channel. */
  private record Disk(FileChannel channel) implements OpenFile {
    @Override
    public void write(ByteBuffer... parts) throws IOException {
      long left = 0;
      for (ByteBuffer part : parts) {
        left += part.remaining();
      }
      while (left > 0) {
        left -= channel.write(parts);
      }
    }

    @Override
    public void writeAt(ByteBuffer part, long position) throws IOException {
      long at = position;
      while (part.hasRemaining()) {
        at += channel.write(part, at);
      }
    }

    @Override
    public int readAt(ByteBuffer into, long position) throws IOException {
      return channel.read(into, position);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
