package sallyport.pop3gw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread that carries the octets of many {@link ChannelRelay}s. It waits for all of their
 * connections at once and for none of them alone, and has one buffer for all.
 *
 * <p>Any thread may call {@link #run} and {@link #close}; the rest is for its own.
 */
final class RelayLoop implements AutoCloseable {
  /** How long its end is waited for. */
  static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

  /**
   * How often it looks without a rest for more of a transfer of which much came at once, each time
   * behind whoever else wants the processor: to be put to sleep and woken would cost it more.
   */
  static final int LOOKS = 50;

  private final Selector selector;
  private final RelayBuffers buffers;
  private final RelayPipes pipes;
  private final ThreadFactory tellers;
  private final Consumer<Throwable> fatal;
  private final Thread thread;

  private final Consumer<SelectionKey> ready = this::ready;

  /** What is read into next, by whichever relay; one that keeps it leaves another. */
  private @Nullable ByteBuffer buffer;

  /** How often it will look again before it rests. */
  private int looks;

  /** Cancelled, and to be closed when the selector has looked again. */
  private List<ChannelRelay> ending = new ArrayList<>();

  private final Object lock = new Object();
  private List<Runnable> tasks = new ArrayList<>();
  private volatile boolean asleep;
  private boolean closing;
  private boolean ended;

  /**
   * A loop that has not begun.
   *
   * @param tellers makes the virtual threads that are told of a relay's end
   * @param fatal is told why the loop cannot go on: the process must end
   */
  RelayLoop(
      String name,
      RelayBuffers buffers,
      RelayPipes pipes,
      ThreadFactory tellers,
      Consumer<Throwable> fatal)
      throws IOException {
    this.selector = Selector.open();
    this.buffers = buffers;
    this.pipes = pipes;
    this.tellers = tellers;
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::serve);
  }

  /** Begins. */
  Thread start() {
    thread.start();
    return thread;
  }

  /**
   * Has this done on the loop's thread, at once if the caller is that.
   *
   * @return false if the loop has ended; then it is not done
   */
  boolean run(Runnable task) {
    if (thread.equals(Thread.currentThread())) {
      task.run();
      return true;
    }
    boolean wake;
    synchronized (lock) {
      if (ended) {
        return false;
      }
      tasks.add(task);
      wake = asleep;
      asleep = false;
    }
    if (wake) {
      selector.wakeup();
    }
    return true;
  }

  private void serve() {
    try {
      while (!closing) {
        turn();
      }
      end();
    } catch (IOException | RuntimeException | Error e) {
      fatal.accept(e);
    }
  }

  private void turn() throws IOException {
    takeTasks(false).forEach(Runnable::run);
    List<ChannelRelay> left = ending;
    if (left.isEmpty()) {
      if (looks > 0) {
        look();
      } else if (mayRest()) {
        selector.select(ready);
      } else {
        selector.selectNow(ready);
      }
    } else {
      ending = new ArrayList<>();
      selector.selectNow(ready);
      left.forEach(ChannelRelay::closed);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // Only time depends on who has the processor next.
  private void look() throws IOException {
    if (selector.selectNow(ready) == 0) {
      looks--;
      Thread.yield();
    }
  }

  private List<Runnable> takeTasks(boolean last) {
    synchronized (lock) {
      asleep = false;
      ended = last;
      if (tasks.isEmpty()) {
        return List.of();
      }
      List<Runnable> taken = tasks;
      tasks = new ArrayList<>();
      return taken;
    }
  }

  private boolean mayRest() {
    synchronized (lock) {
      asleep = tasks.isEmpty() && !closing;
      return asleep;
    }
  }

  private void ready(SelectionKey key) {
    if (asleep) {
      asleep = false; // It looks for tasks before it rests again: nobody needs to wake it.
    }
    if (key.isValid() && key.attachment() instanceof ChannelRelay.Side side) {
      side.ready();
    }
  }

  /** Cuts whatever is left. */
  private void end() throws IOException {
    takeTasks(true).forEach(Runnable::run);
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && key.attachment() instanceof ChannelRelay.Side side) {
        side.cutRelay();
      }
    }
    selector.close();
    ending.forEach(ChannelRelay::closed);
  }

  Selector selector() {
    return selector;
  }

  /** The buffer of all, empty. */
  ByteBuffer emptyBuffer() {
    ByteBuffer there = buffer;
    if (there == null) {
      there = buffers.take();
    } else if (there.capacity() < RelayBuffers.LARGE) {
      there = buffers.orLarge(there);
    }
    buffer = there;
    return there.clear();
  }

  /** A relay keeps it until {@link #giveBack}: there is more in it than its receiver takes now. */
  void leaveBuffer() {
    buffer = null;
  }

  /** What was kept, or anything else. */
  void giveBack(ByteBuffer kept) {
    buffers.give(kept);
  }

  /** For large transfers. */
  RelayPipes pipes() {
    return pipes;
  }

  /** Much came at once, so more will come soon. */
  void expectMore() {
    looks = LOOKS;
  }

  /** Closes this relay, whose keys are cancelled, when the selector has looked again. */
  void closeSoon(ChannelRelay relay) {
    ending.add(relay);
  }

  /** Has this done on a thread that may wait. */
  void tell(Runnable news) {
    tellers.newThread(news).start();
  }

  /** Cuts all relays, and waits for the end of the thread. */
  @Override
  public void close() {
    run(() -> closing = true);
    try {
      if (thread.isAlive()) {
        thread.join(CLOSE_BOUND);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
