package sallyport.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from root to an account that can do little, once, before anything is served; or the check
 * that there is nothing to leave. Every thread is asked for at the kernel afterwards, and a process
 * that is not as it should be does not serve.
 */
public final class Confinement {
  private static final int UMASK = 0027;
  private static final int UMASK_OF_COMMANDS = 0077;
  private static final Path OUTSIDE_ROOT = Path.of("/");

  /** How many threads the account of a jailed daemon may have, in all its processes. */
  public static final int MAX_THREADS = 4096;

  // asm-generic/resource.h
  private static final int RLIMIT_CORE = 4;
  private static final int RLIMIT_NPROC = 6;

  // linux/capability.h
  private static final int CAP_SETGID = 6;
  private static final int CAP_SETUID = 7;
  private static final int CAP_SYS_CHROOT = 18;

  private static final int WRITABLE_BY_ALL = 0002;
  private static final int PERMISSIONS = 07777;

  /**
   * What the process is now.
   *
   * @param root where files are found: {@code /} in a chroot, else the configured directory
   * @param threads how many threads were checked; 0 when there was nothing to leave
   */
  public record Confined(Path root, int threads) {}

  private Confinement() {}

  /**
   * Whether this process is root, having checked that the table agrees with it. To be asked before
   * anything else is done.
   */
  public static Startup.Privileges privileges(DaemonConfig config) throws StartupException {
    Kernel.setUmask(UMASK);
    int uid = Kernel.effectiveUserId();
    if (uid != 0 && Kernel.userId() != 0) {
      refuseForeignAccount(config, uid, Kernel.effectiveGroupId());
      return Startup.Privileges.NONE;
    }
    if (config.account().isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG,
          "started as root, and the table has no userid for "
              + config.application()
              + ": root never serves");
    }
    return Startup.Privileges.TO_BE_DROPPED;
  }

  /**
   * Sees that root has here what it needs to leave itself behind: a service manager or a container
   * may have taken it away, and what would fail later would not say so.
   */
  static void requirePowers(Jail jail) throws StartupException {
    try {
      long effective = ProcessView.ownCapabilities();
      List<String> missing = new ArrayList<>();
      note(missing, effective, CAP_SETGID, "CAP_SETGID");
      note(missing, effective, CAP_SETUID, "CAP_SETUID");
      if (jail == Jail.CHROOT) {
        note(missing, effective, CAP_SYS_CHROOT, "CAP_SYS_CHROOT");
      }
      if (!missing.isEmpty()) {
        throw new StartupException(
            ExitCode.NO_PERMISSION,
            "root lacks %s here; a unit's CapabilityBoundingSet= or a container must leave it"
                .formatted(String.join(", ", missing)));
      }
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, "confinement: " + e.getMessage(), e);
    }
  }

  private static void note(List<String> missing, long effective, int number, String name) {
    if (((effective >>> number) & 1) == 0) {
      missing.add(name);
    }
  }

  /**
   * Says to the kernel that this thread, and all that it starts from now on, gain no privileges by
   * starting a program. A jail without chroot must do without: its program may need them.
   */
  static void refuseNewPrivileges(Jail jail) throws StartupException {
    if (jail == Jail.CHROOT) {
      try {
        Kernel.refuseNewPrivileges();
      } catch (IOException e) {
        throw new StartupException(ExitCode.OS, "confinement: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Leaves no trace of this process's memory: no core file, and nothing to be read by other
   * processes of its account. To be called when its ids are those it will serve with.
   */
  static void hideMemory() throws StartupException {
    try {
      Kernel.limit(RLIMIT_CORE, 0);
      Kernel.hideMemory();
    } catch (IOException e) {
      throw new StartupException(ExitCode.OS, "confinement: " + e.getMessage(), e);
    }
  }

  /** Confines a process that is root, for ever. If this throws, the process must end. */
  public static Confined enter(DaemonConfig config, Jail jail) throws StartupException {
    Account account = config.account().orElseThrow();
    if (account.uid() <= 0 || account.gid() <= 0) {
      throw new StartupException(ExitCode.CONFIG, "userid or groupid is root's");
    }
    Path directory = realDirectory(config.directory());
    refuseFolderOfAll(directory);
    try (ProcessView view = ProcessView.open()) {
      Object root = ProcessView.identity(jail == Jail.CHROOT ? directory : OUTSIDE_ROOT);
      Object folder = ProcessView.identity(directory);
      if (jail == Jail.CHROOT) {
        view.noteOpenFolders(directory);
      }
      // Files as the account: a root without power over others' files can go where it may.
      Kernel.useFilesAs(account.uid(), account.gid());
      enterFolder(directory, account);
      if (jail == Jail.CHROOT) {
        Kernel.changeRoot(".");
        Kernel.changeFolder("/");
      }
      become(account);
      int threads =
          view.checkThreads(new ProcessView.Expected(account.uid(), account.gid(), root, folder));
      if (jail == Jail.CHROOT) {
        view.checkOpenFolders();
        Kernel.limit(RLIMIT_NPROC, MAX_THREADS);
      }
      return new Confined(jail == Jail.CHROOT ? Path.of("/") : directory, threads);
    } catch (IOException e) {
      throw new StartupException(
          ExitCode.NO_PERMISSION, "confinement does not hold: " + e.getMessage(), e);
    }
  }

  /** What anybody may put into a root folder could pass for what the daemon looks for there. */
  private static void refuseFolderOfAll(Path directory) throws StartupException {
    int mode;
    try {
      mode = (int) Files.getAttribute(directory, "unix:mode") & PERMISSIONS;
    } catch (IOException e) {
      throw new StartupException(ExitCode.CANNOT_CREATE, "directory " + directory + ": " + e, e);
    }
    if ((mode & WRITABLE_BY_ALL) != 0) {
      throw new StartupException(
          ExitCode.NO_PERMISSION,
          "directory %s: mode %04o, every account may write there; expected none to but its owner"
              .formatted(directory, mode));
    }
  }

  private static void enterFolder(Path directory, Account account)
      throws IOException, StartupException {
    try {
      Kernel.changeFolder(directory.toString());
    } catch (AccessDeniedException e) {
      throw new StartupException(
          ExitCode.NO_PERMISSION,
          "directory %s: the account %s (%d:%d) may not enter it, or a folder above it"
              .formatted(directory, account.name(), account.uid(), account.gid()),
          e);
    }
  }

  /**
   * For a command that works on a daemon's own files: becomes the daemon's account for ever if this
   * process is root, and otherwise refuses whoever is not that account already. Where the table
   * names no account, the owner of {@code directory} is meant. Nothing is left of root's groups,
   * and files made from now on are for their owner alone. To be called before anything is opened;
   * if this throws, the process must end.
   *
   * @throws StartupException with {@link ExitCode#NO_PERMISSION} for another account, {@link
   *     ExitCode#CONFIG} for root where the table names no account, {@link ExitCode#CANNOT_CREATE}
   *     without the folder
   */
  public static void becomeAccount(DaemonConfig config) throws StartupException {
    Kernel.setUmask(UMASK_OF_COMMANDS);
    int uid = Kernel.effectiveUserId();
    boolean root = uid == 0 || Kernel.userId() == 0;
    if (root && config.account().isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIG,
          "started as root, and the table has no userid for " + config.application());
    }
    if (root) {
      becomeForGood(config.account().orElseThrow());
    } else if (config.account().isPresent()) {
      refuseForeignAccount(config, uid, Kernel.effectiveGroupId());
    } else {
      refuseAllButTheOwner(realDirectory(config.directory()), uid);
    }
  }

  private static void becomeForGood(Account account) throws StartupException {
    try (ProcessView view = ProcessView.open()) {
      Object root = ProcessView.identity(OUTSIDE_ROOT);
      Object folder = ProcessView.identity(Path.of(""));
      become(account);
      view.checkThreads(new ProcessView.Expected(account.uid(), account.gid(), root, folder));
    } catch (IOException e) {
      throw new StartupException(
          ExitCode.NO_PERMISSION, "cannot become " + account.name() + ": " + e.getMessage(), e);
    }
  }

  private static void refuseAllButTheOwner(Path directory, int uid) throws StartupException {
    try {
      Object owner = Files.getAttribute(directory, "unix:uid");
      if (!owner.equals(uid)) {
        throw new StartupException(
            ExitCode.NO_PERMISSION,
            "directory %s belongs to account %s, but this process is %d"
                .formatted(directory, owner, uid));
      }
    } catch (IOException e) {
      throw new StartupException(ExitCode.NO_PERMISSION, "directory " + directory + ": " + e, e);
    }
  }

  private static void become(Account account) throws IOException {
    Kernel.leaveAllGroups();
    Kernel.becomeGroup(account.gid());
    Kernel.becomeUser(account.uid());
  }

  private static Path realDirectory(Path directory) throws StartupException {
    try {
      Path real = directory.toRealPath();
      if (!Files.isDirectory(real) || real.getNameCount() == 0) {
        throw new StartupException(
            ExitCode.CANNOT_CREATE, "directory " + directory + ": not a folder below /");
      }
      return real;
    } catch (NoSuchFileException e) {
      throw new StartupException(
          ExitCode.CANNOT_CREATE, "directory " + directory + ": there is no such folder", e);
    } catch (AccessDeniedException e) {
      throw new StartupException(
          ExitCode.NO_PERMISSION, "directory " + directory + ": a folder above is closed to us", e);
    } catch (IOException e) {
      throw new StartupException(ExitCode.CANNOT_CREATE, "directory " + directory + ": " + e, e);
    }
  }

  private static void refuseForeignAccount(DaemonConfig config, int uid, int gid)
      throws StartupException {
    if (config.account().isEmpty()) {
      return;
    }
    Account account = config.account().get();
    if (account.uid() != uid || account.gid() != gid) {
      throw new StartupException(
          ExitCode.NO_PERMISSION,
          "the table asks for userid %s (%d:%d), but this process is %d:%d; expected that or root"
              .formatted(account.name(), account.uid(), account.gid(), uid, gid));
    }
  }
}
