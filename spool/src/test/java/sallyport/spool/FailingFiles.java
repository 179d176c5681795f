package sallyport.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to a simulated disk, but the operation that is asked to fail, and some
 * forces that it only claims to have done.
 */
final class FailingFiles implements SpoolFiles {
  private final SpoolFiles files;
  private final Predicate<Path> forgetsFile;
  private final Predicate<Path> forgetsFolder;
  private @Nullable Failure next;
  private int calls;

  FailingFiles(SpoolFiles files) {
    this(files, path -> false, path -> false);
  }

  /** Forgets to force these files and folders. */
  FailingFiles(SpoolFiles files, Predicate<Path> file, Predicate<Path> folder) {
    this.files = files;
    this.forgetsFile = file;
    this.forgetsFolder = folder;
  }

  /** An operation on a path that holds this text; {@code all} of them or the first only. */
  record Failure(String operation, String path, Throwable trouble, boolean all) {}

  synchronized void fail(Failure failure) {
    next = failure;
    calls = 0;
  }

  /** How often the failing operation was asked for. */
  synchronized int calls() {
    return calls;
  }

  private synchronized void before(String operation, Path path) throws IOException {
    Failure failure = next;
    if (failure == null
        || !operation.equals(failure.operation())
        || !path.toString().contains(failure.path())) {
      return;
    }
    calls++;
    if (calls == 1 || failure.all()) {
      switch (failure.trouble()) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException();
      }
    }
  }

  @Override
  public OpenFile create(Path file) throws IOException {
    before("create", file);
    return new Open(file, files.create(file));
  }

  @Override
  public OpenFile append(Path file) throws IOException {
    before("append", file);
    return new Open(file, files.append(file));
  }

  @Override
  public OpenFile read(Path file) throws IOException {
    before("read", file);
    return new Open(file, files.read(file));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    before("rename", to);
    files.rename(from, to);
  }

  @Override
  public void unlink(Path file) throws IOException {
    before("unlink", file);
    files.unlink(file);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    before("forceFolder", folder);
    if (!forgetsFolder.test(folder)) {
      files.forceFolder(folder);
    }
  }

  @Override
  public void forceAll(Path folder) throws IOException {
    before("forceAll", folder);
    files.forceAll(folder);
  }

  @Override
  public Names names(Path folder) throws IOException {
    return files.names(folder);
  }

  @Override
  public FileFacts facts(Path file) throws IOException {
    return files.facts(file);
  }

  @Override
  public long room(Path folder) {
    return files.room(folder);
  }

  @Override
  public boolean exists(Path file) throws IOException {
    return files.exists(file);
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    return files.lock(file);
  }

  @Override
  public void requireUsable(Path folder) throws IOException {
    files.requireUsable(folder);
  }

  private final class Open implements OpenFile {
    private final Path path;
    private final OpenFile file;

    Open(Path path, OpenFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(ByteBuffer... parts) throws IOException {
      before("write", path);
      file.write(parts);
    }

    @Override
    public void writeAt(ByteBuffer part, long position) throws IOException {
      before("write", path);
      file.writeAt(part, position);
    }

    @Override
    public int readAt(ByteBuffer into, long position) throws IOException {
      before("readAt", path);
      return file.readAt(into, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void force() throws IOException {
      before("force", path);
      if (!forgetsFile.test(path)) {
        file.force();
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
