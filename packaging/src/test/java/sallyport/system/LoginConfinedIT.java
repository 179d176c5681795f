package sallyport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says about pop3-gw and authsrv when they were started as root. */
class LoginConfinedIT {
  private static final String SECRET = "0d4f8a51c2e94b7f8c6a1b3de59f7024";

  @TempDir Path folder;

  @BeforeEach
  void needsRoot() throws IOException {
    Needs.root();
    Needs.programs("fetchmail");
  }

  @Test
  void fetchmailIsServedFromTwoJailsUnderTwoAccounts() throws Exception {
    try (Dovecot inside = new Dovecot(folder, "mail");
        LoginGateway gateway = new LoginGateway(folder).server("mail", inside.port())) {
      inside.addUser("john", SECRET);
      inside.deliver("john", Samples.header("confined") + "Out of two jails.\r\n");
      gateway.addUser("john", SECRET);
      Child authsrv = gateway.authsrv();
      Child pop3Gw = gateway.pop3Gw();
      int port = Gateway.port(pop3Gw);
      Pop3Peer.Account john = new Pop3Peer.Account(port, "john", SECRET, folder);
      assertThat(Pop3Peer.FETCHMAIL.fetch(john)).contains("Out of two jails.");
      Confined.assertConfined(pop3Gw, gateway.jail(), LoginGateway.POP3_GW);
      Confined.assertConfined(authsrv, gateway.vault(), LoginGateway.AUTHSRV);
      Confined.assertNoOpenFolderOutside(pop3Gw, gateway.jail());
      Confined.assertNoOpenFolderOutside(authsrv, gateway.vault());
    }
  }

  @Test
  void largeMessageGoesByAPipeOfTheKernelInTheJailToo() throws Exception {
    try (Dovecot inside = new Dovecot(folder, "mail");
        LoginGateway gateway = new LoginGateway(folder).server("mail", inside.port())) {
      inside.addUser("john", SECRET);
      inside.deliver(
          "john", Samples.header("large") + "Line after line.\r\n".repeat(300_000) + "Whole.\r\n");
      gateway.addUser("john", SECRET);
      gateway.authsrv();
      Child pop3Gw = gateway.pop3Gw();
      long before = Confined.pipeEnds(pop3Gw);
      Pop3Peer.Account john = new Pop3Peer.Account(Gateway.port(pop3Gw), "john", SECRET, folder);
      assertThat(Pop3Peer.FETCHMAIL.fetch(john)).contains("Whole.");
      assertThat(Confined.pipeEnds(pop3Gw)).isEqualTo(before + 2);
    }
  }
}
