package sallyport.pop3gw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import sallyport.daemon.tls.TruncatedException;

/**
 * One direction of a relay: what one leg brings goes to the other. It waits with {@link #SMALL}
 * octets and works with {@link RelayBuffers#LARGE}, borrowed for as long as octets are there.
 *
 * <p>Belongs to one thread; {@link #octets} and {@link #writesFor} are for all.
 */
final class Pump {
  /** Octets of the buffer with which the next command or reply is awaited. */
  static final int SMALL = 256;

  private static final long NOT_WRITING = 0;

  /** Why it stopped. */
  enum Stop {
    /** The sender closed its side. */
    ENDED,
    /** The sender's connection ended, but under TLS, and without a close_notify: maybe not all. */
    TRUNCATED,
    /** The sender's connection broke. */
    READ_FAILED,
    /** The receiver's connection broke. */
    WRITE_FAILED
  }

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
  private final Runnable heard;
  private long written;
  private volatile long octets;
  private volatile long writingSince;

  /**
   * A direction.
   *
   * @param heard run for everything that is read or written
   */
  Pump(Leg from, Leg to, RelayBuffers buffers, Runnable heard) {
    this.in = from.input();
    this.out = to.output();
    this.buffers = buffers;
    this.heard = heard;
  }

  /** Octets that were written. */
  long octets() {
    return octets;
  }

  /** How long the write under way has been waiting, in nanoseconds; 0 if there is none. */
  long writesFor(long now) {
    long since = writingSince;
    return since == NOT_WRITING ? 0 : now - since;
  }

  /**
   * Carries until it stops.
   *
   * @param first octets that go before all others
   */
  Stop run(byte[] first) {
    try {
      if (first.length > 0) {
        write(first, first.length);
      }
      byte[] small = new byte[SMALL];
      while (true) {
        int read = in.read(small);
        if (read < 0) {
          return Stop.ENDED;
        }
        heard.run();
        if (read < SMALL) {
          write(small, read);
        } else {
          carryMuch(small);
        }
      }
    } catch (WriteException e) {
      return Stop.WRITE_FAILED;
    } catch (TruncatedException e) {
      return Stop.TRUNCATED;
    } catch (IOException e) {
      return Stop.READ_FAILED;
    }
  }

  /**
   * Carries as long as there is more without waiting. A single octet may be one that TLS has not
   * looked at yet, and of which nothing will come: for that nobody's octets wait.
   */
  private void carryMuch(byte[] start) throws IOException, WriteException {
    byte[] large = buffers.take();
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
        heard.run();
        write(large, held + read);
        held = 0;
      }
      write(large, held);
    } finally {
      buffers.give(large);
    }
  }

  private void write(byte[] buffer, int length) throws WriteException {
    if (length == 0) {
      return;
    }
    long now = System.nanoTime();
    writingSince = now == NOT_WRITING ? 1 : now;
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new WriteException(e);
    }
    writingSince = NOT_WRITING;
    written += length;
    octets = written;
    heard.run();
  }

  /** Reads and forgets until the sender's end; false if its connection broke. */
  boolean drop() {
    byte[] small = new byte[SMALL];
    try {
      while (in.read(small) >= 0) {
        heard.run();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
