package sallyport.daemon;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The threads that a service cannot do without, for {@link Service#ailing}: a handful, each added
 * once. Thread-safe.
 */
public final class Vitals {
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** Nothing yet. */
  public Vitals() {}

  /** Expects this thread, which was started, to live as long as the service serves. */
  public void expect(Thread thread) {
    threads.add(thread);
  }

  /** The first that has ended, by its name. */
  public Optional<String> ended() {
    return threads.stream()
        .filter(thread -> !thread.isAlive())
        .findFirst()
        .map(thread -> thread.getName() + " has ended");
  }
}
