package sallyport.smapd;

import java.util.List;
import java.util.stream.Collectors;
import sallyport.netperm.HostAndPort;

/** Where mail is handed to. Its text form is what the log shows. */
public sealed interface Destination {
  /**
   * Mail servers that do the same for us.
   *
   * @param inOrder at least one; a later one is used while those before it take no connection
   */
  record Hubs(List<HostAndPort> inOrder) implements Destination {
    /** Checks that there is one. */
    public Hubs {
      inOrder = List.copyOf(inOrder);
      if (inOrder.isEmpty()) {
        throw new IllegalArgumentException("a destination without a hub");
      }
    }

    static Hubs of(HostAndPort hub) {
      return new Hubs(List.of(hub));
    }

    @Override
    public String toString() {
      return inOrder.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }
  }
}
