package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The octets of one message while they arrive: in memory first, in a file of its own beyond the
 * bounds. Whatever is written first (the {@code Received:} field) is simply the first octets. One
 * thread at a time, which may be a virtual one: file work is handed to platform threads. Ends with
 * {@link Collector#commit} or {@link #discard}; {@link #close} discards what was not committed.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class Incoming extends OutputStream {
  Incoming() {}

  @Override
  public void write(int octet) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds octets.
   *
   * @throws SpoolFullException when there is no room; every later call throws it too
   * @throws IOException when the file cannot be written; definite as well
   */
  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Octets so far. */
  public long size() {
    throw new UnsupportedOperationException();
  }

  /** Gives back memory and file. Does nothing the second time, nor after a commit. */
  public void discard() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    discard();
  }
}
