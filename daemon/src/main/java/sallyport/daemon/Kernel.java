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
  private static final int PR_SET_NO_NEW_PRIVS = 38;
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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      if (result(call, state, arena) != 0) {
        throw new IOException(what + ": " + errorText((int) ERRNO.get(state, 0L)));
      }
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
