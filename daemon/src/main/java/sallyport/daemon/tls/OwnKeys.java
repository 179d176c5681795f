package sallyport.daemon.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses our certificate by the name that the client asks for (SNI, RFC 6066 section 3) and by the
 * kind of key that it can do with. Who asks for no name, or for one that none is for, gets the
 * first certificate of the table, or one of another kind that shares a name with it. Thread-safe.
 */
final class OwnKeys extends X509ExtendedKeyManager {
  private final List<Identity> identities;

  OwnKeys(List<Identity> identities) {
    this.identities = List.copyOf(identities);
  }

  Optional<Identity> choose(String keyType, Optional<String> name) {
    List<Identity> candidates =
        name.map(asked -> identities.stream().filter(one -> one.isFor(asked)).toList())
            .filter(found -> !found.isEmpty())
            .orElseGet(this::byDefault);
    return candidates.stream().filter(one -> one.keyType().equals(keyType)).findFirst();
  }

  private List<Identity> byDefault() {
    Identity first = identities.getFirst();
    return identities.stream()
        .filter(one -> one.equals(first) || one.sharesNameWith(first))
        .toList();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Optional<String> name =
        engine == null ? Optional.empty() : requestedName(engine.getHandshakeSession());
    return choose(keyType, name).map(this::alias).orElse(null);
  }

  /** The host name of the client's SNI. */
  static Optional<String> requestedName(@Nullable SSLSession session) {
    if (!(session instanceof ExtendedSSLSession extended)) {
      return Optional.empty();
    }
    for (SNIServerName name : extended.getRequestedServerNames()) {
      if (name instanceof SNIHostName host) {
        return Optional.of(host.getAsciiName());
      }
    }
    return Optional.empty();
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    for (String keyType : keyTypes) {
      Optional<Identity> one = choose(keyType, Optional.empty());
      if (one.isPresent()) {
        return alias(one.get());
      }
    }
    return null;
  }

  private String alias(Identity one) {
    return Integer.toString(identities.indexOf(one));
  }

  private Identity named(String alias) {
    return identities.get(Integer.parseInt(alias));
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return named(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return named(alias).key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
