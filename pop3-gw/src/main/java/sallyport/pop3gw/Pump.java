package sallyport.pop3gw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import sallyport.daemon.tls.TruncatedException;

/**
 * One direction of a {@link StreamRelay}: what one leg brings goes to the other. It waits with
 * {@link #SMALL} octets and works with {@link RelayBuffers#LARGE}, borrowed for as long as octets
 * are there. Belongs to one thread.
 */
final class Pump {
  /** Octets of the buffer with which the next command or reply is awaited. */
  static final int SMALL = 256;

  /** A write that failed, apart from a read that did. */
  private static final class WriteException extends Exception {
    private static final long serialVersionUID = 1;

    WriteException(IOException cause) {
      super(cause);
    }
  }

  private final InputStream in;
  private final OutputStream out;
  private final RelayBuffers buffers;
  private final Flow flow;

  Pump(Leg from, Leg to, RelayBuffers buffers, Flow flow) {
    this.in = from.input();
    this.out = to.output();
    this.buffers = buffers;
    this.flow = flow;
  }

  /**
   * Carries until it stops.
   *
   * @param first octets that go before all others
   */
  Relay.Stop run(byte[] first) {
    try {
      if (first.length > 0) {
        write(first, first.length);
      }
      byte[] small = new byte[SMALL];
      while (true) {
        int read = in.read(small);
        if (read < 0) {
          return Relay.Stop.ENDED;
        }
        flow.heard();
        if (read < SMALL) {
          write(small, read);
        } else {
          carryMuch(small);
        }
      }
    } catch (WriteException e) {
      return Relay.Stop.WRITE_FAILED;
    } catch (TruncatedException e) {
      return Relay.Stop.TRUNCATED;
    } catch (IOException e) {
      return Relay.Stop.READ_FAILED;
    }
  }

  /**
   * Carries as long as there is more without waiting. A single octet may be one that TLS has not
   * looked at yet, and of which nothing will come: for that nobody's octets wait.
   */
  @SuppressWarnings("ByteBufferBackingArray") // It is one of ours, whole.
  private void carryMuch(byte[] start) throws IOException, WriteException {
    ByteBuffer buffer = buffers.take();
    byte[] large = buffer.array();
    try {
      System.arraycopy(start, 0, large, 0, start.length);
      int held = start.length;
      for (int there = in.available(); there > 0; there = in.available()) {
        if (there == 1) {
          write(large, held);
          held = 0;
        }
        int read = in.read(large, held, large.length - held);
        if (read < 0) {
          break;
        }
        flow.heard();
        write(large, held + read);
        held = 0;
      }
      write(large, held);
    } finally {
      buffers.give(buffer);
    }
  }

  private void write(byte[] buffer, int length) throws WriteException {
    if (length == 0) {
      return;
    }
    flow.waits();
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new WriteException(e);
    }
    flow.done();
    flow.took(length);
  }

  /** Reads and forgets until the sender's end; false if its connection broke. */
  boolean drop() {
    byte[] small = new byte[SMALL];
    try {
      while (in.read(small) >= 0) {
        flow.heard();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
