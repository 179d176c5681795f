package sallyport.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Passes everything on but some forces, which it claims to have done. */
record ForgetfulFiles(SpoolFiles files, Predicate<Path> forgetsFile, Predicate<Path> forgetsFolder)
    implements SpoolFiles {
  @Override
  public OpenFile create(Path file) throws IOException {
    return wrapped(file, files.create(file));
  }

  @Override
  public OpenFile append(Path file) throws IOException {
    return wrapped(file, files.append(file));
  }

  private OpenFile wrapped(Path path, OpenFile file) {
    return forgetsFile.test(path) ? new Forgetful(file) : file;
  }

  @Override
  public OpenFile read(Path file) throws IOException {
    return files.read(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void unlink(Path file) throws IOException {
    files.unlink(file);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    if (!forgetsFolder.test(folder)) {
      files.forceFolder(folder);
    }
  }

  @Override
  public List<String> list(Path folder, int atMost) throws IOException {
    return files.list(folder, atMost);
  }

  @Override
  public FileFacts facts(Path file) throws IOException {
    return files.facts(file);
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    return files.lock(file);
  }

  @Override
  public void requireUsable(Path folder) throws IOException {
    files.requireUsable(folder);
  }

  /** A file whose force does nothing. */
  private record Forgetful(OpenFile file) implements OpenFile {
    @Override
    public void write(ByteBuffer... parts) throws IOException {
      file.write(parts);
    }

    @Override
    public void writeAt(ByteBuffer part, long position) throws IOException {
      file.writeAt(part, position);
    }

    @Override
    public int readAt(ByteBuffer into, long position) throws IOException {
      return file.readAt(into, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
