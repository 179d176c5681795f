package sallyport.smapd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks through the octets of a message for those few that mean something, eight at a time. */
final class Scan {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGHEST_BITS = EACH << 7;
  private static final long ABOVE_CR = ('\r' + 1) * EACH;

  private Scan() {}

  /** Where the next octet from 0 to CR is, those two included; {@code end} if there is none. */
  static int nextUpToCr(byte[] octets, int from, int end) {
    int i = from;
    while (i + Long.BYTES <= end && isPlain((long) EIGHT.get(octets, i))) {
      i += Long.BYTES;
    }
    while (i < end && (octets[i] < 0 || octets[i] > '\r')) {
      i++;
    }
    return i;
  }

  /** False if one of the eight is from 0 to CR; sometimes also if only one behind such a one. */
  private static boolean isPlain(long eight) {
    return ((eight - ABOVE_CR) & ~eight & HIGHEST_BITS) == 0;
  }
}
