package sallyport.smapd;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Lets nothing through but CR LF line ends, and no zero octet. smap sees to that; a captured smap
 * may not, and others would read another message than was checked.
 *
 * <p>For one thread.
 */
final class Checked extends FilterOutputStream {

  /** The message has octets that no mail system may be sent. */
  static final class UncleanException extends IOException {
    private static final long serialVersionUID = 1L;

    private final HeaderFault fault;

    UncleanException(HeaderFault fault, String message) {
      super(message);
      this.fault = fault;
    }

    /** What the table knows it as. */
    HeaderFault fault() {
      return fault;
    }
  }

  private byte last;
  private boolean failed;

  Checked(OutputStream out) {
    super(out);
  }

  /** Whether it was the other side that did not take the octets. */
  boolean failed() {
    return failed;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    int end = offset + length;
    byte before = last;
    for (int i = offset; i < end; ) {
      if (before != '\r') {
        int next = Scan.nextUpToCr(octets, i, end);
        before = next > i ? octets[next - 1] : before;
        i = next;
      }
      if (i < end) {
        check(octets[i], before);
        before = octets[i++];
      }
    }
    last = before;
    try {
      out.write(octets, offset, length);
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw e;
    }
  }

  private static void check(byte octet, byte before) throws UncleanException {
    if (octet == 0) {
      throw new UncleanException(HeaderFault.ZERO_OCTET, "zero octet in the message");
    }
    if ((octet == '\n') != (before == '\r')) {
      throw new UncleanException(HeaderFault.LINE_END, "line end in the message that is not CR LF");
    }
  }

  /** To be called behind the last octet: it must not be half a line end. */
  void finish() throws UncleanException {
    if (last == '\r') {
      throw new UncleanException(HeaderFault.LINE_END, "line end in the message that is not CR LF");
    }
  }
}
