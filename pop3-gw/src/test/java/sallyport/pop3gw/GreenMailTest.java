package sallyport.pop3gw;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sallyport.authdb.authsrv.RunningAuthsrv;
import sallyport.authdb.authsrv.RunningAuthsrv.Account;

/** APOP outside, and a real server that knows no APOP inside. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GreenMailTest {
  /** Held here, for the logging of the JDK forgets the level of a logger that nobody holds. */
  private static final Logger LOG = Logger.getLogger("com.icegreen.greenmail");

  @TempDir Path folder;

  @Test
  void mailboxBehindPassIsReadWithApopAndDeletingWorks() throws Exception {
    LOG.setLevel(Level.WARNING);
    GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_POP3));
    mail.start();
    try {
      mail.setUser("john@inside", "j.smith", "inside-only")
          .deliver(
              GreenMailUtil.createTextEmail(
                  "john@inside", "ann@example", "hello", "body", mail.getPop3().getServerSetup()));
      String table =
          "pop3-gw: server mail 127.0.0.1:%d pass\npop3-gw: default-server mail\n"
              .formatted(mail.getPop3().getPort());
      RunningAuthsrv.createUsers(folder, List.of(new Account("john", "front", false)));
      RunningAuthsrv.map(folder, "john", "mail", "j.smith", "inside-only");
      try (RunningAuthsrv _ = new RunningAuthsrv(folder, table);
          RunningGateway gateway = new RunningGateway(folder, table)) {
        try (Client client = gateway.login("john", "front")) {
          assertThat(client.say("STAT")).startsWith("+OK 1 ");
          client.send("RETR 1\r\nDELE 1\r\nQUIT\r\n");
          assertThat(client.rest()).contains("Subject: hello").endsWith("\r\n");
        }
        try (Client client = gateway.login("john", "front")) {
          assertThat(client.say("STAT")).startsWith("+OK 0 ");
        }
        gateway.awaitLog("disconnect");
        assertThat(gateway.logged()).doesNotContain("inside-only");
      }
    } finally {
      mail.stop();
    }
  }
}
