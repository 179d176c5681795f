package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file that someone else may change while it is read, seen through one buffer. Never believes the
 * length: where nothing can be read, the file has ended.
 */
final class FileWindow {
  private static final int BUFFER = 64 << 10;
  private static final int FIRST_PART = 96;

  private final SpoolFiles.OpenFile file;
  private final ByteBuffer buffer;
  private long start;
  private int lineOctets;

  FileWindow(SpoolFiles.OpenFile file) {
    this(file, buffer());
  }

  /** One that uses a buffer which was used for another file before. */
  FileWindow(SpoolFiles.OpenFile file, byte[] room) {
    this.file = file;
    this.buffer = ByteBuffer.wrap(room);
    buffer.limit(0);
  }

  /** One that reads the whole of a small file at once, into octets of the same number. */
  static FileWindow filling(SpoolFiles.OpenFile file, byte[] whole) throws IOException {
    FileWindow window = new FileWindow(file, whole);
    ByteBuffer buffer = window.buffer.clear();
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = file.readAt(buffer, buffer.position());
    }
    buffer.flip();
    return window;
  }

  /** For windows that are used one after the other. */
  static byte[] buffer() {
    return new byte[BUFFER];
  }

  /** The octet at a position, or -1 behind the end. */
  int at(long position) throws IOException {
    if (!has(position) && !load(position)) {
      return -1;
    }
    return buffer.get((int) (position - start)) & 0xff;
  }

  private boolean has(long position) {
    return position >= start && position - start < buffer.limit();
  }

  private boolean load(long position) throws IOException {
    start = position;
    buffer.clear();
    int read = file.readAt(buffer, position);
    buffer.limit(Math.max(read, 0));
    return read > 0;
  }

  /** The text up to the next line end, or null if there is none within the bound, or no UTF-8. */
  @Nullable String line(long position, int most) throws IOException {
    int ahead = has(position) ? lineAhead((int) (position - start), most) : -1;
    if (ahead >= 0) {
      lineOctets = ahead;
      byte[] octets = buffer.array();
      return new String(octets, (int) (position - start), ahead, StandardCharsets.ISO_8859_1);
    }
    byte[] octets = new byte[FIRST_PART];
    int length = 0;
    int octet = at(position);
    while (octet != '\n') {
      if (octet < 0 || length == most) {
        return null;
      }
      if (length == octets.length) {
        octets = Arrays.copyOf(octets, Math.min(most, length * 4));
      }
      octets[length++] = (byte) octet;
      octet = at(position + length);
    }
    lineOctets = length;
    return decoded(ByteBuffer.wrap(octets, 0, length));
  }

  /** Octets of the text that {@link #line} gave last. */
  int lineOctets() {
    return lineOctets;
  }

  /**
   * The length of a line that lies in the buffer as a whole and is ASCII; negative if it is not.
   */
  private int lineAhead(int from, int most) {
    byte[] octets = buffer.array();
    int end = (int) Math.min(buffer.limit(), (long) from + most + 1);
    for (int i = from; i < end && octets[i] >= 0; i++) {
      if (octets[i] == '\n') {
        return i - from;
      }
    }
    return -1;
  }

  private static @Nullable String decoded(ByteBuffer octets) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(octets).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Takes a part of the file into a checksum; false if the file ends within it. */
  boolean checksum(CRC32C into, long from, long length) throws IOException {
    long position = from;
    long left = length;
    while (left > 0) {
      if (!has(position) && !load(position)) {
        return false;
      }
      int offset = (int) (position - start);
      int part = (int) Math.min(left, buffer.limit() - offset);
      into.update(buffer.array(), offset, part);
      position += part;
      left -= part;
    }
    return true;
  }

  /** Where this text next begins, at or after a position; -1 if nowhere. */
  long find(byte[] text, long from) throws IOException {
    long position = from;
    int octet = at(position);
    while (octet >= 0) {
      if (octet == text[0] && begins(text, position)) {
        return position;
      }
      position++;
      octet = at(position);
    }
    return -1;
  }

  private boolean begins(byte[] text, long position) throws IOException {
    for (int i = 1; i < text.length; i++) {
      if (at(position + i) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
