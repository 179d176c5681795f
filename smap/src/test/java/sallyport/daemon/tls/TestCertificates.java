package sallyport.daemon.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Certificate and key files for a test that starts a daemon. In this package for the maker. */
public final class TestCertificates {
  private TestCertificates() {}

  /** Writes {@code NAME.crt} and {@code NAME.key}; returns the two lines of a table for smap. */
  public static List<String> write(Path folder, String name, Duration valid)
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    Identity made =
        new Certifier(now.minus(Duration.ofDays(1)), now.plus(valid)).selfSigned("EC", name);
    X509Certificate certificate = made.chain().getFirst();
    Path crt = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    Files.writeString(crt, pem("CERTIFICATE", certificate.getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", made.key().getEncoded()));
    key.toFile().setReadable(false, false);
    key.toFile().setReadable(true, true);
    return List.of("smap: tls-cert " + crt, "smap: tls-key " + key);
  }

  private static String pem(String label, byte[] octets) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(octets), label);
  }

  /** A client that asks for no proof. */
  public static SSLContext trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager[] trust = Trust.unasked();
    context.init(null, trust, new SecureRandom());
    return context;
  }
}
