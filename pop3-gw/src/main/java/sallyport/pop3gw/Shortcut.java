package sallyport.pop3gw;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import sallyport.daemon.Descriptors;
import sallyport.daemon.KernelPipe;

/**
 * One direction of a relay, past this process: what one connection brings goes to the other within
 * the kernel. For the thread that closes both connections, and no longer than until then.
 */
final class Shortcut {
  private final SocketChannel from;
  private final SocketChannel to;
  private final RelayPipes pipes;
  private OptionalInt source = OptionalInt.empty();
  private OptionalInt sink = OptionalInt.empty();
  private boolean known;
  private boolean refused;
  private @Nullable KernelPipe pipe;

  Shortcut(SocketChannel from, SocketChannel to, RelayPipes pipes) {
    this.from = from;
    this.to = to;
    this.pipes = pipes;
  }

  /** Takes a pipe; false if this cannot be, and the octets must go through this process. */
  boolean open() {
    if (!known) {
      known = true;
      source = Descriptors.of(from);
      sink = Descriptors.of(to);
      refused = source.isEmpty() || sink.isEmpty();
    }
    if (pipe == null && !refused) {
      pipe = pipes.take();
    }
    return pipe != null;
  }

  /**
   * Reads once.
   *
   * @return as {@link KernelPipe#fill} says
   */
  int read() throws IOException {
    int read = taken().fill(source.orElseThrow());
    refused = read == KernelPipe.REFUSED;
    return read;
  }

  /**
   * Writes what is taken now.
   *
   * @return how many octets
   */
  int write() throws IOException {
    return taken().drain(sink.orElseThrow());
  }

  /** Whether everything that was read is written. */
  boolean isEmpty() {
    return pipe == null || pipe.held() == 0;
  }

  /** Leaves the pipe to others; what is in it is lost. */
  void close() {
    if (pipe != null) {
      pipes.give(pipe);
      pipe = null;
    }
  }

  private KernelPipe taken() {
    if (pipe == null) {
      throw new IllegalStateException("there is no pipe");
    }
    return pipe;
  }
}
