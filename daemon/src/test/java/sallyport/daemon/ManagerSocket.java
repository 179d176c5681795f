package sallyport.daemon;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The service manager's end of {@code NOTIFY_SOCKET}: the JDK has no datagrams of this family. */
final class ManagerSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final long PATIENCE_SECONDS = 40;

  private final String name;
  private final int socket;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** Listens, on a path or on an abstract name that begins with {@code @}. */
  ManagerSocket(String name) throws Throwable {
    this.name = name;
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    socket =
        (int)
            call("socket", FunctionDescriptor.of(number, number, number, number))
                .invokeExact(AF_UNIX, SOCK_DGRAM, 0);
    byte[] octets = name.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(2L + octets.length, 2);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(octets, 0, address, ValueLayout.JAVA_BYTE, 2, octets.length);
      if (name.startsWith("@")) {
        address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
      }
      int bound =
          (int)
              call("bind", FunctionDescriptor.of(number, number, ValueLayout.ADDRESS, number))
                  .invokeExact(socket, address, (int) address.byteSize());
      if (bound != 0) {
        throw new IllegalStateException("cannot bind " + name);
      }
    }
    Thread.ofPlatform().daemon().name("manager").start(this::read);
  }

  String name() {
    return name;
  }

  /** The next that a daemon says, its lines joined by a blank; fails if it says nothing. */
  String next() throws InterruptedException {
    String words = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (words == null) {
      throw new AssertionError("the manager heard nothing");
    }
    return words.replace('\n', ' ');
  }

  private void read() {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle receive =
          call("recv", FunctionDescriptor.of(size, number, ValueLayout.ADDRESS, size, number));
      MemorySegment room = arena.allocate(1000);
      long octets = 1;
      while (octets > 0) {
        octets = (long) receive.invokeExact(socket, room, room.byteSize(), 0);
        byte[] words = room.asSlice(0, Math.max(0, octets)).toArray(ValueLayout.JAVA_BYTE);
        heard.add(new String(words, StandardCharsets.UTF_8));
      }
    } catch (Throwable e) {
      heard.add("manager: " + e);
    }
  }

  /** Shuts down reading, which ends the thread. */
  @Override
  public void close() {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    try {
      int done =
          (int)
              call("shutdown", FunctionDescriptor.of(number, number, number))
                  .invokeExact(socket, 2);
      done += (int) call("close", FunctionDescriptor.of(number, number)).invokeExact(socket);
      if (done > 0) {
        throw new IllegalStateException("close");
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
