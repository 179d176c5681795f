package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The octets of one message while they arrive: in memory first, in a file of its own beyond the
 * bounds. Whatever is written first (the {@code Received:} field) is simply the first octets. One
 * thread at a time, which may be a virtual one: file work is handed to platform threads. Ends with
 * {@link Collector#commit} or {@link #discard}; {@link #close} discards what was not committed.
 */
public final class Incoming extends OutputStream {
  private final Collector collector;
  private final CRC32C checksum = new CRC32C();
  private final List<byte[]> chunks = new ArrayList<>(1);
  private int room;
  private long size;
  private @Nullable StreamedFile file;
  private @Nullable IOException trouble;
  private boolean ended;

  Incoming(Collector collector) {
    this.collector = collector;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  /**
   * Adds octets.
   *
   * @throws SpoolFullException when there is no room; every later call throws it too
   * @throws IOException when the file cannot be written; definite as well
   */
  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, octets.length);
    if (ended) {
      throw new IOException("this message has ended");
    }
    if (trouble != null) {
      throw trouble;
    }
    try {
      add(octets, offset, length);
    } catch (IOException e) {
      trouble = Space.named(e);
      release();
      throw trouble;
    }
    checksum.update(octets, offset, length);
    size += length;
  }

  private void add(byte[] octets, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0 && file == null) {
      if (room == 0 && !grow()) {
        break;
      }
      byte[] chunk = chunks.getLast();
      int part = Math.min(left, room);
      System.arraycopy(octets, at, chunk, chunk.length - room, part);
      room -= part;
      at += part;
      left -= part;
    }
    if (left > 0) {
      spill().write(octets, at, left);
    }
  }

  private boolean grow() {
    if ((chunks.size() + 1L) * MessageMemory.CHUNK > collector.limits().memoryPerMessage()) {
      return false;
    }
    byte[] chunk = collector.memory().take();
    if (chunk == null) {
      return false;
    }
    chunks.add(chunk);
    room = chunk.length;
    return true;
  }

  private StreamedFile spill() throws IOException {
    if (file == null) {
      file = collector.newFile();
      for (byte[] chunk : chunks) {
        file.write(chunk, 0, chunk.length);
      }
      giveMemory();
    }
    return file;
  }

  /** Octets so far. */
  public long size() {
    return size;
  }

  /** Gives back memory and file. Does nothing the second time, nor after a commit. */
  public void discard() {
    if (!ended) {
      end();
      release();
    }
  }

  @Override
  public void close() {
    discard();
  }

  /** The file and its place are the committer's from now on, or given back by {@link #release}. */
  void end() {
    ended = true;
    collector.received();
  }

  boolean ended() {
    return ended;
  }

  @Nullable IOException trouble() {
    return trouble;
  }

  @Nullable StreamedFile file() {
    return file;
  }

  CRC32C checksum() {
    return checksum;
  }

  /** Adds what is in memory to the parts of a write. */
  void addTo(List<ByteBuffer> parts) {
    for (int i = 0; i < chunks.size(); i++) {
      byte[] chunk = chunks.get(i);
      parts.add(
          ByteBuffer.wrap(chunk, 0, i + 1 < chunks.size() ? chunk.length : chunk.length - room));
    }
  }

  void giveMemory() {
    collector.memory().give(chunks);
    chunks.clear();
    room = 0;
  }

  void release() {
    giveMemory();
    if (file != null) {
      file.abandon();
      file = null;
    }
  }
}
