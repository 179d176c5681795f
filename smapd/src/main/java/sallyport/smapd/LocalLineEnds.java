package sallyport.smapd;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Turns CR LF into LF. What is written must have no CR elsewhere. */
final class LocalLineEnds extends FilterOutputStream {

  LocalLineEnds(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int octet) throws IOException {
    if (octet != '\r') {
      out.write(octet);
    }
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    int end = offset + length;
    int from = offset;
    for (int i = offset; i < end; i++) {
      if (octets[i] == '\r') {
        out.write(octets, from, i - from);
        from = i + 1;
      }
    }
    out.write(octets, from, end - from);
  }
}
