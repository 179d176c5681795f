package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A message in a file of its own in {@code tmp/}. The session fills one buffer while a platform
 * thread writes the other. Used by one session; bounded by {@link FileThreads}.
 */
final class StreamedFile {
  private static final int BUFFER = 32 << 10;

  private final SpoolFiles files;
  private final FileThreads threads;
  private Path path;
  private byte[] filling = new byte[BUFFER];
  private byte[] writing = new byte[BUFFER];
  private int filled;
  private long position = BatchFormat.STREAM_ROOM;
  private SpoolFiles.OpenFile file;
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

  private StreamedFile(SpoolFiles files, FileThreads threads, Path path, SpoolFiles.OpenFile file) {
    this.files = files;
    this.threads = threads;
    this.path = path;
    this.file = file;
  }

  /** Creates the file; the caller has taken it from {@link FileThreads#takeFile}. */
  static StreamedFile create(SpoolFiles files, FileThreads threads, Path path) throws IOException {
    SpoolFiles.OpenFile[] opened = new SpoolFiles.OpenFile[1];
    FileThreads.join(threads.start(() -> opened[0] = files.create(path)));
    return new StreamedFile(files, threads, path, opened[0]);
  }

  Path path() {
    return path;
  }

  void write(byte[] octets, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, BUFFER - filled);
      System.arraycopy(octets, at, filling, filled, part);
      filled += part;
      at += part;
      left -= part;
      if (filled == BUFFER) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    FileThreads.join(underWay);
    ByteBuffer full = ByteBuffer.wrap(filling, 0, filled);
    long here = position;
    SpoolFiles.OpenFile target = file;
    underWay = threads.start(() -> target.writeAt(full, here));
    position += filled;
    filled = 0;
    byte[] next = writing;
    writing = filling;
    filling = next;
  }

  /**
   * Writes what stands before and after the body, and forces the file, all on a platform thread.
   * What is left to do is the rename.
   */
  void finish(byte[] head, byte[] tail) throws IOException {
    flush();
    FileThreads.join(underWay);
    underWay =
        threads.start(() -> {
          if (head.length > BatchFormat.STREAM_ROOM) {
            widen(head.length);
          }
          file.writeAt(ByteBuffer.wrap(head), 0);
          file.writeAt(ByteBuffer.wrap(tail), position);
          file.force();
          file.close();
        });
    FileThreads.join(underWay);
  }

  /** A head that does not fit its room, from very many recipients, costs one copy of the body. */
  private void widen(int room) throws IOException {
    Path wider = path.resolveSibling(path.getFileName() + "-wider");
    SpoolFiles.OpenFile target = files.create(wider);
    try (SpoolFiles.OpenFile source = file) {
      file = target;
      long shift = (long) room - BatchFormat.STREAM_ROOM;
      ByteBuffer part = ByteBuffer.wrap(filling);
      for (long at = BatchFormat.STREAM_ROOM; at < position; at += part.limit()) {
        part.clear().limit((int) Math.min(BUFFER, position - at));
        while (part.hasRemaining() && source.readAt(part, at + part.position()) >= 0) {}
        if (part.hasRemaining()) {
          throw new IOException(path + " became shorter while it was written");
        }
        target.writeAt(part.flip(), at + shift);
      }
      position += shift;
    } finally {
      Path narrow = path;
      path = wider;
      files.unlink(narrow);
    }
  }

  /** Removes the file in the background and gives its place back. */
  void abandon() {
    CompletableFuture<Void> last = underWay;
    underWay =
        threads
            .start(() -> {
              last.handle((nothing, trouble) -> null).join();
              try {
                file.close();
              } finally {
                files.unlink(path);
              }
            })
            .whenComplete((nothing, trouble) -> threads.giveFile());
  }

  /** Gives the place back after the committer has taken the file. */
  void handedOver() {
    threads.giveFile();
  }
}
