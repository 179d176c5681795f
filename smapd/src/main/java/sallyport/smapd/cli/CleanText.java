package sallyport.smapd.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Octets of a stranger on their way to a terminal: what could steer it becomes {@code ?}, also in
 * the form that UTF-8 gives to the controls above 127. A line ends with LF.
 */
final class CleanText extends FilterOutputStream {
  private static final int LEAD = 0xC2;

  private boolean lead;

  CleanText(OutputStream to) {
    super(to);
  }

  @Override
  public void write(int octet) throws IOException {
    int value = octet & 0xFF;
    if (lead) {
      lead = false;
      if (value >= 0x80 && value < 0xA0) {
        out.write('?');
        return;
      }
      out.write(LEAD);
    }
    if (value == LEAD) {
      lead = true;
    } else if (value != '\r') {
      boolean plain = value == '\n' || value == '\t' || (value >= ' ' && value != 0x7F);
      out.write(plain ? value : '?');
    }
  }

  @Override
  public void write(byte[] octets, int from, int length) throws IOException {
    for (int i = from; i < from + length; i++) {
      write(octets[i]);
    }
  }

  @Override
  public void flush() throws IOException {
    if (lead) {
      lead = false;
      out.write('?');
    }
    super.flush();
  }
}
