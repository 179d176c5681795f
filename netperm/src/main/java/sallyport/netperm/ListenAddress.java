package sallyport.netperm;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where to listen, and how TLS begins there.
 *
 * @param address empty for all addresses, IPv4 and IPv6, by one socket
 * @param port 0 lets the system choose
 * @param tls the last word of the line
 * @param at the line that says so, for messages about a failed bind
 */
public record ListenAddress(Optional<InetAddress> address, int port, Tls tls, Location at) {

  /** How TLS begins. */
  public enum Tls {
    /** Never. */
    NONE("none"),
    /** With the first octet. */
    TLS("tls"),
    /** By a command, if the client wants it. */
    STARTTLS("starttls"),
    /** By a command, and without it there is no mail. */
    STARTTLS_REQUIRED("starttls-required");

    private final String word;

    Tls(String word) {
      this.word = word;
    }

    /** As the table writes it. */
    public String word() {
      return word;
    }

    static Optional<Tls> of(String word) {
      return Arrays.stream(values()).filter(t -> t != NONE && t.word.equals(word)).findFirst();
    }
  }

  /** One without TLS. */
  public ListenAddress(Optional<InetAddress> address, int port, Location at) {
    this(address, port, Tls.NONE, at);
  }

  /**
   * Reads {@code PORT}, {@code *:PORT}, {@code 192.0.2.1:PORT} or {@code [2001:db8::1]:PORT}.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what was expected
   */
  static ListenAddress parse(String text, Tls tls, Location at) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "*" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    try {
      return new ListenAddress(address(host), HostAndPort.port(port, 0), tls, at);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Problem.shown(text) + ": expected PORT, ADDRESS:PORT or [IPV6-ADDRESS]:PORT", e);
    }
  }

  private static Optional<InetAddress> address(String host) {
    if (host.equals("*")) {
      return Optional.empty();
    }
    boolean brackets = host.startsWith("[") && host.endsWith("]");
    if (!brackets && host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 address without brackets");
    }
    return Optional.of(Literals.address(brackets ? host.substring(1, host.length() - 1) : host));
  }
}
