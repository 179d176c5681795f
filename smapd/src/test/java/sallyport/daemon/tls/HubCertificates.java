package sallyport.daemon.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** An authority, and what a hub of a test has from it. In this package for the maker. */
public final class HubCertificates {

  private final Identity authority;

  /** A new authority. */
  public HubCertificates() throws GeneralSecurityException {
    authority = certifier(Duration.ofDays(30)).selfSigned("EC", "authority.test");
  }

  private static Certifier certifier(Duration valid) {
    Instant now = Instant.now();
    return new Certifier(now.minus(Duration.ofDays(60)), now.plus(valid));
  }

  /** What a table's {@code ca=} names. */
  public Path writeAuthority(Path folder) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("authority.pem");
    String text = Base64.getMimeEncoder().encodeToString(authority.chain().getFirst().getEncoded());
    return Files.writeString(
        file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
  }

  /**
   * A hub of this name, with a certificate that is valid so long from now; less than nothing:
   * expired.
   */
  public ServerTls hub(String name, Duration valid) throws GeneralSecurityException {
    Identity hub = certifier(valid).signedBy(authority, "EC", name);
    return ServerTls.of(List.of(hub), TlsProfile.DEFAULT);
  }
}
