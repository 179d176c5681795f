package sallyport.daemon.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes the few forms of DER (X.690) that keys and certificates are made of. */
final class Der {
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;
  static final int UTF8_STRING = 0x0c;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /** The tag of a context-specific, constructed element. */
  static final int CONTEXT = 0xa0;

  private static final int LONG_FORM = 0x80;
  private static final byte[] NULL = {0x05, 0x00};
  private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return element(SEQUENCE, parts);
  }

  static byte[] integer(long value) {
    return element(0x02, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] text(int tag, String ascii) {
    return element(tag, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] nothing() {
    return NULL.clone();
  }

  static byte[] yes() {
    return TRUE.clone();
  }

  /** A string of bits that fill their octets. */
  static byte[] bits(byte[] octets) {
    return element(BIT_STRING, new byte[1], octets);
  }

  /** An object identifier such as {@code 2.5.4.3}. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      base128(out, Long.parseLong(arcs[i]));
    }
    return element(OID, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, long arc) {
    for (int shift = 56; shift > 0; shift -= 7) {
      if (arc >>> shift != 0) {
        out.write(((int) (arc >>> shift) & 0x7f) | 0x80);
      }
    }
    out.write((int) arc & 0x7f);
  }

  /** One element with these parts, one after the other, in it. */
  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length = Math.addExact(length, part.length);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < LONG_FORM) {
      out.write(length);
    } else {
      byte[] octets = BigInteger.valueOf(length).toByteArray();
      int skip = octets[0] == 0 ? 1 : 0;
      out.write(LONG_FORM | (octets.length - skip));
      out.write(octets, skip, octets.length - skip);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
