package sallyport.daemon;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log: one line an event, written by a thread of its own, many lines in one write.
 *
 * <p>Callers on any thread, virtual or not, lay their line into a buffer of {@link
 * #MAX_WAITING_OCTETS} and go on; when it is full they wait, so nothing is dropped while the output
 * takes what it is given. One platform thread owns the output. A line that comes alone is written
 * at once; those that follow within {@link #GATHERING} leave together, since to wake the thread for
 * each costs more than the line. A write that fails is reported by {@code trouble what=log} with
 * the number of lines it cost, as soon as one succeeds again.
 */
public final class EventLog implements AutoCloseable {
  /** The longest value that is written whole, in octets before escaping. */
  public static final int MAX_VALUE_OCTETS = 1024;

  /** The longest line; fields that do not fit are left out, and {@code cut=yes} says so. */
  public static final int MAX_LINE_OCTETS = 32 * 1024;

  /** How much may wait to be written. */
  public static final int MAX_WAITING_OCTETS = 512 * 1024;

  /** How long lines are gathered after a write before they are written, too. */
  static final Duration GATHERING = Duration.ofMillis(20);

  private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

  /** What each line begins with. */
  enum Prefix {
    /** {@code <N>}, which journald takes off and keeps as the priority. */
    JOURNAL,
    /** The time in UTC with milliseconds. */
    TIME
  }

  private final OutputStream out;
  private final LineFormat format;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final Condition hurry = lock.newCondition();
  private final Thread writer;
  private byte[] waiting = new byte[MAX_WAITING_OCTETS];
  private int length;
  private int lines;
  private long handedOver;
  private long written;
  private boolean hurried;
  private boolean closing;

  private EventLog(OutputStream out, Prefix prefix, Clock clock) {
    this.out = out;
    this.format = new LineFormat(prefix, clock);
    this.writer = Thread.ofPlatform().name("event log").daemon(true).unstarted(this::writeOut);
  }

  /**
   * A log that writes to {@code out}.
   *
   * @param journalPriorities whether lines begin with {@code <N>}; else they begin with the time
   */
  public static EventLog to(OutputStream out, boolean journalPriorities) {
    return to(out, journalPriorities ? Prefix.JOURNAL : Prefix.TIME, Clock.systemUTC());
  }

  static EventLog to(OutputStream out, Prefix prefix, Clock clock) {
    EventLog log = new EventLog(out, prefix, clock);
    log.writer.start();
    return log;
  }

  /** Writes one line; waits while the buffer is full; does nothing once the log is closed. */
  public void write(Event event, Field... fields) {
    byte[] line = format.line(event, fields);
    lock.lock();
    try {
      while (length + line.length > MAX_WAITING_OCTETS && !closing) {
        hurryUp();
        progress.awaitUninterruptibly();
      }
      if (closing) {
        return;
      }
      System.arraycopy(line, 0, waiting, length, line.length);
      length += line.length;
      lines++;
      handedOver++;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every line handed over so far is written.
   *
   * @return whether that happened within the bound
   */
  @SuppressWarnings("Interruption") // An interrupt ends the wait early and is kept for the caller.
  public boolean flush(Duration bound) {
    long nanos = bound.toNanos();
    lock.lock();
    try {
      long target = handedOver;
      hurryUp();
      while (written < target && nanos > 0) {
        nanos = progress.awaitNanos(nanos);
      }
      return written >= target;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits, within five seconds, and ends the thread. The output stays open. */
  @Override
  public void close() {
    flush(CLOSE_BOUND);
    lock.lock();
    try {
      closing = true;
      hurry.signal();
      notEmpty.signal();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void hurryUp() {
    hurried = true;
    hurry.signal();
  }

  private void writeOut() {
    byte[] spare = new byte[MAX_WAITING_OCTETS];
    long lost = 0;
    while (true) {
      byte[] batch;
      int octets;
      int batchLines;
      lock.lock();
      try {
        while (length == 0 && !closing) {
          notEmpty.awaitUninterruptibly();
        }
        if (length == 0) {
          return;
        }
        batch = waiting;
        octets = length;
        batchLines = lines;
        waiting = spare;
        length = 0;
        lines = 0;
      } finally {
        lock.unlock();
      }
      lost = writeBatch(batch, octets, batchLines, lost);
      spare = batch;
      settle(batchLines);
      gather();
    }
  }

  private long writeBatch(byte[] batch, int octets, int batchLines, long lostBefore) {
    try {
      out.write(batch, 0, octets);
      if (lostBefore > 0) {
        out.write(
            format.line(
                Event.TROUBLE,
                new Field[] {Field.of("what", "log"), Field.of("lost", lostBefore)}));
      }
      out.flush();
      return 0;
    } catch (IOException e) {
      // There is nowhere to say it; the count is said when writing works again.
      return lostBefore + batchLines;
    }
  }

  private void settle(int batchLines) {
    lock.lock();
    try {
      written += batchLines;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("Interruption") // Nobody interrupts this thread; if it were, it went on.
  private void gather() {
    lock.lock();
    try {
      long nanos = GATHERING.toNanos();
      while (nanos > 0 && !hurried && !closing) {
        nanos = hurry.awaitNanos(nanos);
      }
      hurried = false;
    } catch (InterruptedException e) {
      // What was gathered so far is written.
    } finally {
      lock.unlock();
    }
  }
}
