package sallyport.daemon;

import java.io.IOException;
import java.util.Optional;

/**
 * A way for octets from one socket to another that does not lead through this process: they lie in
 * the kernel, and only their place in memory is handed on (pipe(7), splice(2)). Neither {@link
 * #fill} nor {@link #drain} waits.
 *
 * <p>Descriptors are those of sockets that do not block, and it is the caller who sees that they
 * stay open meanwhile. Belongs to one thread at a time.
 */
public final class KernelPipe implements AutoCloseable {
  /**
   * Octets in it at most. What a kernel lets every account have ({@code fs.pipe-max-size}); 64 of
   * them are what one account may have in all ({@code fs.pipe-user-pages-soft}).
   */
  public static final int OCTETS = 1 << 20;

  /** The sender has ended. */
  public static final int ENDED = -1;

  /** The kernel, or what filters its calls, does not do this; nothing has become of the octets. */
  public static final int REFUSED = -2;

  // asm-generic/errno-base.h, asm-generic/errno.h
  private static final int EPERM = 1;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int ENOMEM = 12;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;

  private final int in;
  private final int out;
  private int held;
  private boolean closed;

  private KernelPipe(int[] ends) {
    out = ends[0];
    in = ends[1];
  }

  /** A new one, empty; none where descriptors or memory are used up, or the kernel has it not. */
  public static Optional<KernelPipe> open() {
    try {
      return Optional.of(new KernelPipe(Kernel.pipe(OCTETS)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Takes what a socket has. Only for a pipe that is empty, for else a socket with nothing cannot
   * be told from a full pipe.
   *
   * @return how many octets; 0 if there are none now, {@link #ENDED} or {@link #REFUSED}
   * @throws IOException if the connection broke
   */
  public int fill(int socket) throws IOException {
    if (held > 0) {
      throw new IllegalStateException("it holds " + held + " octets");
    }
    int moved = Kernel.splice(socket, in, OCTETS);
    if (moved > 0) {
      held = moved;
      return moved;
    }
    return switch (-moved) {
      case 0 -> ENDED;
      case EAGAIN, EINTR -> 0;
      case EPERM, ENOMEM, EINVAL, ENOSYS -> REFUSED;
      default -> throw broken(moved);
    };
  }

  /**
   * Gives a socket what it takes.
   *
   * @return how many octets; 0 if it takes none now
   * @throws IOException if the connection broke
   */
  public int drain(int socket) throws IOException {
    int moved = Kernel.splice(out, socket, held);
    if (moved == -EAGAIN || moved == -EINTR) {
      return 0;
    }
    if (moved < 0) {
      throw broken(moved);
    }
    held -= moved;
    return moved;
  }

  private static IOException broken(int moved) {
    return new IOException("splice: " + Kernel.errorText(-moved));
  }

  /** Octets in it. */
  public int held() {
    return held;
  }

  /** What is in it is lost. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      held = 0;
      Kernel.closeQuietly(in);
      Kernel.closeQuietly(out);
    }
  }
}
