package sallyport.netperm;

import java.net.InetAddress;
import java.util.Arrays;

/** A set of addresses: those that agree with {@code base} wherever {@code mask} has a one. */
final class Network {
  private static final int IPV4_OCTETS = 4;

  private final byte[] base;
  private final byte[] mask;

  private Network(byte[] base, byte[] mask) {
    this.base = base;
    this.mask = mask;
  }

  /**
   * Reads an address, {@code ADDR/BITS}, {@code ADDR:MASK} (IPv4) or {@code 10.1.*}.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what was expected
   */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    if (slash >= 0) {
      return ofPrefix(text, text.substring(0, slash), text.substring(slash + 1));
    }
    if (text.indexOf('*') >= 0) {
      return ofStars(text);
    }
    int colon = text.indexOf(':');
    if (colon >= 0 && Literals.isIpv4(text.substring(0, colon))) {
      return ofMask(text, text.substring(0, colon), text.substring(colon + 1));
    }
    byte[] base = address(text, text).getAddress();
    return new Network(base, ones(base.length, base.length * Byte.SIZE));
  }

  private static InetAddress address(String text, String whole) {
    try {
      return Literals.address(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Problem.shown(whole)
              + " is no address or network; expected such as 192.0.2.7, 10.1.*, 10.0.0.0/8,"
              + " 10.0.0.0:255.0.0.0, 2001:db8::/32",
          e);
    }
  }

  private static Network ofPrefix(String whole, String address, String bits) {
    byte[] base = address(address, whole).getAddress();
    int most = base.length * Byte.SIZE;
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
      throw new IllegalArgumentException(
          Problem.shown(whole) + ": expected a prefix length of 0 to " + most + " after '/'");
    }
    return strict(whole, new Network(base, ones(base.length, Integer.parseInt(bits))));
  }

  private static Network ofMask(String whole, String address, String mask) {
    if (!Literals.isIpv4(mask)) {
      throw new IllegalArgumentException(
          Problem.shown(whole) + ": expected a mask such as 255.255.0.0 after ':'");
    }
    byte[] base = Literals.address(address).getAddress();
    return strict(whole, new Network(base, Literals.address(mask).getAddress()));
  }

  /** An address with bits beyond its mask says two things at once. */
  private static Network strict(String whole, Network network) {
    byte[] lowest = network.base.clone();
    for (int i = 0; i < lowest.length; i++) {
      lowest[i] &= network.mask[i];
    }
    if (!Arrays.equals(lowest, network.base)) {
      throw new IllegalArgumentException(
          Problem.shown(whole)
              + " has bits beyond its mask; expected the network "
              + Literals.ofBytes(lowest).getHostAddress());
    }
    return network;
  }

  private static Network ofStars(String text) {
    String[] parts = text.split("\\.", -1);
    boolean whole = parts.length == IPV4_OCTETS;
    boolean begun =
        parts.length > 1 && parts.length < IPV4_OCTETS && parts[parts.length - 1].equals("*");
    byte[] base = new byte[IPV4_OCTETS];
    byte[] mask = new byte[IPV4_OCTETS];
    for (int i = 0; i < parts.length; i++) {
      boolean octet = Literals.isOctet(parts[i]);
      if (!(whole || begun) || !(octet || parts[i].equals("*"))) {
        throw new IllegalArgumentException(
            Problem.shown(text) + ": '*' stands for whole octets; expected such as 10.1.*");
      }
      if (octet) {
        base[i] = (byte) Integer.parseInt(parts[i]);
        mask[i] = (byte) 0xFF;
      }
    }
    return new Network(base, mask);
  }

  private static byte[] ones(int octets, int bits) {
    byte[] mask = new byte[octets];
    for (int bit = 0; bit < bits; bit++) {
      mask[bit / Byte.SIZE] |= (byte) (0x80 >> (bit % Byte.SIZE));
    }
    return mask;
  }

  boolean contains(InetAddress address) {
    return contains(address.getAddress());
  }

  private boolean contains(byte[] address) {
    if (address.length != base.length) {
      return false;
    }
    for (int i = 0; i < base.length; i++) {
      if (((address[i] ^ base[i]) & mask[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether every address of {@code other} is one of this network too. */
  boolean covers(Network other) {
    if (!contains(other.base)) {
      return false;
    }
    for (int i = 0; i < mask.length; i++) {
      if ((mask[i] & ~other.mask[i]) != 0) {
        return false;
      }
    }
    return true;
  }
}
