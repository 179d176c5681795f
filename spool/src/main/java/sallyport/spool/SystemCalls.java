package sallyport.spool;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the JDK does not offer: renameat2(2) with RENAME_NOREPLACE, and syncfs(2). */
final class SystemCalls {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_NOREPLACE = 1;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;

  private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker LINKER = Linker.nativeLinker();
  private static final ValueLayout.OfLong REGISTER = ValueLayout.JAVA_LONG;

  /**
   * Every call as the processor sees it, five whole registers in and one out: on x86-64 and aarch64
   * a function takes what it wants of them, and of its {@code int} result the lower half counts.
   * One shape for all, since the JDK takes some milliseconds at start for each.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(REGISTER, REGISTER, REGISTER, REGISTER, REGISTER, REGISTER),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private static final MemorySegment RENAMEAT2 = function("renameat2");
  private static final MemorySegment OPEN = function("open");
  private static final MemorySegment SYNCFS = function("syncfs");
  private static final MemorySegment CLOSE = function("close");
  private static final MemorySegment STRERROR = function("strerror");
  private static final int ERROR_TEXT = 256;
  private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0200000 | 02000000;

  private SystemCalls() {}

  /** Moves a name; never replaces one. */
  static void rename(Path from, Path to) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      long result =
          call(
              RENAMEAT2,
              state,
              AT_FDCWD,
              arena.allocateFrom(from.toString()).address(),
              AT_FDCWD,
              arena.allocateFrom(to.toString()).address(),
              RENAME_NOREPLACE);
      if ((int) result != 0) {
        throw failure(from, to, state);
      }
    }
  }

  /** Forces all that any process has written to the file system of this folder. */
  static void syncFileSystem(Path folder) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      MemorySegment name = arena.allocateFrom(folder.toString());
      int descriptor = (int) call(OPEN, state, name.address(), O_RDONLY_DIRECTORY_CLOEXEC, 0, 0, 0);
      if (descriptor < 0) {
        throw failure(folder, null, state);
      }
      int synced = (int) call(SYNCFS, state, descriptor, 0, 0, 0, 0);
      MemorySegment stateOfClose = arena.allocate(ERRNO_LAYOUT);
      int closed = (int) call(CLOSE, stateOfClose, descriptor, 0, 0, 0, 0);
      if (synced != 0) {
        throw failure(folder, null, state);
      }
      if (closed != 0) {
        throw failure(folder, null, stateOfClose);
      }
    }
  }

  private static IOException failure(Path from, @Nullable Path to, MemorySegment state) {
    String other = to == null ? null : to.toString();
    int errno = (int) ERRNO.get(state, 0L);
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(from.toString(), other, null);
      case EEXIST -> new FileAlreadyExistsException(from.toString(), other, null);
      default -> new FileSystemException(from.toString(), other, text(errno, state));
    };
  }

  private static String text(int errno, MemorySegment state) {
    return MemorySegment.ofAddress(call(STRERROR, state, errno, 0, 0, 0, 0))
        .reinterpret(ERROR_TEXT)
        .getString(0, StandardCharsets.UTF_8);
  }

  private static long call(
      MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e) {
    try {
      return (long) CALL.invokeExact(function, state, a, b, c, d, e);
    } catch (Throwable cause) {
      throw new IllegalStateException("a call of the C library cannot be made", cause);
    }
  }

  private static MemorySegment function(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }
}
