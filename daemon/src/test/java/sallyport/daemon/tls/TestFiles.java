package sallyport.daemon.tls;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Certificates of the tests: files made with openssl, and new ones. */
final class TestFiles {
  static final Instant NOW = Instant.now();
  static final Certifier CERTIFIER =
      new Certifier(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1000)));

  private TestFiles() {}

  static Path file(String name) {
    try {
      return Path.of(TestFiles.class.getResource("/tls/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Identity identity(String name) throws BadPemException {
    return Identity.read(file(name + ".crt"), file(name + ".key"), NOW);
  }

  static ServerTls server(TlsProfile profile, Identity... identities) {
    return ServerTls.of(List.of(identities), profile);
  }

  /** A client that asks for no proof. */
  static ClientTls client(TlsProfile profile, String server) {
    return ClientTls.of(ClientTls.Mode.REQUIRED, profile, Trust.unasked(), Optional.empty())
        .towards(server);
  }

  /** One that trusts the authority of the files. */
  static ClientTls verifying(String server) throws BadPemException {
    return ClientTls.of(
            ClientTls.Mode.VERIFY,
            TlsProfile.DEFAULT,
            Trust.in(Optional.of(file("ca.pem"))),
            Optional.empty())
        .towards(server);
  }
}
