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
  private static final MethodHandle RENAMEAT2 =
      downcall(
          "renameat2",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle STRERROR =
      downcall("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  private static final int ERROR_TEXT = 256;

  private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0200000 | 02000000;
  private static final MethodHandle OPEN =
      downcall(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle SYNCFS =
      downcall(
          "syncfs",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle CLOSE =
      downcall("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private SystemCalls() {}

  /** Moves a name; never replaces one. */
  static void rename(Path from, Path to) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      int result =
          (int)
              RENAMEAT2.invokeExact(
                  state,
                  AT_FDCWD,
                  arena.allocateFrom(from.toString()),
                  AT_FDCWD,
                  arena.allocateFrom(to.toString()),
                  RENAME_NOREPLACE);
      if (result != 0) {
        throw failure(from, to, (int) ERRNO.get(state, 0L));
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("renameat2 cannot be called", e);
    }
  }

  /** Forces all that any process has written to the file system of this folder. */
  static void syncFileSystem(Path folder) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      MemorySegment name = arena.allocateFrom(folder.toString());
      int descriptor = (int) OPEN.invokeExact(state, name, O_RDONLY_DIRECTORY_CLOEXEC);
      if (descriptor < 0) {
        throw failure(folder, null, (int) ERRNO.get(state, 0L));
      }
      int result = (int) SYNCFS.invokeExact(state, descriptor);
      int errno = (int) ERRNO.get(state, 0L);
      int closed = (int) CLOSE.invokeExact(descriptor);
      if (result != 0 || closed != 0) {
        throw failure(folder, null, errno);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("syncfs cannot be called", e);
    }
  }

  private static IOException failure(Path from, @Nullable Path to, int errno) throws Throwable {
    String other = to == null ? null : to.toString();
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(from.toString(), other, null);
      case EEXIST -> new FileAlreadyExistsException(from.toString(), other, null);
      default -> new FileSystemException(from.toString(), other, text(errno));
    };
  }

  private static String text(int errno) throws Throwable {
    MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
    return text.reinterpret(ERROR_TEXT).getString(0, StandardCharsets.UTF_8);
  }

  private static MethodHandle downcall(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
  }
}
