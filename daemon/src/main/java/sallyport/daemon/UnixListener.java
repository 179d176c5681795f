package sallyport.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import sallyport.netperm.Location;

/**
 * A bound Unix socket of a daemon. Its file has mode 0660, or 0600 if it is for the daemon's
 * account alone, from the first moment; it belongs to the account that will serve, and to the group
 * of its folder. It is left behind when the daemon ends (from inside its jail it could not be
 * removed), and replaced at the next start.
 *
 * @param channel listening, blocking
 * @param path of the socket's file
 * @param owner the account that the socket's file belongs to: who will serve
 * @param ids with which its folder is used before the jail is entered
 */
public record UnixListener(ServerSocketChannel channel, Path path, UserPrincipal owner, FileIds ids)
    implements AutoCloseable {
  /** How many connections the kernel keeps until they are accepted. */
  public static final int BACKLOG = 128;

  /** The longest path that the kernel takes for a socket, in octets. */
  public static final int MAX_PATH = 107;

  private static final int FOR_THE_GROUP = 0117;
  private static final int FOR_THE_OWNER = 0177;

  /**
   * Binds the socket. A socket's file that nobody listens on is replaced; nothing else is ever
   * removed.
   *
   * @param path absolute
   * @param account who will serve; empty for the account that this process is
   * @param at the line of the table that asks for it
   */
  public static UnixListener bind(Path path, Optional<Account> account, Location at)
      throws StartupException {
    return bind(path, account, at + ": listen " + path + ": ", FOR_THE_GROUP);
  }

  /**
   * Binds a socket for processes of the daemon's own account only, mode 0600; otherwise as {@link
   * #bind}.
   *
   * @param path absolute
   * @param account who will serve; empty for the account that this process is
   */
  public static UnixListener bindForOwner(Path path, Optional<Account> account)
      throws StartupException {
    return bind(path, account, path + ": ", FOR_THE_OWNER);
  }

  private static UnixListener bind(Path path, Optional<Account> account, String where, int umask)
      throws StartupException {
    if (path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_PATH) {
      throw new StartupException(
          ExitCode.CONFIG, where + "a socket's path has at most " + MAX_PATH + " octets");
    }
    try {
      Path folder = Optional.ofNullable(path.getParent()).orElseThrow();
      if (Files.isRegularFile(folder)) {
        throw new StartupException(ExitCode.CANNOT_CREATE, where + folder + " is not a folder");
      }
      FileIds ids = FileIds.of(folder, account);
      return ids.use(() -> {
        removeStale(path, where);
        ServerSocketChannel channel = bound(path, umask);
        try {
          giveTo(path, folder, account);
          return new UnixListener(
              channel, path, Files.getOwner(path, LinkOption.NOFOLLOW_LINKS), ids);
        } catch (IOException e) {
          channel.close();
          throw e;
        }
      });
    } catch (NoSuchFileException e) {
      throw new StartupException(ExitCode.CANNOT_CREATE, where + "there is no such folder", e);
    } catch (AccessDeniedException e) {
      throw new StartupException(ExitCode.CANNOT_CREATE, where + mayNot(path, account), e);
    } catch (IOException e) {
      throw new StartupException(ExitCode.UNAVAILABLE, where + e.getMessage(), e);
    }
  }

  private static String mayNot(Path path, Optional<Account> account) {
    String who = account.map(to -> "root, or the account " + to.name()).orElse("this account");
    return "permission denied in %s; expected a folder of %s".formatted(path.getParent(), who);
  }

  /** Where the kernel has not done it already. */
  private static void giveTo(Path path, Path folder, Optional<Account> account) throws IOException {
    if (account.isPresent()) {
      give(path, "unix:gid", Files.getAttribute(folder, "unix:gid"));
      give(path, "unix:uid", account.get().uid());
    }
  }

  private static void give(Path path, String id, Object wanted) throws IOException {
    if (!Files.getAttribute(path, id, LinkOption.NOFOLLOW_LINKS).equals(wanted)) {
      Files.setAttribute(path, id, wanted, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** A connection to itself, to be rehearsed with before the jail is entered. */
  public SocketChannel connect() throws IOException, StartupException {
    return ids.use(() -> SocketChannel.open(UnixDomainSocketAddress.of(path)));
  }

  private static ServerSocketChannel bound(Path path, int umask) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    int before = Kernel.setUmask(umask);
    try {
      channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw "Permission denied".equals(e.getMessage())
          ? (IOException) new AccessDeniedException(path.toString()).initCause(e)
          : e;
    } finally {
      Kernel.setUmask(before);
    }
  }

  private static void removeStale(Path path, String where) throws IOException, StartupException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & 0170000) != 0140000) {
      throw new StartupException(
          ExitCode.CANNOT_CREATE, where + "there is something that is no socket; remove it first");
    }
    if (answers(path)) {
      throw new StartupException(
          ExitCode.UNAVAILABLE, where + "another process listens there (is it running already?)");
    }
    Files.delete(path);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes no more connections; those that were accepted live on. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was ever sent through it, so nothing is lost.
    }
  }
}
