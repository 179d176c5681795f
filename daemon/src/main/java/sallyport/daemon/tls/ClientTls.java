package sallyport.daemon.tls;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * Our side of TLS where we connect to a server: made before the jail from {@link ClientTlsOptions},
 * one for each line of the table; {@link #towards} makes it that for one server. Thread-safe.
 */
public final class ClientTls {

  /** Sessions kept for resumption, of all servers of a line. */
  public static final int SESSIONS_KEPT = 100;

  /** How much TLS is wanted. */
  public enum Mode {
    /** None. */
    OFF,
    /** If the server offers it; a certificate proves nothing. */
    MAY,
    /** Always; a certificate proves nothing. */
    REQUIRED,
    /** Always, and the certificate must be for the server's name and from a known authority. */
    VERIFY;

    /** As the table writes it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Mode mode;
  private final TlsProfile profile;
  private final SSLContext context;
  private final String name;

  private ClientTls(Mode mode, TlsProfile profile, SSLContext context, String name) {
    this.mode = mode;
    this.profile = profile;
    this.context = context;
    this.name = name;
  }

  static ClientTls of(Mode mode, TlsProfile profile, TrustManager[] trust, Optional<Identity> own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys =
          own.map(one -> new KeyManager[] {new OwnKeys(List.of(one))})
              .orElseGet(() -> new KeyManager[0]);
      context.init(keys, trust, null);
      SSLSessionContext sessions = context.getClientSessionContext();
      sessions.setSessionCacheSize(SESSIONS_KEPT);
      sessions.setSessionTimeout((int) ServerTls.SESSION_TIME.toSeconds());
      return new ClientTls(mode, profile, context, "");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  /**
   * The same for one server.
   *
   * @param server a host name, or an address in digits; what the certificate must be for
   */
  public ClientTls towards(String server) {
    return new ClientTls(mode, profile, context, server);
  }

  /** The same by another profile. */
  ClientTls with(TlsProfile other) {
    return new ClientTls(mode, other, context, name);
  }

  /** How much is wanted. */
  public Mode mode() {
    return mode;
  }

  /** Whether a handshake that succeeds has shown who the server is. */
  boolean verifies() {
    return mode == Mode.VERIFY;
  }

  /** The server's name, or its address in digits. */
  String name() {
    return name;
  }

  SSLEngine engine() {
    if (name.isEmpty()) {
      throw new IllegalStateException("towards whom?");
    }
    SSLEngine engine = context.createSSLEngine(name, 0);
    engine.setUseClientMode(true);
    SSLParameters parameters = profile.parameters();
    sni().ifPresent(host -> parameters.setServerNames(List.of(host)));
    if (verifies()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** The name to ask for; an address is none (RFC 6066 section 3). */
  Optional<SNIHostName> sni() {
    boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
    if (address || name.indexOf('.') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SNIHostName(name));
    } catch (IllegalArgumentException e) {
      return Optional
          .empty(); // A name with an underscore, say: no DNS name, so nothing to ask for.
    }
  }
}
