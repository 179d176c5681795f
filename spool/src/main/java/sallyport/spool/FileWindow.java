package sallyport.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file that someone else may change while it is read, seen through one buffer. Never believes the
 * length: where nothing can be read, the file has ended.
 */
final class FileWindow {
  private static final int BUFFER = 64 << 10;

  private final SpoolFiles.OpenFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long start;

  FileWindow(SpoolFiles.OpenFile file) {
    this.file = file;
    buffer.limit(0);
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
    byte[] octets = new byte[most];
    int length = 0;
    int octet = at(position);
    while (octet != '\n') {
      if (octet < 0 || length == most) {
        return null;
      }
      octets[length++] = (byte) octet;
      octet = at(position + length);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(octets, 0, length))
          .toString();
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
