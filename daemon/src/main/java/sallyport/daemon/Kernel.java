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

/**
 * The few calls of the C library that confinement needs. Those that change ids go through the C
 * library on purpose: it carries them to every thread, the bare system call would not.
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

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final FunctionDescriptor PATH_TO_INT =
      FunctionDescriptor.of(INT, ValueLayout.ADDRESS);

  private static final MethodHandle CHDIR = failing("chdir", PATH_TO_INT);
  private static final MethodHandle CHROOT = failing("chroot", PATH_TO_INT);
  private static final MethodHandle SETGROUPS =
      failing("setgroups", FunctionDescriptor.of(INT, LONG, ValueLayout.ADDRESS));
  private static final MethodHandle SETRESGID =
      failing("setresgid", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle SETRESUID =
      failing("setresuid", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle PRCTL =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("prctl"),
          FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("syscall"),
          FunctionDescriptor.of(LONG, LONG, LONG, LONG, ValueLayout.ADDRESS),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle SOCKET =
      failing("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle CONNECT =
      failing("connect", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle SEND =
      failing("send", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle CLOSE = failing("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle SETRLIMIT =
      failing("setrlimit", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS));
  private static final MethodHandle GETHOSTNAME =
      failing("gethostname", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle SETFSUID = plain("setfsuid", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle SETFSGID = plain("setfsgid", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle UMASK = plain("umask", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle GETUID = plain("getuid", FunctionDescriptor.of(INT));
  private static final MethodHandle GETEUID = plain("geteuid", FunctionDescriptor.of(INT));
  private static final MethodHandle GETEGID = plain("getegid", FunctionDescriptor.of(INT));
  private static final MethodHandle STRERROR =
      plain("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

  private Kernel() {}

  /** One prepared call; the arguments stand in the lambda. */
  private interface Call {
    int with(MemorySegment callState, Arena arena) throws Throwable;
  }

  /**
   * Makes it the working folder.
   *
   * @throws AccessDeniedException where the ids of this thread may not go
   */
  static void changeFolder(String path) throws IOException {
    check("chdir " + path, (s, arena) -> (int) CHDIR.invokeExact(s, arena.allocateFrom(path)));
  }

  static void changeRoot(String path) throws IOException {
    check("chroot " + path, (s, arena) -> (int) CHROOT.invokeExact(s, arena.allocateFrom(path)));
  }

  static void leaveAllGroups() throws IOException {
    check("setgroups", (s, arena) -> (int) SETGROUPS.invokeExact(s, 0L, MemorySegment.NULL));
  }

  static void becomeGroup(int gid) throws IOException {
    check("setresgid " + gid, (s, arena) -> (int) SETRESGID.invokeExact(s, gid, gid, gid));
  }

  static void becomeUser(int uid) throws IOException {
    check("setresuid " + uid, (s, arena) -> (int) SETRESUID.invokeExact(s, uid, uid, uid));
  }

  /**
   * Sets the ids that files are opened and made with, for the calling thread alone, which loses the
   * capabilities over others' files with them. 0 and 0 give them back.
   */
  static void useFilesAs(int uid, int gid) throws IOException {
    number(() -> (int) SETFSGID.invokeExact(gid));
    number(() -> (int) SETFSUID.invokeExact(uid));
    int group = number(() -> (int) SETFSGID.invokeExact(gid));
    int user = number(() -> (int) SETFSUID.invokeExact(uid));
    if (group != gid || user != uid) {
      throw new IOException("setfsuid " + uid + ":" + gid + ": it remains " + user + ":" + group);
    }
  }

  /** No core file, and no other process of this account may look into this one. */
  static void hideMemory() throws IOException {
    check(
        "prctl(PR_SET_DUMPABLE)",
        (s, arena) -> (int) PRCTL.invokeExact(s, PR_SET_DUMPABLE, 0L, 0L, 0L, 0L));
  }

  /** Sets soft and hard limit of one resource, for the process. */
  static void limit(int resource, long most) throws IOException {
    check(
        "setrlimit " + resource,
        (s, arena) -> {
          MemorySegment limits = arena.allocate(LONG, 2);
          limits.setAtIndex(LONG, 0, most);
          limits.setAtIndex(LONG, 1, most);
          return (int) SETRLIMIT.invokeExact(s, resource, limits);
        });
  }

  /** The name that the kernel has for this host; empty if it says none. */
  static String hostName() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment name = arena.allocate(LONGEST_HOST_NAME);
      Call ask = (s, a) -> (int) GETHOSTNAME.invokeExact(s, name, name.byteSize() - 1);
      return result(ask, state, arena) == 0 ? name.getString(0) : "";
    }
  }

  /**
   * A datagram socket of the Unix family, connected: the JDK has none.
   *
   * @param address the octets after the family; of an abstract name the first is 0
   * @return the descriptor
   */
  static int connectDatagrams(byte[] address) throws IOException {
    int socket =
        value(
            "socket", (s, a) -> (int) SOCKET.invokeExact(s, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    try {
      check(
          "connect",
          (s, arena) -> {
            MemorySegment to = arena.allocate(2L + address.length, 2);
            to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, 2, address.length);
            return (int) CONNECT.invokeExact(s, socket, to, (int) to.byteSize());
          });
      return socket;
    } catch (IOException e) {
      closeDescriptor(socket);
      throw e;
    }
  }

  /** Sends one datagram at once, or fails at once. */
  static void sendDatagram(int socket, byte[] octets) throws IOException {
    check(
        "send",
        (s, arena) -> {
          MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
          int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
          long sent = (long) SEND.invokeExact(s, socket, text, (long) octets.length, flags);
          return sent == octets.length ? 0 : -1;
        });
  }

  static void closeDescriptor(int descriptor) throws IOException {
    check("close", (s, arena) -> (int) CLOSE.invokeExact(s, descriptor));
  }

  /** For the calling thread and those it starts. */
  static void refuseNewPrivileges() throws IOException {
    check(
        "prctl(PR_SET_NO_NEW_PRIVS)",
        (s, arena) -> (int) PRCTL.invokeExact(s, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
  }

  /** Binds every thread to a BPF program; the calling thread must have refused new privileges. */
  static void filterAllThreads(int seccompNumber, byte[] program) throws IOException {
    check(
        "seccomp",
        (s, arena) -> {
          MemorySegment lines = arena.allocateFrom(ValueLayout.JAVA_BYTE, program);
          MemorySegment described = arena.allocate(2 * ValueLayout.ADDRESS.byteSize());
          described.set(ValueLayout.JAVA_SHORT, 0, (short) (program.length / BPF_LINE_OCTETS));
          described.set(ValueLayout.ADDRESS, ValueLayout.ADDRESS.byteSize(), lines);
          long result =
              (long)
                  SYSCALL.invokeExact(
                      s,
                      (long) seccompNumber,
                      SECCOMP_SET_MODE_FILTER,
                      SECCOMP_FILTER_FLAG_TSYNC,
                      described);
          return (int) result;
        });
  }

  static int setUmask(int mask) {
    return number(() -> (int) UMASK.invokeExact(mask));
  }

  static int userId() {
    return number(() -> (int) GETUID.invokeExact());
  }

  static int effectiveUserId() {
    return number(() -> (int) GETEUID.invokeExact());
  }

  static int effectiveGroupId() {
    return number(() -> (int) GETEGID.invokeExact());
  }

  private interface IntCall {
    int make() throws Throwable;
  }

  private static int number(IntCall call) {
    try {
      return call.make();
    } catch (Throwable e) {
      throw new IllegalStateException("native call", e);
    }
  }

  private static void check(String what, Call call) throws IOException {
    value(what, call);
  }

  private static int value(String what, Call call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = result(call, state, arena);
      if (result < 0) {
        int error = (int) ERRNO.get(state, 0L);
        String text = what + ": " + errorText(error);
        throw error == EACCES ? new AccessDeniedException(text) : new IOException(text);
      }
      return result;
    }
  }

  private static int result(Call call, MemorySegment state, Arena arena) {
    return number(() -> call.with(state, arena));
  }

  private static String errorText(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(LONGEST_ERROR_TEXT).getString(0);
    } catch (Throwable e) {
      return "error " + errno;
    }
  }

  private static MethodHandle failing(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LIBRARY.findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle plain(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LIBRARY.findOrThrow(name), descriptor);
  }
}
