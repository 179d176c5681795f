package sallyport.smapd;

import java.io.IOException;
import java.io.OutputStream;

/** Looks for octets beyond ASCII in a message. */
final class EightBit extends OutputStream {

  private boolean found;

  private EightBit() {}

  /**
   * Reads a whole message for it.
   *
   * @throws IOException if it cannot be read
   */
  static boolean isIn(Handover.Octets octets) throws IOException {
    EightBit scan = new EightBit();
    octets.writeTo(scan);
    return scan.found;
  }

  @Override
  public void write(int octet) {
    found |= (byte) octet < 0;
  }

  @Override
  public void write(byte[] octets, int offset, int length) {
    int all = 0;
    for (int i = offset; i < offset + length; i++) {
      all |= octets[i];
    }
    found |= (byte) all < 0;
  }
}
