package sallyport.netperm;

import java.net.InetAddress;
import java.util.List;

/** Addresses and networks; names are not possible. Immutable. */
public final class AddressSet {
  private final List<Network> networks;

  private AddressSet(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * Reads addresses and networks in any form of {@link HostPattern}.
   *
   * @throws IllegalArgumentException if one is none; the message says what was expected
   */
  public static AddressSet of(List<String> patterns) {
    return new AddressSet(patterns.stream().map(Network::parse).toList());
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }

  public boolean contains(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
