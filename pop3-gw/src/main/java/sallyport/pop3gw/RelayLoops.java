package sallyport.pop3gw;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The loops of a daemon: one for every two processors, as the sessions before their login have, so
 * that large messages do not all hang on one thread. Thread-safe.
 */
final class RelayLoops implements AutoCloseable {
  /** Loops at most. */
  static final int MOST = 8;

  private final RelayPipes pipes = RelayPipes.forLargeTransfers();
  private final List<RelayLoop> loops = new ArrayList<>();
  private final AtomicInteger given = new AtomicInteger();

  /**
   * Loops that have not begun, as many as suit this machine.
   *
   * @param tellers makes the virtual threads that are told of a relay's end
   * @param fatal is told why a loop cannot go on: the process must end
   */
  RelayLoops(RelayBuffers buffers, ThreadFactory tellers, Consumer<Throwable> fatal)
      throws IOException {
    this(
        Math.min((Runtime.getRuntime().availableProcessors() + 1) / 2, MOST),
        buffers,
        tellers,
        fatal);
  }

  RelayLoops(int count, RelayBuffers buffers, ThreadFactory tellers, Consumer<Throwable> fatal)
      throws IOException {
    for (int i = 0; i < count; i++) {
      loops.add(new RelayLoop("relay-" + i, buffers, pipes, tellers, fatal));
    }
  }

  /** Begins. */
  List<Thread> start() {
    return loops.stream().map(RelayLoop::start).toList();
  }

  /** The one for the next relay: each in its turn. */
  RelayLoop next() {
    return loops.get(Math.floorMod(given.getAndIncrement(), loops.size()));
  }

  /** Cuts all relays, and waits for the end of the threads. */
  @Override
  public void close() {
    loops.forEach(RelayLoop::close);
    pipes.close();
  }
}
