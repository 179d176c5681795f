package sallyport.system;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;

/** GreenMail in this JVM. */
final class GreenMailHub implements Hub {
  private static final String TOKEN_FIELD = "X-Token";

  /** Held here, for the logging of the JDK forgets the level of a logger that nobody holds. */
  private static final Logger LOG = Logger.getLogger("com.icegreen.greenmail");

  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  GreenMailHub() {
    LOG.setLevel(Level.WARNING);
    mail.start();
  }

  @Override
  public int port() {
    return mail.getSmtp().getPort();
  }

  @Override
  public byte[] await(String token) throws Exception {
    MimeMessage message =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(50))
            .until(() -> find(token), Optional::isPresent)
            .orElseThrow();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    message.writeTo(octets);
    return octets.toByteArray();
  }

  private Optional<MimeMessage> find(String token) {
    return Arrays.stream(mail.getReceivedMessages()).filter(m -> has(m, token)).findFirst();
  }

  private static boolean has(MimeMessage message, String token) {
    try {
      return token.equals(message.getHeader(TOKEN_FIELD, null));
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As it came, but for the last line's end, which GreenMail takes for a part of the dot. */
  @Override
  public String keeps(String message) {
    return message.substring(0, message.length() - "\r\n".length());
  }

  @Override
  public void close() {
    mail.stop();
  }
}
