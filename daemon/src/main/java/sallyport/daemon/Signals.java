package sallyport.daemon;

import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * SIGTERM, SIGINT and SIGHUP. A shutdown hook would hear only the first of them, and the exit code
 * would not be ours; this is the one supported way to hear each ({@code jdk.unsupported}).
 */
final class Signals {
  private static final String[] TO_STOP = {"TERM", "INT", "HUP"};

  private Signals() {}

  /** Calls back with the name of each signal that asks the process to end, on its own thread. */
  static void whenAskedToStop(Consumer<String> asked) {
    for (String name : TO_STOP) {
      Signal.handle(new Signal(name), signal -> asked.accept("SIG" + signal.getName()));
    }
  }
}
