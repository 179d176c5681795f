package sallyport.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The octets of one message in a file. Its header is read once and kept; when it is let go, a
 * digest of it stays, so that only the same header is ever read again. One thread at a time.
 */
final class StoredMessage {
  private static final int BUFFER = 64 << 10;

  private final SpoolFiles files;
  private final Path path;
  private final BatchReader.Found found;
  private byte @Nullable [] header;
  private byte @Nullable [] digest;
  private int digestOf;

  StoredMessage(SpoolFiles files, Path path, BatchReader.Found found) {
    this.files = files;
    this.path = path;
    this.found = found;
  }

  long size() {
    return found.size();
  }

  Path path() {
    return path;
  }

  byte[] header(int atMost) throws IOException {
    byte[] kept = header;
    if (kept == null) {
      kept = readHeader(digest == null ? atMost : digestOf);
      if (digest != null && !Arrays.equals(digest, digest(kept))) {
        throw new DamagedException(path + ": the header of " + id() + " has changed");
      }
      header = kept;
    }
    return kept.clone();
  }

  /** Keeps only a digest of the header. */
  void letGo() {
    if (header != null) {
      digest = digest(header);
      digestOf = header.length;
      header = null;
    }
  }

  private byte[] readHeader(int atMost) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    int most = (int) Math.min(atMost, found.size());
    try (SpoolFiles.OpenFile file = files.read(path)) {
      FileWindow window = new FileWindow(file);
      int lineLength = 0;
      for (int i = 0; i < most; i++) {
        int octet = window.at(found.start() + i);
        if (octet < 0) {
          throw new DamagedException(path + ": the file has become shorter");
        }
        octets.write(octet);
        if (octet == '\n') {
          if (lineLength == 0) {
            break;
          }
          lineLength = 0;
        } else if (octet != '\r') {
          lineLength++;
        }
      }
    }
    return octets.toByteArray();
  }

  /** Hands over header and body, always one part behind: the last only when the checksum holds. */
  void stream(OutputStream to, byte @Nullable [] insteadOfHeader) throws IOException {
    if (insteadOfHeader != null && header == null) {
      throw new IllegalStateException("the header of " + id() + " was not read");
    }
    byte[] held = header == null ? new byte[0] : header;
    byte @Nullable [] other = insteadOfHeader;
    int heldLength = held.length;
    CRC32C checksum = new CRC32C();
    checksum.update(held);
    byte[][] buffers = {new byte[bufferLength()], new byte[bufferLength()]};
    try (SpoolFiles.OpenFile file = files.read(path)) {
      long position = heldLength;
      for (int turn = 0; position < found.size(); turn ^= 1) {
        byte[] part = buffers[turn];
        int length = (int) Math.min(part.length, found.size() - position);
        fill(file, ByteBuffer.wrap(part, 0, length), found.start() + position);
        if (other == null) {
          to.write(held, 0, heldLength);
        } else {
          to.write(other);
          other = null;
        }
        checksum.update(part, 0, length);
        held = part;
        heldLength = length;
        position += length;
      }
    }
    if ((int) checksum.getValue() != found.checksum()) {
      throw new DamagedException(path + ": the checksum of " + id() + " does not hold");
    }
    if (other == null) {
      to.write(held, 0, heldLength);
    } else {
      to.write(other);
    }
  }

  private int bufferLength() {
    return (int) Math.max(1, Math.min(BUFFER, found.size()));
  }

  private void fill(SpoolFiles.OpenFile file, ByteBuffer part, long from) throws IOException {
    long position = from;
    while (part.hasRemaining()) {
      int read = file.readAt(part, position);
      if (read < 0) {
        throw new DamagedException(path + ": the file ends within " + id());
      }
      position += read;
    }
  }

  private QueueId id() {
    return found.envelope().id();
  }

  private static byte[] digest(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
