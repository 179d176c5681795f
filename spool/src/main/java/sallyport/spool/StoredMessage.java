package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The octets of one message in a file, while a worker has it. Its beginning is read once and kept:
 * the header that was judged is the header that is sent, and a small message is read no second
 * time. One thread at a time.
 */
final class StoredMessage {
  private static final int BUFFER = 64 << 10;

  private final Batch batch;
  private final byte @Nullable [] content;
  private final QueueId id;
  private final long start;
  private final long size;
  private final int checksum;
  private final Digest before;
  private byte @Nullable [] beginning;
  private int headerLength;

  /**
   * What is left of a header that was let go, so that only the same is ever read again.
   *
   * @param first the first half of 128 bits of SHA-256
   * @param second the other half
   * @param length octets of the header
   */
  record Digest(long first, long second, int length) {
    /** There was no header yet. */
    static final Digest NONE = new Digest(0, 0, -1);

    static Digest of(byte[] octets, int length) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(octets, 0, length);
        ByteBuffer halves = ByteBuffer.wrap(sha.digest());
        return new Digest(halves.getLong(), halves.getLong(), length);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  /**
   * A message in a file.
   *
   * @param content what is in the file; null if that must be read
   * @param before of the header when it was read last
   */
  StoredMessage(
      Batch batch,
      byte @Nullable [] content,
      QueueId id,
      long start,
      long size,
      int checksum,
      Digest before) {
    this.batch = batch;
    this.content = content;
    this.id = id;
    this.start = start;
    this.size = size;
    this.checksum = checksum;
    this.before = before;
  }

  byte[] header(int atMost) throws IOException {
    byte[] octets = beginning;
    if (octets == null) {
      int most = (int) Math.min(size, before.length() < 0 ? atMost : before.length());
      octets = read((int) Math.min(size, Math.max(BUFFER, before.length())));
      int length = headerLength(octets, most);
      if (length < 0) {
        octets = read(most);
        length = headerLength(octets, most);
      }
      if (before.length() >= 0 && !Digest.of(octets, length).equals(before)) {
        throw new DamagedException(batch.path() + ": the header of " + id + " has changed");
      }
      beginning = octets;
      headerLength = length;
    }
    return Arrays.copyOf(octets, headerLength);
  }

  /** What {@link #header} gave last, or before that. */
  Digest digest() {
    return beginning == null ? before : Digest.of(beginning, headerLength);
  }

  private byte[] read(int length) throws IOException {
    if (content != null) {
      return Arrays.copyOfRange(content, (int) start, (int) start + length);
    }
    byte[] octets = new byte[length];
    try (SpoolFiles.OpenFile file = batch.home().files().read(batch.path())) {
      fill(file, ByteBuffer.wrap(octets), start);
    }
    return octets;
  }

  /** Up to the first empty line, or {@code most}; negative if there are too few octets to say. */
  private static int headerLength(byte[] octets, int most) {
    int lineLength = 0;
    int end = Math.min(most, octets.length);
    for (int i = 0; i < end; i++) {
      if (octets[i] == '\n') {
        if (lineLength == 0) {
          return i + 1;
        }
        lineLength = 0;
      } else if (octets[i] != '\r') {
        lineLength++;
      }
    }
    return end == most ? most : -end;
  }

  /**
   * Hands over the message, always one part behind: the last only when the checksum holds.
   *
   * @param insteadOfHeader what to hand over in the place of the header
   */
  void stream(OutputStream to, byte @Nullable [] insteadOfHeader) throws IOException {
    byte[] first = beginning == null ? new byte[0] : beginning;
    ByteBuffer held = ByteBuffer.wrap(first);
    if (insteadOfHeader != null) {
      if (beginning == null) {
        throw new IllegalStateException("the header of " + id + " was not read");
      }
      int rest = first.length - headerLength;
      held = ByteBuffer.allocate(insteadOfHeader.length + rest);
      held.put(insteadOfHeader).put(first, headerLength, rest).flip();
    }
    CRC32C sum = new CRC32C();
    sum.update(first);
    if (first.length < size) {
      held = streamRest(to, held, first.length, sum);
    }
    if ((int) sum.getValue() != checksum) {
      throw new DamagedException(batch.path() + ": the checksum of " + id + " does not hold");
    }
    write(held, to);
  }

  private static void write(ByteBuffer part, OutputStream to) throws IOException {
    to.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
  }

  /** Everything but the last part. */
  private ByteBuffer streamRest(OutputStream to, ByteBuffer first, long from, CRC32C sum)
      throws IOException {
    int length = (int) Math.min(BUFFER, size - from);
    byte[][] buffers = {new byte[length], new byte[length]};
    ByteBuffer held = first;
    try (SpoolFiles.OpenFile file = batch.home().files().read(batch.path())) {
      long position = from;
      for (int turn = 0; position < size; turn ^= 1) {
        ByteBuffer part =
            ByteBuffer.wrap(buffers[turn], 0, (int) Math.min(length, size - position));
        fill(file, part, start + position);
        write(held, to);
        held = part.flip();
        sum.update(held.duplicate());
        position += held.limit();
      }
    }
    return held;
  }

  private void fill(SpoolFiles.OpenFile file, ByteBuffer part, long from) throws IOException {
    long position = from;
    while (part.hasRemaining()) {
      int read = file.readAt(part, position);
      if (read < 0) {
        throw new DamagedException(batch.path() + ": the file ends within " + id);
      }
      position += read;
    }
  }
}
