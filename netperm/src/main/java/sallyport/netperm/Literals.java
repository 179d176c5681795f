package sallyport.netperm;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Reads IP addresses and domain names as a table writes them; asks no name server. */
public final class Literals {
  static final int MAX_DOMAIN = 253;

  private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  private Literals() {}

  static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (!isOctet(part)) {
        return false;
      }
    }
    return true;
  }

  static boolean isOctet(String text) {
    return OCTET.matcher(text).matches() && Integer.parseInt(text) <= 255;
  }

  /**
   * An IPv4 address of four decimal octets, or an IPv6 address without brackets and zone.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static InetAddress address(String text) {
    if (isIpv4(text)) {
      return ofOctets(text);
    }
    if (text.indexOf(':') >= 0 && IPV6.matcher(text).matches()) {
      return Inet6Address.ofLiteral(text);
    }
    throw new IllegalArgumentException("not an IP address");
  }

  private static InetAddress ofOctets(String text) {
    String[] parts = text.split("\\.", -1);
    byte[] octets = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      octets[i] = (byte) Integer.parseInt(parts[i]);
    }
    return ofBytes(octets);
  }

  static InetAddress ofBytes(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address", e);
    }
  }

  /** Whether a text is a domain name of letters, digits, hyphens and underscores. */
  static boolean isDomain(String text) {
    if (text.isEmpty() || text.length() > MAX_DOMAIN) {
      return false;
    }
    for (String label : text.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return true;
  }
}
