package sallyport.netperm;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What is to be permitted or denied.
 *
 * @param user empty while none is known; rules with {@code -user} do not match then
 * @param destination empty while none is known; rules with {@code -dest} do not match then
 */
public record Request(InetAddress address, Optional<String> user, Optional<String> destination) {
  /** A client of which only the address is known. */
  public static Request from(InetAddress address) {
    return new Request(address, Optional.empty(), Optional.empty());
  }
}
