package sallyport.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import sallyport.netperm.HostAndPort;

/**
 * The addresses of the servers that a table names: literals as they are, names from the hosts file
 * read at start and from the configured name servers. A found address is used for {@link #FRESH};
 * after that, if nobody can tell, the last one known is used further. Knows as many names as the
 * table has servers, so ask for none that a peer has said.
 *
 * <p>Safe for all threads. While one thread asks anew the others go on with the last answer.
 */
public final class ServerAddresses {

  /** How long an answer is used without asking again. */
  public static final Duration FRESH = Duration.ofSeconds(60);

  private final DnsNames names;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(List<InetAddress> addresses, long since) {}

  /** Knows no server yet. */
  public ServerAddresses(DnsNames names) {
    this(names, System::nanoTime);
  }

  ServerAddresses(DnsNames names, LongSupplier nanoTime) {
    this.names = names;
    this.nanoTime = nanoTime;
  }

  /**
   * The addresses of a server, in the order in which to try them; at least one. Each bears the
   * server's name, so that nobody will ask for it. May take as long as {@link
   * DnsNames#addressesOf}.
   *
   * @throws IOException if there is none, or nobody can tell now; the message says which
   */
  public List<InetSocketAddress> of(HostAndPort server) throws IOException {
    return addresses(server.host()).stream()
        .map(address -> new InetSocketAddress(address, server.port()))
        .toList();
  }

  private List<InetAddress> addresses(String host) throws IOException {
    try {
      InetAddress literal = InetAddress.ofLiteral(host);
      // With a name of its own, so that nobody asks for one.
      return List.of(InetAddress.getByAddress(host, literal.getAddress()));
    } catch (IllegalArgumentException e) {
      return named(host);
    }
  }

  private List<InetAddress> named(String host) throws IOException {
    Known last = known.get(host);
    if (last == null) {
      return asked(host);
    }
    long now = nanoTime.getAsLong();
    if (now - last.since() < FRESH.toNanos()
        || !known.replace(host, last, new Known(last.addresses(), now))) {
      return last.addresses();
    }
    try {
      return asked(host);
    } catch (IOException e) {
      return last.addresses();
    }
  }

  private List<InetAddress> asked(String host) throws IOException {
    List<InetAddress> found = names.addressesOf(host);
    known.put(host, new Known(found, nanoTime.getAsLong()));
    return found;
  }
}
