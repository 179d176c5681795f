package sallyport.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import sallyport.netperm.ListenAddress;

/**
 * The bound sockets of one daemon, in the order of the table. They are bound in {@link
 * Service#prepare}, while the process may still be root, and served later.
 *
 * <p>A socket without an address serves IPv4 and IPv6; so does {@code 0.0.0.0}, because the JDK
 * knows no socket for IPv4 only. The two together on one port are therefore an error, as is any
 * address beside one that covers it.
 *
 * @param <S> the kind of socket that the caller supplies
 */
public final class Listeners<S extends ServerSocket> implements AutoCloseable {
  /** How many connections the kernel keeps until they are accepted (it may lower this itself). */
  public static final int BACKLOG = 511;

  /** Makes a socket that is not bound yet: {@code ServerSocket::new}, or one of a caller's own. */
  @FunctionalInterface
  public interface Maker<S extends ServerSocket> {
    /** A new socket. */
    S unbound() throws IOException;
  }

  private final List<ListenAddress> wanted;
  private final List<S> sockets;

  private Listeners(List<ListenAddress> wanted, List<S> sockets) {
    this.wanted = List.copyOf(wanted);
    this.sockets = List.copyOf(sockets);
  }

  /** Binds all of them, or none and says which line of the table cannot be had, and why. */
  public static <S extends ServerSocket> Listeners<S> bind(
      List<ListenAddress> wanted, Maker<S> maker) throws StartupException {
    refuseOverlaps(wanted);
    List<S> bound = new ArrayList<>();
    try {
      for (ListenAddress address : wanted) {
        bound.add(bindOne(address, maker));
      }
      return new Listeners<>(wanted, bound);
    } catch (StartupException e) {
      bound.forEach(Listeners::closeQuietly);
      throw e;
    }
  }

  /** The sockets, bound and listening. */
  public List<S> sockets() {
    return sockets;
  }

  /** Shows each with what the table says of it, in the order of the table. */
  public void each(BiConsumer<S, ListenAddress> to) {
    for (int i = 0; i < sockets.size(); i++) {
      to.accept(sockets.get(i), wanted.get(i));
    }
  }

  /** Their ports, in the order of the table. */
  public List<Integer> ports() {
    return sockets.stream().map(ServerSocket::getLocalPort).toList();
  }

  /** Writes {@link Event#LISTENING} for each. */
  public void announce(EventLog log) {
    each((socket, at) -> {
      InetAddress address = socket.getInetAddress();
      String host = address.isAnyLocalAddress() ? "*" : bracketed(address.getHostAddress());
      Field where = Field.of("address", host + ":" + socket.getLocalPort());
      ListenAddress.Tls tls = at.tls();
      if (tls == ListenAddress.Tls.NONE) {
        log.write(Event.LISTENING, where);
      } else {
        log.write(Event.LISTENING, where, Field.of("tls", tls.word()));
      }
    });
  }

  /** Closes all sockets; connections that were accepted from them live on. */
  @Override
  public void close() {
    sockets.forEach(Listeners::closeQuietly);
  }

  private static <S extends ServerSocket> S bindOne(ListenAddress wanted, Maker<S> maker)
      throws StartupException {
    S socket = null;
    try {
      socket = maker.unbound();
      socket.setReuseAddress(true);
      socket.bind(socketAddress(wanted), BACKLOG);
      return socket;
    } catch (IOException e) {
      if (socket != null) {
        closeQuietly(socket);
      }
      throw cannotBind(wanted, e);
    }
  }

  private static InetSocketAddress socketAddress(ListenAddress wanted) {
    return wanted
        .address()
        .map(address -> new InetSocketAddress(address, wanted.port()))
        .orElseGet(() -> new InetSocketAddress(wanted.port()));
  }

  private static StartupException cannotBind(ListenAddress wanted, IOException e) {
    String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    String where = wanted.at() + ": listen " + text(wanted) + ": ";
    if (reason.contains("in use")) {
      String hint = wanted.port() == 25 ? " (another mail server?)" : " (another program?)";
      return new StartupException(ExitCode.UNAVAILABLE, where + "address already in use" + hint, e);
    }
    if (reason.contains("permission")) {
      String hint = " (ports below 1024 need root or CAP_NET_BIND_SERVICE)";
      return new StartupException(ExitCode.NO_PERMISSION, where + "permission denied" + hint, e);
    }
    if (reason.contains("assign") || reason.contains("unreachable")) {
      String hint = "this host has no such address";
      return new StartupException(ExitCode.UNAVAILABLE, where + hint, e);
    }
    return new StartupException(ExitCode.UNAVAILABLE, where + e.getMessage(), e);
  }

  /** Two lines for one port, of which one covers the other, cannot both be had. */
  private static void refuseOverlaps(List<ListenAddress> wanted) throws StartupException {
    for (int i = 0; i < wanted.size(); i++) {
      for (int j = 0; j < i; j++) {
        ListenAddress one = wanted.get(j);
        ListenAddress other = wanted.get(i);
        if (one.port() == 0 || one.port() != other.port()) {
          continue;
        }
        if (coversAll(one) || coversAll(other) || one.address().equals(other.address())) {
          throw new StartupException(
              ExitCode.CONFIG,
              "%s: listen %s: %s listens on port %d already; one `listen %d` serves all addresses"
                  .formatted(other.at(), text(other), one.at(), one.port(), one.port()));
        }
      }
    }
  }

  private static boolean coversAll(ListenAddress wanted) {
    return wanted.address().map(InetAddress::isAnyLocalAddress).orElse(true);
  }

  private static String text(ListenAddress wanted) {
    Optional<String> address =
        wanted.address().map(InetAddress::getHostAddress).map(Listeners::bracketed);
    return address.map(host -> host + ":" + wanted.port()).orElse("" + wanted.port());
  }

  private static String bracketed(String address) {
    return address.indexOf(':') < 0 ? address : "[" + address + "]";
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing was ever sent through it, so nothing is lost.
    }
  }
}
