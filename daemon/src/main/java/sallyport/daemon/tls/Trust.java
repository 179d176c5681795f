package sallyport.daemon.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whose word we take for who a server is. */
final class Trust {
  /** What this host trusts, where Debian and its kin keep it. */
  static final Path HOST_BUNDLE = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private Trust() {}

  /** Nobody's, because the question is not asked. */
  static TrustManager[] unasked() {
    return new TrustManager[] {new Unasked()};
  }

  /** That of the file's authorities; without a file, of the host's, else of the JDK's. */
  static TrustManager[] in(Optional<Path> file) throws BadPemException {
    boolean ofJdk = file.isEmpty() && !Files.isReadable(HOST_BUNDLE);
    return ofJdk ? managers(null) : in(Identity.certificates(file.orElse(HOST_BUNDLE)));
  }

  static TrustManager[] in(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      return managers(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot keep certificates", e);
    }
  }

  private static TrustManager[] managers(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no trust manager", e);
    }
  }

  /** Takes any certificate: encryption against those who only listen, and no claim beyond it. */
  private static final class Unasked extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new UnsupportedOperationException("no client is ever asked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException("no client is ever asked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("no client is ever asked");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
