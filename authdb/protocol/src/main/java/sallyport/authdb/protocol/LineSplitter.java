package sallyport.authdb.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts a stream of octets into lines of at most {@link Wire#MAX_LINE} octets. For one thread; holds
 * the unfinished line only.
 */
public final class LineSplitter {
  private final byte[] begun = new byte[Wire.MAX_LINE];
  private int length;

  /** Nothing read yet. */
  public LineSplitter() {}

  /**
   * Takes all octets of the buffer.
   *
   * @param lines is given each whole line, without its LF, one character an octet
   * @return false if a line is longer than it may be; nothing more is to be fed then
   */
  public boolean feed(ByteBuffer octets, Consumer<String> lines) {
    while (octets.hasRemaining()) {
      int end = indexOfLf(octets);
      int piece = end - octets.position();
      if (length + piece > Wire.MAX_LINE - 1) {
        return false;
      }
      octets.get(begun, length, piece);
      length += piece;
      if (octets.hasRemaining()) {
        octets.get(); // LF
        String line = new String(begun, 0, length, StandardCharsets.ISO_8859_1);
        length = 0;
        lines.accept(line);
      }
    }
    return true;
  }

  /** Where the next line ends, or where the octets do. */
  private static int indexOfLf(ByteBuffer octets) {
    int at = octets.position();
    while (at < octets.limit() && octets.get(at) != '\n') {
      at++;
    }
    return at;
  }
}
