package sallyport.daemon;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The descriptor of a channel, which the JDK keeps to itself. The channel is marked, by the JDK,
 * and the mark looked for among all descriptors, in the kernel: what has it is the same socket, and
 * nothing else is. The mark is a time to linger at close, which nobody else here uses; it is there
 * for as long as the search takes.
 *
 * <p>Any thread may ask; it must be the one that would close the channel, so that it is not closed
 * with the mark, and the descriptor not used when it has become another's. A question costs a
 * system call for every open descriptor.
 */
public final class Descriptors {
  /** Those from here on are not looked at. */
  static final int END = 65_536;

  /** Marks are from here, up to what the JDK lets pass. */
  private static final int FIRST_MARK = 32_768;

  private static final int MARKS = 32_767;

  private static final AtomicInteger NEXT = new AtomicInteger();

  private Descriptors() {}

  /** The descriptor of a channel that is open; empty if it was not found. */
  public static OptionalInt of(SocketChannel channel) {
    int mark = FIRST_MARK + Math.floorMod(NEXT.getAndIncrement(), MARKS);
    try {
      int before = channel.getOption(StandardSocketOptions.SO_LINGER);
      int found;
      channel.setOption(StandardSocketOptions.SO_LINGER, mark);
      try {
        found = Kernel.findLingering(mark, 0, END);
      } finally {
        channel.setOption(StandardSocketOptions.SO_LINGER, before);
      }
      boolean sure = found >= 0 && Kernel.findLingering(mark, found, found + 1) < 0;
      return sure ? OptionalInt.of(found) : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }
}
