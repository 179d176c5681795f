package sallyport.smapd;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Doubles each dot at the start of a line (RFC 5321, 4.5.2), and ends a last line that has no end.
 * What is written must have CR LF line ends only.
 *
 * <p>Angus's own stream does that as well, but octet by octet in two passes and with a write for
 * each line, and doubles a dot behind 0xFF where two pieces meet.
 *
 * <p>For one thread.
 */
final class DotStuffing extends FilterOutputStream {

  private static final byte[] LINE_END = {'\r', '\n'};

  private byte last = '\n';

  DotStuffing(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    int end = offset + length;
    int from = offset;
    byte before = last;
    for (int i = offset; i < end; ) {
      if (octets[i] == '.' && before == '\n') {
        out.write(octets, from, i - from);
        out.write('.');
        from = i;
      }
      i = Math.min(end, Scan.nextUpToCr(octets, i, end) + 1);
      before = octets[i - 1];
    }
    last = before;
    out.write(octets, from, end - from);
  }

  /** To be called behind the last octet. */
  void finish() throws IOException {
    if (last != '\n') {
      out.write(LINE_END, 0, LINE_END.length);
      last = '\n';
    }
  }
}
