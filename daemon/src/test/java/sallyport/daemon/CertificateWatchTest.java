package sallyport.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateWatchTest {
  @Test
  void endOfACertificateIsAnnouncedInTheLog() throws Exception {
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    try (EventLog log = EventLog.to(logged, false);
        CertificateWatch watch = CertificateWatch.start(TlsFiles.server(), log)) {
      watch.look(Instant.now());
      log.flush(Duration.ofSeconds(60));
      assertThat(logged.toString(UTF_8)).isEmpty();
      watch.look(Instant.parse("2200-01-01T00:00:00Z"));
      log.flush(Duration.ofSeconds(60));
      assertThat(logged.toString(UTF_8)).contains("certificate what=").contains("ec.crt: expired");
    }
  }
}
