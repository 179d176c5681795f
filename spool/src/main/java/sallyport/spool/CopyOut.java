package sallyport.spool;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Gives one message a file of its own, in the batch format, for its pending recipients. The copy is
 * whole and forced before it has its name, and its folder is forced before anyone says {@code
 * moved}.
 */
final class CopyOut {
  private static final int BUFFER = 64 << 10;

  private final SpoolFiles files;
  private final SpoolFolders folders;
  private final Home queue;
  private final SecureRandom random = new SecureRandom();

  CopyOut(Home queue, SpoolFolders folders) {
    this.files = queue.files();
    this.folders = folders;
    this.queue = queue;
  }

  /** Into {@code bad/}, with the reason beside it. */
  void toBad(QueuedMessage message, String reason) throws IOException {
    String id = message.id().text();
    copy(
        Source.of(message),
        folders.bad(),
        () -> {
          Finisher.writeReason(files, folders, id, reason);
        });
  }

  /** Into {@code queue/}, with a log that begins with these entries. */
  Copy toQueue(QueuedMessage message, List<LogEntry> entries) throws IOException {
    return toQueue(Source.of(message), entries, true);
  }

  /**
   * Puts a message of smapd's own into {@code queue/}. Its log is made with it, so that none of an
   * earlier file of this name can count.
   *
   * @throws FileAlreadyExistsException when it is there already
   */
  Copy add(Envelope envelope, byte[] octets) throws IOException {
    Path path = folders.queue().resolve(BatchFormat.copyName(envelope.id()));
    for (Path taken : List.of(path, path.resolveSibling(path.getFileName() + Batch.LOG))) {
      if (files.exists(taken)) {
        throw new FileAlreadyExistsException(taken.toString());
      }
    }
    return make(envelope, octets, List.of(new LogEntry.Begun()));
  }

  /** Whatever there was of this name before. */
  Copy make(Envelope envelope, byte[] octets, List<LogEntry> entries) throws IOException {
    Source source = new Source(envelope, Set.of(), octets.length, to -> to.write(octets));
    return toQueue(source, entries, false);
  }

  /**
   * @param logFirst whether the log is to be found wherever the copy is: else a crash may keep the
   *     name of the copy and not that of its log, and with it all that had been recorded
   */
  private Copy toQueue(Source source, List<LogEntry> entries, boolean logFirst) throws IOException {
    String name = BatchFormat.copyName(source.envelope().id());
    BatchReader.Found found =
        copy(
            source,
            folders.queue(),
            () -> {
              writeLog(name + Batch.LOG, entries);
              if (logFirst) {
                files.forceFolder(folders.queue());
              }
            });
    Batch batch = new Batch(queue, source.envelope().id(), true);
    batch.hold();
    batch.logMade();
    return new Copy(batch, found);
  }

  /** The new home of a message. */
  record Copy(Batch batch, BatchReader.Found found) {}

  /** What is to be written. */
  private record Source(Envelope envelope, Set<String> done, long size, Octets octets) {
    static Source of(QueuedMessage message) {
      return new Source(message.envelope(), message.done(), message.size(), message::streamBody);
    }
  }

  private interface Octets {
    void writeTo(OutputStream to) throws IOException;
  }

  private BatchReader.Found copy(Source source, Path folder, FileThreads.FileTask beforeName)
      throws IOException {
    String name = BatchFormat.copyName(source.envelope().id());
    Path part = folder.resolve(name + PART);
    Finisher.unlinkQuietly(files, part);
    try {
      BatchReader.Found found = write(source, part);
      beforeName.run();
      files.rename(part, folder.resolve(name));
      files.forceFolder(folder);
      return found;
    } catch (IOException | RuntimeException e) {
      Finisher.unlinkQuietly(files, part);
      throw e;
    }
  }

  /** What a copy is called until it is whole. */
  static final String PART = ".part";

  private BatchReader.Found write(Source source, Path part) throws IOException {
    String mark = BatchFormat.mark(random.nextLong());
    byte[] magic = BatchFormat.magic(mark);
    byte[] head = BatchFormat.envelope(mark, source.envelope(), source.done(), source.size());
    try (SpoolFiles.OpenFile file = files.create(part)) {
      file.write(ByteBuffer.wrap(magic), ByteBuffer.wrap(head));
      CRC32C checksum = new CRC32C();
      try (OutputStream to = new BufferedOutputStream(new ToFile(file, checksum), BUFFER)) {
        source.octets().writeTo(to);
      }
      int body = (int) checksum.getValue();
      file.write(
          ByteBuffer.wrap(BatchFormat.checksum(checksum, head)),
          ByteBuffer.wrap(BatchFormat.end(mark, 1)));
      file.force();
      long start = (long) magic.length + head.length;
      return new BatchReader.Found(source.envelope(), source.done(), start, source.size(), body);
    }
  }

  private void writeLog(String name, List<LogEntry> entries) throws IOException {
    Path path = folders.queue().resolve(name);
    Finisher.unlinkQuietly(files, path);
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> text.append(entry.line()));
    try (SpoolFiles.OpenFile log = files.create(path)) {
      log.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      log.force();
    }
  }

  /** Writes to the file and takes the checksum. */
  private static final class ToFile extends OutputStream {
    private final SpoolFiles.OpenFile file;
    private final CRC32C checksum;

    ToFile(SpoolFiles.OpenFile file, CRC32C checksum) {
      this.file = file;
      this.checksum = checksum;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      checksum.update(octets, offset, length);
      file.write(ByteBuffer.wrap(octets, offset, length));
    }
  }
}
