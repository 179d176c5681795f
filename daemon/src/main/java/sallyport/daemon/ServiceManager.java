package sallyport.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What is told to the service manager, by the protocol of sd_notify(3): that the daemon serves,
 * that it stops, and, as often as the manager wants it, that it is well. The socket is connected
 * before the jail is closed, and no other is needed later. Without a manager that listens ({@code
 * NOTIFY_SOCKET}) nothing is sent, but the daemon's health is looked at all the same.
 *
 * <p>{@link #serving} starts the one thread; the rest may be called from any.
 */
final class ServiceManager implements AutoCloseable {
  /** How often the daemon's health is looked at when nobody wants to know. */
  static final Duration PERIOD = Duration.ofSeconds(20);

  /** How long a virtual thread may take until it runs: sessions are such threads. */
  static final Duration SCHEDULING_BOUND = Duration.ofSeconds(10);

  /** How many words the manager gets while it wants one: one may be lost, or late. */
  private static final int WORDS_A_WATCH = 3;

  /** How often a word is tried, with {@link #SENDING_PAUSE} between, while the manager is busy. */
  private static final int SENDING_TRIES = 20;

  private static final Duration SENDING_PAUSE = Duration.ofMillis(50);
  private static final int NONE = -1;
  private static final int LONGEST_ADDRESS = 107;

  private final EventLog log;
  private final Duration period;
  private final CountDownLatch closed = new CountDownLatch(1);
  private int socket;
  private boolean wellSaid = true;

  private ServiceManager(EventLog log, Duration period, int socket) {
    this.log = log;
    this.period = period;
    this.socket = socket;
  }

  /**
   * Connects to the manager that the environment names; one that cannot be reached is said in the
   * log, and keeps nobody from start.
   *
   * @param environment as systemd.exec(5) has it: {@code NOTIFY_SOCKET}, a path or an abstract name
   *     after {@code @}; {@code WATCHDOG_USEC}; {@code WATCHDOG_PID}
   */
  static ServiceManager of(Map<String, String> environment, EventLog log) {
    String address = environment.getOrDefault("NOTIFY_SOCKET", "");
    int socket = NONE;
    if (!address.isEmpty()) {
      try {
        socket = Kernel.connectDatagrams(octets(address));
      } catch (IOException e) {
        log.write(
            Event.TROUBLE,
            Field.of("what", "service manager"),
            Field.of("socket", address),
            Field.of("error", String.valueOf(e.getMessage())));
      }
    }
    return new ServiceManager(log, period(environment), socket);
  }

  /** The octets of the address behind its family: unix(7). */
  private static byte[] octets(String address) throws IOException {
    byte[] octets = address.getBytes(StandardCharsets.UTF_8);
    boolean named = address.startsWith("@");
    if ((!named && !address.startsWith("/")) || octets.length > LONGEST_ADDRESS) {
      throw new IOException(
          "expected a path or @ and a name, at most " + LONGEST_ADDRESS + " octets");
    }
    if (named) {
      octets[0] = 0;
    }
    return octets;
  }

  private static Duration period(Map<String, String> environment) {
    String whose = environment.getOrDefault("WATCHDOG_PID", "");
    boolean ours = whose.isEmpty() || whose.equals(String.valueOf(ProcessHandle.current().pid()));
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    if (!ours || !micros.matches("[1-9][0-9]{0,15}")) {
      return PERIOD;
    }
    return Duration.ofNanos(Long.parseLong(micros) * 1000).dividedBy(WORDS_A_WATCH);
  }

  /** The daemon serves; from now on its health is looked at. */
  void serving(Supplier<Optional<String>> ailing) {
    say("READY=1\nSTATUS=serving");
    Thread.ofPlatform().daemon().name("service manager").start(() -> tend(ailing));
  }

  /** The daemon takes nothing new and will end. */
  void stopping(Duration bound) {
    say("STOPPING=1\nSTATUS=draining for " + bound.toSeconds() + " s at most");
  }

  private void tend(Supplier<Optional<String>> ailing) {
    try {
      while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
        look(ailing);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; without words the manager starts the daemon again.
    }
  }

  private void look(Supplier<Optional<String>> ailing) throws InterruptedException {
    Optional<String> what = virtualThreadsRun() ? ailing.get() : Optional.of("virtual threads");
    if (what.isEmpty()) {
      wellSaid = true;
      say("WATCHDOG=1");
    } else if (wellSaid) {
      wellSaid = false;
      log.write(Event.TROUBLE, Field.of("what", "not well"), Field.of("part", what.get()));
    }
  }

  private static boolean virtualThreadsRun() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    Thread.ofVirtual().name("health").start(ran::countDown);
    return ran.await(SCHEDULING_BOUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void say(String words) {
    if (socket == NONE) {
      return;
    }
    byte[] octets = words.getBytes(StandardCharsets.UTF_8);
    for (int left = SENDING_TRIES; left > 0; left--) {
      try {
        Kernel.sendDatagram(socket, octets);
        return;
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("temporarily")) {
          return; // It listens no more, as one that only waited for the start: nobody to tell.
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(SENDING_PAUSE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says no more. */
  @Override
  public void close() {
    closed.countDown();
    synchronized (this) {
      if (socket != NONE) {
        try {
          Kernel.closeDescriptor(socket);
        } catch (IOException e) {
          // Nothing was to come through it.
        }
        socket = NONE;
      }
    }
  }
}
