package sallyport.daemon.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * An authority of a test, and what it has given out, as files. In this package for the maker of
 * certificates.
 */
public final class CertificateFiles {
  private final Path folder;
  private final Identity authority;

  /** A certificate and its key. */
  public record Pair(Path certificate, Path key) {}

  /** A new authority, whose files lie in this folder. */
  public CertificateFiles(Path folder) throws GeneralSecurityException {
    this.folder = folder;
    authority = certifier(Duration.ofDays(60)).selfSigned("EC", "authority.example");
  }

  private static Certifier certifier(Duration valid) {
    Instant now = Instant.now();
    return new Certifier(now.minus(Duration.ofDays(60)), now.plus(valid));
  }

  /** The authority's certificate. */
  public Path authority() throws IOException, GeneralSecurityException {
    return write("authority.pem", pem("CERTIFICATE", authority.chain().getFirst().getEncoded()));
  }

  /** A pair for a name, valid so long from now; less than nothing: it has expired. */
  public Pair pair(String name, Duration valid) throws IOException, GeneralSecurityException {
    Identity made = certifier(valid).signedBy(authority, "EC", name);
    String file = name + (valid.isNegative() ? "-expired" : "");
    StringBuilder chain = new StringBuilder();
    for (X509Certificate one : made.chain()) {
      chain.append(pem("CERTIFICATE", one.getEncoded()));
    }
    return new Pair(
        write(file + ".pem", chain.toString()),
        write(file + "-key.pem", pem("PRIVATE KEY", made.key().getEncoded())));
  }

  private Path write(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String pem(String label, byte[] octets) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(octets), label);
  }
}
