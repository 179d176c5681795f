package sallyport.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@NullMarked
@Timeout(300)
class HandshakeTest {
  private static final Instant NOW = Instant.now();
  private static final Certifier CERTIFIER =
      new Certifier(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(100)));

  @Test
  void aDaemonRehearsesWithItsOwnCertificates() throws GeneralSecurityException, IOException {
    Identity ec = CERTIFIER.selfSigned("EC", "mail.example.org");
    Identity rsa = CERTIFIER.selfSigned("RSA", "mail.example.org");
    TlsRehearsal.run(ServerTls.of(List.of(ec, rsa), TlsProfile.DEFAULT));
  }

  @Test
  void aDaemonRehearsesAsClient() throws IOException {
    TlsRehearsal.run(TlsProfile.DEFAULT);
    assertThat(TlsProfile.DEFAULT.protocols()).containsExactly("TLSv1.3", "TLSv1.2");
  }
}
