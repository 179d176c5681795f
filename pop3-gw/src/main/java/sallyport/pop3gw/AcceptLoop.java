package sallyport.pop3gw;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * Takes connections from one listener until that is closed, on a virtual thread of its own: so a
 * session begins on the processor that accepted it, and no thread is woken for it.
 */
final class AcceptLoop {
  /** Pause after a failed accept, such as for want of descriptors. */
  private static final long PAUSE_MILLIS = 100;

  /** What becomes of a connection, and of failures. */
  interface Door {
    /** A client has connected; returns without waiting for it. */
    void enter(Socket socket);

    /** Accepting failed and will be tried again. */
    void failed(IOException cause);

    /** The loop cannot go on: the process must end. */
    void fatal(Throwable cause);
  }

  private final ServerSocket listener;
  private final Door door;

  AcceptLoop(ServerSocket listener, Door door) {
    this.listener = listener;
    this.door = door;
  }

  /** The thread that accepts from now on. */
  Thread start() {
    return Thread.ofVirtual().name("accept-" + listener.getLocalPort()).start(this::run);
  }

  private void run() {
    try {
      while (!listener.isClosed()) {
        acceptOne();
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      door.fatal(e);
    }
  }

  private void acceptOne() throws InterruptedException {
    try {
      door.enter(listener.accept());
    } catch (IOException e) {
      if (!listener.isClosed()) {
        door.failed(e);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }
}
