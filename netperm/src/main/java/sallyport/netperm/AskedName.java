package sallyport.netperm;

import java.net.InetAddress;

/** The name of one client during one decision: asked for when first wanted, and then kept. */
final class AskedName {
  private final InetAddress address;
  private final NameLookup names;
  private HostName name = new HostName.Unknown(HostName.Reason.NOT_ASKED);
  private boolean asked;

  AskedName(InetAddress address, NameLookup names) {
    this.address = address;
    this.names = names;
  }

  HostName get() {
    if (!asked) {
      asked = true;
      name = names.nameOf(address);
    }
    return name;
  }

  HostName soFar() {
    return name;
  }
}
