package sallyport.daemon;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;

/**
 * The few calls of the C library that the JDK has not: for confinement, for the service manager,
 * and for octets that stay in the kernel. Those that change ids go through the C library on
 * purpose: it carries them to every thread, the bare system call would not.
 */
final class Kernel {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final int EACCES = 13;
  private static final int PR_SET_DUMPABLE = 4;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int LONGEST_HOST_NAME = 256;
  private static final long SECCOMP_SET_MODE_FILTER = 1;
  private static final long SECCOMP_FILTER_FLAG_TSYNC = 1;
  private static final int BPF_LINE_OCTETS = 8;
  private static final int LONGEST_ERROR_TEXT = 256;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int MOST_ARGUMENTS = 6;

  private static final ValueLayout.OfLong REGISTER = ValueLayout.JAVA_LONG;

  /**
   * Every call as the processor sees it, up to six whole registers in and one out: on x86-64 and
   * aarch64 a function takes what it wants of them, and of its {@code int} result the lower half
   * counts. One shape for all, since the JDK takes some milliseconds at start for each.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              REGISTER, REGISTER, REGISTER, REGISTER, REGISTER, REGISTER, REGISTER),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private Kernel() {}

  /**
   * Makes it the working folder.
   *
   * @throws AccessDeniedException where the ids of this thread may not go
   */
  static void changeFolder(String path) throws IOException {
    checkPath("chdir", path);
  }

  static void changeRoot(String path) throws IOException {
    checkPath("chroot", path);
  }

  static void leaveAllGroups() throws IOException {
    check("setgroups", "to none", 0, 0);
  }

  static void becomeGroup(int gid) throws IOException {
    check("setresgid", gid, gid, gid, gid);
  }

  static void becomeUser(int uid) throws IOException {
    check("setresuid", uid, uid, uid, uid);
  }

  /**
   * Sets the ids that files are opened and made with, for the calling thread alone, which loses the
   * capabilities over others' files with them. 0 and 0 give them back.
   */
  static void useFilesAs(int uid, int gid) throws IOException {
    number("setfsgid", gid);
    number("setfsuid", uid);
    int group = number("setfsgid", gid);
    int user = number("setfsuid", uid);
    if (group != gid || user != uid) {
      throw new IOException("setfsuid " + uid + ":" + gid + ": it remains " + user + ":" + group);
    }
  }

  /** No core file, and no other process of this account may look into this one. */
  static void hideMemory() throws IOException {
    check("prctl", "PR_SET_DUMPABLE", PR_SET_DUMPABLE, 0);
  }

  /** Sets soft and hard limit of one resource, for the process. */
  static void limit(int resource, long most) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocateFrom(REGISTER, most, most);
      check("setrlimit", resource, resource, limits.address());
    }
  }

  /** The name that the kernel has for this host; empty if it says none. */
  static String hostName() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(LONGEST_HOST_NAME);
      return number("gethostname", name.address(), name.byteSize() - 1) == 0
          ? name.getString(0)
          : "";
    }
  }

  /**
   * A datagram socket of the Unix family, connected: the JDK has none.
   *
   * @param address the octets after the family; of an abstract name the first is 0
   * @return the descriptor
   */
  static int connectDatagrams(byte[] address) throws IOException {
    int socket = check("socket", "AF_UNIX", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = arena.allocate(2L + address.length, 2);
      to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, 2, address.length);
      check("connect", "AF_UNIX", socket, to.address(), to.byteSize());
      return socket;
    } catch (IOException e) {
      closeDescriptor(socket);
      throw e;
    }
  }

  /** Sends one datagram at once, or fails at once. */
  static void sendDatagram(int socket, byte[] octets) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
      int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      int sent = check("send", "AF_UNIX", socket, text.address(), octets.length, flags);
      if (sent != octets.length) {
        throw new IOException("send AF_UNIX: " + sent + " octets of " + octets.length);
      }
    }
  }

  static void closeDescriptor(int descriptor) throws IOException {
    check("close", descriptor, descriptor);
  }

  /** The descriptor is gone either way. */
  static void closeQuietly(int descriptor) {
    number("close", descriptor);
  }

  /**
   * A pipe that nobody waits at.
   *
   * @return the descriptors of its end to read from, and of its end to write to
   */
  static int[] pipe(int octets) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      check("pipe2", octets, ends.address(), O_NONBLOCK | O_CLOEXEC);
      int[] pipe = ends.toArray(ValueLayout.JAVA_INT);
      try {
        check("fcntl", "F_SETPIPE_SZ " + octets, pipe[0], F_SETPIPE_SZ, octets);
        return pipe;
      } catch (IOException e) {
        closeQuietly(pipe[0]);
        closeQuietly(pipe[1]);
        throw e;
      }
    }
  }

  /**
   * Moves octets from a socket to a pipe, or from a pipe to a socket, and waits for neither.
   *
   * @return how many; 0 if the socket's peer has ended; or the error's number, negative
   */
  static int splice(int from, int to, int most) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
      int moved = (int) call("splice", state, from, 0, to, 0, most, flags);
      return moved < 0 ? -(int) ERRNO.get(state, 0L) : moved;
    }
  }

  /**
   * The lowest descriptor, from {@code begin} on and below {@code end}, whose socket would linger
   * for so many seconds when it is closed; -1 if there is none.
   */
  static int findLingering(int seconds, int begin, int end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment linger = arena.allocate(ValueLayout.JAVA_INT, 2);
      MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
      long[] arguments = {0, SOL_SOCKET, SO_LINGER, linger.address(), length.address(), 0};
      MemorySegment function = LIBRARY.findOrThrow("getsockopt");
      for (int descriptor = begin; descriptor < end; descriptor++) {
        arguments[0] = descriptor;
        length.set(ValueLayout.JAVA_INT, 0, (int) linger.byteSize());
        if ((int) call("getsockopt", function, state, arguments) == 0
            && linger.getAtIndex(ValueLayout.JAVA_INT, 0) != 0
            && linger.getAtIndex(ValueLayout.JAVA_INT, 1) == seconds) {
          return descriptor;
        }
      }
      return -1;
    }
  }

  /** For the calling thread and those it starts. */
  static void refuseNewPrivileges() throws IOException {
    check("prctl", "PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1);
  }

  /** Binds every thread to a BPF program; the calling thread must have refused new privileges. */
  static void filterAllThreads(int seccompNumber, byte[] program) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lines = arena.allocateFrom(ValueLayout.JAVA_BYTE, program);
      MemorySegment described = arena.allocate(2 * ValueLayout.ADDRESS.byteSize());
      described.set(ValueLayout.JAVA_SHORT, 0, (short) (program.length / BPF_LINE_OCTETS));
      described.set(ValueLayout.ADDRESS, ValueLayout.ADDRESS.byteSize(), lines);
      check(
          "syscall",
          "seccomp",
          seccompNumber,
          SECCOMP_SET_MODE_FILTER,
          SECCOMP_FILTER_FLAG_TSYNC,
          described.address());
    }
  }

  static int setUmask(int mask) {
    return number("umask", mask);
  }

  static int userId() {
    return number("getuid");
  }

  static int effectiveUserId() {
    return number("geteuid");
  }

  static int effectiveGroupId() {
    return number("getegid");
  }

  private static void checkPath(String function, String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      check(function, path, arena.allocateFrom(path).address());
    }
  }

  /**
   * A call that fails with a negative result.
   *
   * @param object what the error is to name beside the function
   */
  private static int check(String function, Object object, long... arguments) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) call(function, state, arguments);
      if (result < 0) {
        int error = (int) ERRNO.get(state, 0L);
        String text = "%s %s: %s".formatted(function, object, errorText(error, state));
        throw error == EACCES ? new AccessDeniedException(text) : new IOException(text);
      }
      return result;
    }
  }

  /** A call that cannot fail, or of whose failure the result says all. */
  private static int number(String function, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call(function, arena.allocate(CALL_STATE), arguments);
    }
  }

  private static long call(String function, MemorySegment state, long... arguments) {
    long[] all = Arrays.copyOf(arguments, MOST_ARGUMENTS);
    return call(function, LIBRARY.findOrThrow(function), state, all);
  }

  /** With all of the {@link #MOST_ARGUMENTS}. */
  private static long call(String name, MemorySegment function, MemorySegment state, long[] all) {
    try {
      return (long)
          CALL.invokeExact(function, state, all[0], all[1], all[2], all[3], all[4], all[5]);
    } catch (Throwable e) {
      throw new IllegalStateException("native call " + name, e);
    }
  }

  /** What the C library says of an error's number. */
  static String errorText(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      return errorText(errno, arena.allocate(CALL_STATE));
    }
  }

  private static String errorText(int errno, MemorySegment state) {
    return MemorySegment.ofAddress(call("strerror", state, errno))
        .reinterpret(LONGEST_ERROR_TEXT)
        .getString(0);
  }
}
