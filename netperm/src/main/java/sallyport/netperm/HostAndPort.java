package sallyport.netperm;

import java.util.regex.Pattern;

/**
 * A server to connect to.
 *
 * @param host a domain name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record HostAndPort(String host, int port) {
  private static final int MAX_PORT = 65535;
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern NUMBER_LAST = Pattern.compile("(.*\\.)?[0-9]+");

  /**
   * Reads {@code HOST}, {@code HOST:PORT}, {@code [IPV6]} or {@code [IPV6]:PORT}.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what was expected
   */
  public static HostAndPort parse(String text, int defaultPort) {
    try {
      return text.startsWith("[") ? bracketed(text, defaultPort) : plain(text, defaultPort);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Problem.shown(text) + ": expected HOST, HOST:PORT or [IPV6-ADDRESS]:PORT", e);
    }
  }

  private static HostAndPort bracketed(String text, int defaultPort) {
    int close = text.indexOf(']');
    String rest = close < 0 ? "?" : text.substring(close + 1);
    if (!rest.isEmpty() && !rest.startsWith(":")) {
      throw new IllegalArgumentException("nothing but a port may follow the bracket");
    }
    String host = text.substring(1, close);
    if (host.indexOf(':') < 0) {
      throw new IllegalArgumentException("brackets hold IPv6 addresses only");
    }
    Literals.address(host);
    return new HostAndPort(host, rest.isEmpty() ? defaultPort : port(rest.substring(1), 1));
  }

  private static HostAndPort plain(String text, int defaultPort) {
    int colon = text.indexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    boolean name = Literals.isDomain(host) && !NUMBER_LAST.matcher(host).matches();
    if (!name && !Literals.isIpv4(host)) {
      throw new IllegalArgumentException("neither a name nor an address");
    }
    return new HostAndPort(host, colon < 0 ? defaultPort : port(text.substring(colon + 1), 1));
  }

  static int port(String text, int least) {
    if (!PORT.matcher(text).matches()) {
      throw new IllegalArgumentException("not a port number");
    }
    int port = Integer.parseInt(text);
    if (port < least || port > MAX_PORT) {
      throw new IllegalArgumentException("not a port number");
    }
    return port;
  }

  /** As a table would say it, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
