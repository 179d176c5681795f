package sallyport.smapd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.daemon.DnsNames;
import sallyport.netperm.HostAndPort;

/**
 * The addresses of hubs: literals as they are, names from the hosts file read at start and from the
 * configured name servers. A found address is used for {@link #FRESH}; after that, if nobody can
 * tell, the last one known is used further. Knows as many names as the table has hubs.
 *
 * <p>Safe for all threads.
 */
final class HubNames implements HubAddresses {

  /** How long an answer is used without asking again. */
  static final Duration FRESH = Duration.ofSeconds(60);

  private final DnsNames names;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(List<InetAddress> addresses, long since) {}

  HubNames(DnsNames names) {
    this.names = names;
  }

  @Override
  public List<InetSocketAddress> of(HostAndPort hub) throws IOException {
    return addresses(hub.host()).stream()
        .map(address -> new InetSocketAddress(address, hub.port()))
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
    if (last != null && System.nanoTime() - last.since() < FRESH.toNanos()) {
      return last.addresses();
    }
    try {
      List<InetAddress> found = names.addressesOf(host);
      known.put(host, new Known(found, System.nanoTime()));
      return found;
    } catch (IOException e) {
      if (last != null) {
        return last.addresses();
      }
      throw e;
    }
  }
}
