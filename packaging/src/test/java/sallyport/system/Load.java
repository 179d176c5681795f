package sallyport.system;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sessions that send one message after another and note the queue id of each {@code 250}. A session
 * ends when smap does, or at {@link #pause}.
 */
final class Load implements AutoCloseable {
  static final String SENDER = "load@outside.example";
  private static final String RECIPIENT = "load@" + Gateway.DOMAIN;
  private static final int LARGE_EVERY = 25;
  private static final int LARGE_LINES = 6000;
  private static final int SMALL_LINES = 40;
  private static final String END = "This was the whole message of lines: ";

  private final int sessions;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger tokens = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean going;

  Load(int sessions) {
    this.sessions = sessions;
  }

  void startOn(int port) {
    going = true;
    for (int i = 0; i < sessions; i++) {
      threads.add(Thread.ofVirtual().start(() -> send(port)));
    }
  }

  private void send(int port) {
    try (Wire wire = Wire.greeted(port)) {
      while (going) {
        acknowledged.add(Wire.queueId(wire.message(SENDER, RECIPIENT, message())));
      }
    } catch (IOException e) {
      // smap was killed: what it did not acknowledge is still the client's.
    }
  }

  private String message() {
    int token = tokens.incrementAndGet();
    int lines = token % LARGE_EVERY == 0 ? LARGE_LINES : SMALL_LINES;
    return Samples.header("load-" + token)
        + "A line of some sixty octets, so that a body has a size of its own.\r\n".repeat(lines)
        + END
        + lines;
  }

  /** Whether a message that was sent by this class has all of its lines. */
  static boolean isWhole(String text) {
    int end = text.lastIndexOf(END);
    if (end < 0 || !text.endsWith("\r\n")) {
      return false;
    }
    int lines = Integer.parseInt(text.substring(end + END.length()).strip());
    String body = text.substring(text.indexOf("\r\n\r\n") + 4, end);
    return body.lines().count() == lines && body.lines().distinct().count() == 1;
  }

  /** Lets each session finish its message. */
  void pause() throws InterruptedException {
    going = false;
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  /** The queue id of every {@code 250}. */
  Set<String> acknowledged() {
    return acknowledged;
  }

  @Override
  public void close() {
    try {
      pause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
