package sallyport.netperm;

import java.net.InetAddress;

/** Finds the name of a client. */
@FunctionalInterface
public interface NameLookup {
  /**
   * The name of an address, believed only if it leads back to that address. May wait on the
   * network, for a bounded time; never throws, trouble is {@link HostName.Reason#FAILED}.
   */
  HostName nameOf(InetAddress address);
}
