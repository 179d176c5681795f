package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LibraryLogTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final EventLog log = EventLog.to(out, EventLog.Prefix.JOURNAL, Clock.systemUTC());

  @AfterEach
  void resetLogging() throws Exception {
    LogManager.getLogManager().readConfiguration();
  }

  private String written() {
    log.close();
    return out.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void warningOfALibraryIsOneLineWithoutAStack() {
    LibraryLog.into(log);
    Logger.getLogger("org.example")
        .log(Level.SEVERE, "it\nbroke", new IllegalStateException("why\r\n", new Exception()));
    assertThat(written())
        .isEqualTo(
            "<4>library logger=org.example text=\"it\\x0abroke\""
                + " error=\"java.lang.IllegalStateException: why\\x0d\\x0a\"\n");
  }

  @Test
  void slf4jComesToTheSameLog() {
    LibraryLog.into(log);
    LoggerFactory.getLogger("org.example.slf4j").warn("beware of {}", 7);
    assertThat(written()).isEqualTo("<4>library logger=org.example.slf4j text=\"beware of 7\"\n");
  }

  @Test
  void whatIsLessThanAWarningIsDropped() {
    LibraryLog.into(log);
    Logger.getLogger("org.example").info("chatter");
    LoggerFactory.getLogger("org.example.slf4j").debug("chatter");
    assertThat(written()).isEmpty();
  }

  @Test
  void silencedLibraryStaysSilentWhenLoggingIsSetUpAfterwards() {
    LibraryLog.silence("org.example.silenced");
    LibraryLog.into(log);
    LoggerFactory.getLogger("org.example.silenced.Part").error("chatter");
    assertThat(written()).isEmpty();
  }
}
