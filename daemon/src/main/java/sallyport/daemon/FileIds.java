package sallyport.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * With which ids a folder's files are used by a process that is still root: those of the account
 * that will serve, where the folder is its own. So root needs no power over others' files, and what
 * is made there belongs to that account and to the folder's group from the first moment.
 *
 * @param uid 0 for root as it is
 * @param gid the group of the folder, or 0
 */
public record FileIds(int uid, int gid) {
  private static final FileIds AS_IT_IS = new FileIds(0, 0);

  /** Work with files. */
  interface Work<T> {
    T run() throws IOException, StartupException;
  }

  static FileIds of(Path folder, Optional<Account> account) throws IOException {
    Object owner = Files.getAttribute(folder, "unix:uid");
    if (Kernel.effectiveUserId() != 0 || account.filter(to -> owner.equals(to.uid())).isEmpty()) {
      return AS_IT_IS;
    }
    return new FileIds(account.get().uid(), (int) Files.getAttribute(folder, "unix:gid"));
  }

  /** Does it on this thread, which must be one of the platform. */
  <T> T use(Work<T> work) throws IOException, StartupException {
    if (uid == 0) {
      return work.run();
    }
    Kernel.useFilesAs(uid, gid);
    try {
      return work.run();
    } finally {
      Kernel.useFilesAs(0, 0);
    }
  }
}
