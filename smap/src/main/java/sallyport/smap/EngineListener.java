package sallyport.smap;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What SubEtha accepts from: a listener that was bound long before, by somebody else, and whose
 * accepted sockets have passed the door.
 *
 * <p>{@link #accept} never fails but after {@link #close}: SubEtha's loop would sleep through every
 * failure, and end for good at an {@link Error}. Closing the listener underneath (draining) makes
 * it wait for {@link #close}.
 */
final class EngineListener extends ServerSocket {

  /** Pause after a failed accept, such as for want of descriptors. */
  private static final long PAUSE_MILLIS = 100;

  private final ServerSocket bound;
  private final Engine.Doorkeeper doorkeeper;
  private final Engine.Faults faults;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Thread> loop = Optional.empty();

  EngineListener(ServerSocket bound, Engine.Doorkeeper doorkeeper, Engine.Faults faults)
      throws IOException {
    // The superclass opens no descriptor before it is bound, and bind() does nothing here.
    this.bound = bound;
    this.doorkeeper = doorkeeper;
    this.faults = faults;
  }

  /** Whether the thread that accepted from here has ended before {@link #close}. */
  boolean isForsaken() {
    return closed.getCount() > 0 && loop.filter(thread -> !thread.isAlive()).isPresent();
  }

  int port() {
    return bound.getLocalPort();
  }

  @Override
  public void bind(SocketAddress ignored, int backlog) {
    // Bound already.
  }

  @Override
  public int getLocalPort() {
    return bound.getLocalPort();
  }

  @Override
  public Socket accept() throws IOException {
    loop = Optional.of(Thread.currentThread());
    try {
      while (!bound.isClosed()) {
        Optional<EngineSocket> admitted = next();
        if (admitted.isPresent()) {
          return admitted.get();
        }
      }
      closed.await();
      throw new SocketException("closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("closed");
    } catch (RuntimeException | Error e) {
      faults.fatal(e);
      throw e;
    }
  }

  private Optional<EngineSocket> next() throws InterruptedException {
    try {
      return doorkeeper.apply(bound.accept());
    } catch (IOException e) {
      if (!bound.isClosed()) {
        faults.inAccept(e);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    bound.close();
    closed.countDown();
  }
}
