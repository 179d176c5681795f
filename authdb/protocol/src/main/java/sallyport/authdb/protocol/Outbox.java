package sallyport.authdb.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lines that wait to be written to one peer. Any thread adds and returns at once; one thread of
 * the connection's own writes, by {@link #writeTo} or by {@link #writeSome}, and what waits
 * together leaves in one write. Bounded in octets: the owner cuts a peer that lets it fill.
 */
public final class Outbox {
  private static final int USUAL_OCTETS = 8192;

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(USUAL_OCTETS);
  private boolean flushed;
  private boolean closed;
  private ByteBuffer leaving = ByteBuffer.allocate(0);

  /** With the most octets that may wait. */
  public Outbox(int most) {
    this.most = most;
  }

  /**
   * Adds a line; it leaves at the next {@link #flush} at the latest.
   *
   * @param line without LF, one character an octet
   * @return false if there is no room, or the box is closed
   */
  public boolean add(String line) {
    byte[] octets = line.getBytes(StandardCharsets.ISO_8859_1);
    lock.lock();
    try {
      if (closed || waiting.size() + octets.length + 1 > most) {
        return false;
      }
      waiting.writeBytes(octets);
      waiting.write('\n');
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets all that was added go. */
  public void flush() {
    lock.lock();
    try {
      flushed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more; {@link #writeTo} returns when all that waits has been written. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is added, until the box is closed and empty. The work of the writing thread. */
  public void writeTo(WritableByteChannel channel) throws IOException, InterruptedException {
    for (ByteBuffer octets = next(); octets.hasRemaining(); octets = next()) {
      while (octets.hasRemaining()) {
        channel.write(octets);
      }
    }
  }

  /**
   * Writes what a channel that does not block takes now, flushed or not.
   *
   * @return whether it has taken all of it
   */
  public boolean writeSome(WritableByteChannel channel) throws IOException {
    if (!leaving.hasRemaining()) {
      leaving = takeAll();
    }
    if (leaving.hasRemaining()) {
      channel.write(leaving);
    }
    return !leaving.hasRemaining();
  }

  /** What is to be written now; nothing when the box is closed. */
  private ByteBuffer next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && !(flushed && waiting.size() > 0)) {
        changed.await();
      }
      flushed = false;
      return takeAll();
    } finally {
      lock.unlock();
    }
  }

  private ByteBuffer takeAll() {
    lock.lock();
    try {
      ByteBuffer octets = ByteBuffer.wrap(waiting.toByteArray());
      waiting.reset();
      return octets;
    } finally {
      lock.unlock();
    }
  }
}
