package sallyport.pop3gw;

import java.util.Optional;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.netperm.HostAndPort;
import sallyport.pop3gw.pop3.InsideStls;
import sallyport.pop3gw.pop3.LoginMethod;

/**
 * One {@code server} line: a mail server that users may name.
 *
 * @param name as users write it behind {@code %}, lower case
 * @param address where it is
 * @param method how the gateway logs in there; never anything else
 * @param tls what the line says of TLS
 */
record InsideServer(String name, HostAndPort address, LoginMethod method, ClientTlsOptions tls) {

  /** Whether the line wants TLS at all. */
  boolean hasTls() {
    return tls.mode() != ClientTls.Mode.OFF;
  }

  /** Whether a failed handshake leaves a way. */
  boolean canDoWithout() {
    return tls.mode() == ClientTls.Mode.MAY;
  }

  /** For one connection; empty if there is to be no TLS. */
  Optional<ClientTls> clientTls() {
    return tls.towards(address.host());
  }

  /** Whether TLS begins with the first octet. */
  boolean tlsComesFirst() {
    return hasTls() && tls.start(address.port()) == ClientTlsOptions.Start.TLS;
  }

  /** What the dialogue begins with. */
  InsideStls stls() {
    if (!hasTls() || tlsComesFirst()) {
      return InsideStls.NO;
    }
    return canDoWithout() ? InsideStls.IF_OFFERED : InsideStls.ALWAYS;
  }
}
