package sallyport.authdb.authsrv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Replies that are held back until their time. One thread releases them; all that are due leave
 * together. Bounded by what each session may have outstanding. Thread-safe.
 */
final class Held implements AutoCloseable {
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Reply> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Reply::release));
  private final Thread thread;

  private record Reply(long release, Session session, String line) {}

  Held(LongSupplier clock) {
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("held replies").start(this::run);
  }

  /** Holds a line back until then. */
  void hold(long release, Session session, String line) {
    lock.lock();
    try {
      Reply first = waiting.peek();
      waiting.add(new Reply(release, session, line));
      if (first == null || release - first.release() < 0) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether that time has come. */
  boolean isDue(long release) {
    return release - clock.getAsLong() <= 0;
  }

  /** How many are waiting. */
  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        List<Reply> due = due();
        due.forEach(reply -> reply.session().release(reply.line()));
        due.stream().map(Reply::session).distinct().forEach(Session::flush);
      }
    } catch (InterruptedException e) {
      // close() was called.
    }
  }

  private List<Reply> due() throws InterruptedException {
    List<Reply> due = new ArrayList<>();
    lock.lockInterruptibly();
    try {
      Reply first = waiting.peek();
      while (first == null || !isDue(first.release())) {
        if (first == null) {
          changed.await();
        } else {
          changed.awaitNanos(first.release() - clock.getAsLong());
        }
        first = waiting.peek();
      }
      while (first != null && isDue(first.release())) {
        due.add(waiting.remove());
        first = waiting.peek();
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** What is still held is dropped: its sessions are over. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
