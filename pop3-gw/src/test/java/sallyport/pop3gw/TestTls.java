package sallyport.pop3gw;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import sallyport.daemon.tls.ClientTls;
import sallyport.daemon.tls.ClientTlsOptions;
import sallyport.daemon.tls.TlsProfile;
import sallyport.daemon.tls.TlsStreams;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

/** The other sides' TLS: clients that check the gateway, and inside servers; by JSSE's sockets. */
final class TestTls {
  private static final char[] NO_PASSWORD = {};

  private TestTls() {}

  /** A file of the tests' certificates. */
  static Path file(String name) {
    try {
      return Path.of(TestTls.class.getResource("/tls/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The gateway's own certificate, for its table. */
  static String certificate() {
    try {
      Files.setPosixFilePermissions(
          file("gateway-key.pem"), PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return """
    pop3-gw: tls-cert %s
    pop3-gw: tls-key %s
    """
        .formatted(file("gateway.pem"), file("gateway-key.pem"));
  }

  /** A client's side, which wants {@code gateway.example}; the handshake is done. */
  static SSLSocket toGateway(Socket socket) throws IOException {
    SSLSocket tls = wrap(socket, "gateway.example", "gateway");
    var parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  /** The same by our own TLS, which tells an end without close_notify apart, as JSSE does not. */
  static TlsStreams streamsToGateway(Socket socket) throws IOException {
    String line = "test: server gateway.example tls=verify ca=" + file("authority.pem");
    Settings settings = Settings.of(Table.parse("test", line), "test");
    ClientTlsOptions options =
        ClientTlsOptions.of(
            settings, settings.each("server").getFirst(), ClientTls.Mode.OFF, TlsProfile.DEFAULT);
    return TlsStreams.client(
        socket.getInputStream(),
        socket.getOutputStream(),
        options.towards("gateway.example").orElseThrow());
  }

  /** The side of {@code inside.example}; the handshake is done. */
  static SSLSocket ofInside(Socket socket) throws IOException {
    SSLSocket tls = wrap(socket, "", "inside");
    tls.setUseClientMode(false);
    tls.startHandshake();
    return tls;
  }

  private static SSLSocket wrap(Socket socket, String host, String identity) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(identity), trust(), null);
      return (SSLSocket)
          context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Certificate read(String name) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file(name))) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static javax.net.ssl.TrustManager[] trust() throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setCertificateEntry("authority", read("authority.pem"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static javax.net.ssl.KeyManager[] keys(String name)
      throws IOException, GeneralSecurityException {
    String pem = Files.readString(file(name + "-key.pem")).replaceAll("-----[A-Z ]+-----", "");
    byte[] octets = Base64.getMimeDecoder().decode(pem);
    PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(octets));
    KeyStore store = emptyStore();
    store.setKeyEntry("own", key, NO_PASSWORD, new Certificate[] {read(name + ".pem")});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }
}
