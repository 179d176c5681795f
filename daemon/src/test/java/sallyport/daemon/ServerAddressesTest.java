package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sallyport.netperm.HostAndPort;

class ServerAddressesTest {
  private static final HostAndPort MAIL = new HostAndPort("mail.example.org", 110);

  private final AtomicLong now = new AtomicLong();
  private NameServer server;
  private ServerAddresses addresses;

  @BeforeEach
  void startServer() throws IOException {
    server = new NameServer();
    Path none = Path.of("/nonexistent");
    HostFiles host = new HostFiles(none, none, none, none, none);
    addresses = new ServerAddresses(DnsNames.of(List.of(server.address()), host), now::get);
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private List<String> asked(HostAndPort of) throws IOException {
    return addresses.of(of).stream().map(InetSocketAddress::toString).toList();
  }

  @Test
  void literalNeedsNoNameServerAndBearsItselfAsName() throws IOException {
    server.close();
    assertThat(asked(new HostAndPort("192.0.2.1", 1110)))
        .containsExactly("192.0.2.1/192.0.2.1:1110");
    InetSocketAddress six = addresses.of(new HostAndPort("2001:db8::1", 110)).getFirst();
    assertThat(six.getHostString()).isEqualTo("2001:db8::1");
    assertThat(six.getAddress()).isEqualTo(InetAddress.ofLiteral("2001:db8::1"));
  }

  @Test
  void nameThatNobodyKnowsIsAnError() {
    assertThatThrownBy(() -> addresses.of(MAIL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mail.example.org");
  }

  @Test
  void answerIsKeptForAMinuteAndUsedFurtherWhenNobodyCanTell() throws IOException {
    server.knows("mail.example.org A", "mail.example.org A 192.0.2.1");
    assertThat(asked(MAIL)).containsExactly("mail.example.org/192.0.2.1:110");
    server.knows("mail.example.org A", "mail.example.org A 192.0.2.2");
    assertThat(asked(MAIL)).containsExactly("mail.example.org/192.0.2.1:110");
    now.addAndGet(ServerAddresses.FRESH.toNanos());
    assertThat(asked(MAIL)).containsExactly("mail.example.org/192.0.2.2:110");
    server.close();
    now.addAndGet(ServerAddresses.FRESH.toNanos());
    assertThat(asked(MAIL)).containsExactly("mail.example.org/192.0.2.2:110");
  }
}
