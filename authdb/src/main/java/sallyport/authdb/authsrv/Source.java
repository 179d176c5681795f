package sallyport.authdb.authsrv;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Where a login comes from: the address, and the network that it is counted by (IPv4 /24, IPv6
 * /64). Behind one network there may be many people; behind one person hardly more than one.
 *
 * @param address literal, in the one form that Java writes
 * @param network literal with its prefix length
 * @param key the network as a number; an IPv4 network has that of an IPv6 one that nobody has
 */
record Source(String address, String network, long key) {
  private static final int IPV4_OCTETS = 4;
  private static final int HOST_OCTET = 0xff;

  /**
   * Reads a literal.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Source of(String literal) {
    InetAddress address = InetAddress.ofLiteral(literal);
    byte[] octets = address.getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    if (octets.length == IPV4_OCTETS) {
      int network = buffer.getInt() & ~HOST_OCTET;
      String text =
          (network >>> 24)
              + "."
              + ((network >> 16) & 0xff)
              + "."
              + ((network >> 8) & 0xff)
              + ".0/24";
      return new Source(address.getHostAddress(), text, Integer.toUnsignedLong(network));
    }
    long prefix = buffer.getLong();
    String text =
        Long.toHexString(prefix >>> 48)
            + ":"
            + Long.toHexString((prefix >>> 32) & 0xffff)
            + ":"
            + Long.toHexString((prefix >>> 16) & 0xffff)
            + ":"
            + Long.toHexString(prefix & 0xffff)
            + "::/64";
    return new Source(address.getHostAddress(), text, prefix);
  }
}
