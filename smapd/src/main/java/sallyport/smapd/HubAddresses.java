package sallyport.smapd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import sallyport.netperm.HostAndPort;

/** Finds the addresses of hubs without the C resolver. */
interface HubAddresses {

  /**
   * The addresses of a hub, in the order in which to try them; at least one.
   *
   * @throws IOException if there is none, or nobody can tell now; the message says which
   */
  List<InetSocketAddress> of(HostAndPort hub) throws IOException;
}
