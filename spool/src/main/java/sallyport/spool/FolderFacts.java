package sallyport.spool;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** What stat tells about a folder. */
record FolderFacts(Path path, int user, int group, int mode, long device) {
  private static final int TYPE_MASK = 0170000;
  private static final int FOLDER = 0040000;
  private static final int MODE_MASK = 07777;

  /** Looks at a folder; follows no link. */
  static FolderFacts of(Path path) throws SpoolException {
    Map<String, Object> facts;
    try {
      facts = Files.readAttributes(path, "unix:mode,uid,gid,dev", NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw new SpoolException(path + " is missing; expected a folder", e);
    } catch (AccessDeniedException e) {
      throw new SpoolException(path + " lies in a folder that this account may not enter", e);
    } catch (IOException e) {
      throw new SpoolException(path + " cannot be looked at (" + e + "); expected a folder", e);
    }
    int mode = number(facts, "mode").intValue();
    if ((mode & TYPE_MASK) != FOLDER) {
      throw new SpoolException(path + " is not a folder; expected one, and no link to one");
    }
    return new FolderFacts(
        path,
        number(facts, "uid").intValue(),
        number(facts, "gid").intValue(),
        mode & MODE_MASK,
        number(facts, "dev").longValue());
  }

  private static Number number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Number number ? number : -1;
  }

  void require(String who, int expectedUser, int expectedGroup, int expectedMode)
      throws SpoolException {
    if (user != expectedUser || group != expectedGroup || mode != expectedMode) {
      throw new SpoolException(
          String.format(
              "%s belongs to user %d group %d, mode %04o; expected %s: user %d group %d, mode %04o",
              path, user, group, mode, who, expectedUser, expectedGroup, expectedMode));
    }
  }

  void requireOwner(int expectedUser) throws SpoolException {
    if (user != expectedUser) {
      throw new SpoolException(
          path
              + " belongs to user "
              + user
              + "; expected user "
              + expectedUser
              + ", which runs this program unconfined");
    }
  }

  /** The user that this process acts as. */
  static int ownUser() {
    Linker linker = Linker.nativeLinker();
    try {
      return (int)
          linker
              .downcallHandle(
                  linker.defaultLookup().findOrThrow("geteuid"),
                  FunctionDescriptor.of(ValueLayout.JAVA_INT))
              .invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("geteuid cannot be called", e);
    }
  }
}
