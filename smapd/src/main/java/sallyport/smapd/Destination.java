package sallyport.smapd;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.netperm.HostAndPort;

/** Where mail is handed to. Its text form is what the log shows. */
public sealed interface Destination {
  /**
   * Mail servers that do the same for us.
   *
   * @param inOrder from 1 to {@link #MOST}; a later one is used while those before it take no
   *     connection
   * @param tls how they are spoken to
   */
  record Hubs(List<HostAndPort> inOrder, ClientTlsOptions tls) implements Destination {
    /** Bounds the time of one attempt. */
    public static final int MOST = 8;

    /** Checks how many there are. */
    public Hubs {
      inOrder = List.copyOf(inOrder);
      if (inOrder.isEmpty() || inOrder.size() > MOST) {
        throw new IllegalArgumentException("expected from 1 to " + MOST + " hosts");
      }
    }

    /** One that is spoken to without TLS. */
    static Hubs of(HostAndPort hub) {
      return new Hubs(List.of(hub), ClientTlsOptions.off());
    }

    @Override
    public String toString() {
      return inOrder.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }
  }

  /**
   * A program of this host that is called as sendmail is.
   *
   * @param path absolute
   */
  record Program(Path path) implements Destination {
    /** Checks that no other program can be meant when the working folder changes. */
    public Program {
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("a program without an absolute path");
      }
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
