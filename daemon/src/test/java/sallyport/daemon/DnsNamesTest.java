package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import sallyport.netperm.HostName;
import sallyport.netperm.HostName.Reason;

class DnsNamesTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");
  private static final String REVERSE = "7.2.0.192.in-addr.arpa";

  @TempDir Path folder;
  private NameServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = new NameServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private DnsNames names(InetSocketAddress... servers) {
    Path none = folder.resolve("none");
    HostFiles host = new HostFiles(none, none, none, none, folder.resolve("hosts"));
    return DnsNames.of(List.of(servers), host);
  }

  private HostName asked() {
    return names(server.address()).nameOf(CLIENT);
  }

  @Test
  void nameThatLeadsBackIsKnown() {
    server.knows(REVERSE + " PTR", REVERSE + " PTR Host.Example.ORG.");
    server.knows(
        "Host.Example.ORG A", "host.example.org A 192.0.2.8", "host.example.org A 192.0.2.7");
    assertThat(asked()).isEqualTo(new HostName.Known("host.example.org"));
  }

  @Test
  void ipv6NameThatLeadsBackIsKnown() {
    String reverse = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    server.knows(reverse + " PTR", reverse + " PTR six.example.org.");
    server.knows("six.example.org AAAA", "six.example.org AAAA 2001:db8::1");
    assertThat(names(server.address()).nameOf(InetAddress.ofLiteral("2001:db8::1")))
        .isEqualTo(new HostName.Known("six.example.org"));
  }

  @Test
  void nameThatLeadsElsewhereIsAMismatch() {
    server.knows(REVERSE + " PTR", REVERSE + " PTR bank.example.org.");
    server.knows("bank.example.org A", "bank.example.org A 192.0.2.99");
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.MISMATCH));
  }

  @Test
  void nameThatLeadsNowhereIsAMismatch() {
    server.knows(REVERSE + " PTR", REVERSE + " PTR bank.example.org.");
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.MISMATCH));
  }

  @Test
  void recordOfAnotherNameInTheAnswerProvesNothing() {
    server.knows(REVERSE + " PTR", REVERSE + " PTR bank.example.org.");
    server.knows("bank.example.org A", "other.example.org A 192.0.2.7");
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.MISMATCH));
  }

  @Test
  void aliasesAreFollowedInBothDirections() {
    server.knows(
        REVERSE + " PTR",
        REVERSE + " CNAME 7.0-15.2.0.192.in-addr.arpa.",
        "7.0-15.2.0.192.in-addr.arpa PTR www.example.org.");
    server.knows(
        "www.example.org A", "www.example.org CNAME a.example.org.", "a.example.org A 192.0.2.7");
    assertThat(asked()).isEqualTo(new HostName.Known("www.example.org"));
  }

  @Test
  void aliasesInACircleEnd() {
    server.knows(
        REVERSE + " PTR", REVERSE + " CNAME x.example.", "x.example CNAME " + REVERSE + ".");
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.NO_NAME));
  }

  @Test
  void oneOfSeveralNamesIsEnough() {
    server.knows(
        REVERSE + " PTR", REVERSE + " PTR wrong.example.org.", REVERSE + " PTR right.example.org.");
    server.knows("right.example.org A", "right.example.org A 192.0.2.7");
    assertThat(asked()).isEqualTo(new HostName.Known("right.example.org"));
  }

  @Test
  void onlySoManyNamesAreTried() {
    String[] records = new String[20];
    for (int i = 0; i < records.length; i++) {
      records[i] = REVERSE + " PTR h" + i + ".example.org.";
    }
    server.knows(REVERSE + " PTR", records);
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.MISMATCH));
    assertThat(server.queries).hasValue(1 + DnsNames.MAX_NAMES);
  }

  @Test
  void nameWithStrangeCharactersIsNotBelieved() {
    server.knows(REVERSE + " PTR", REVERSE + " PTR a\\010b.example.org.");
    server.knows("a\\010b.example.org A", "a\\010b.example.org A 192.0.2.7");
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.MISMATCH));
  }

  @Test
  void addressWithoutANameHasNone() {
    assertThat(asked()).isEqualTo(new HostName.Unknown(Reason.NO_NAME));
  }

  @Test
  void serverThatFailsIsFollowedByTheNext() throws IOException {
    try (NameServer failing = new NameServer().alwaysAnswers(Rcode.SERVFAIL)) {
      server.knows(REVERSE + " PTR", REVERSE + " PTR h.example.org.");
      server.knows("h.example.org A", "h.example.org A 192.0.2.7");
      assertThat(names(failing.address(), server.address()).nameOf(CLIENT))
          .isEqualTo(new HostName.Known("h.example.org"));
      assertThat(names(failing.address()).nameOf(CLIENT))
          .isEqualTo(new HostName.Unknown(Reason.FAILED));
    }
  }

  @Test
  void silentServersCostABoundedTimeOnce() throws IOException {
    try (NameServer second = new NameServer().isSilent();
        NameServer third = new NameServer().isSilent();
        NameServer fourth = new NameServer().isSilent()) {
      server.isSilent();
      DnsNames names = names(server.address(), second.address(), third.address(), fourth.address());
      long began = System.nanoTime();
      assertThat(names.nameOf(CLIENT)).isEqualTo(new HostName.Unknown(Reason.FAILED));
      Duration first = Duration.ofNanos(System.nanoTime() - began);
      assertThat(first).isLessThan(DnsNames.TOTAL_TIME.plusSeconds(2));
      int queries = server.queries.get();
      assertThat(names.nameOf(CLIENT)).isEqualTo(new HostName.Unknown(Reason.FAILED));
      assertThat(server.queries).as("the failure is kept").hasValue(queries);
    }
  }

  @Test
  void withoutAServerNothingIsKnown() {
    assertThat(names().nameOf(CLIENT)).isEqualTo(new HostName.Unknown(Reason.FAILED));
  }

  @Test
  void answerIsKeptAndTheKeptOnesAreBounded() {
    DnsNames names = names(server.address());
    names.nameOf(CLIENT);
    names.nameOf(CLIENT);
    assertThat(server.queries).hasValue(1);
    for (int i = 0; i < DnsNames.CACHED; i++) {
      names.nameOf(InetAddress.ofLiteral("10.0." + i / 250 + "." + i % 250));
    }
    names.nameOf(CLIENT);
    assertThat(server.queries).hasValue(1 + DnsNames.CACHED + 1);
  }

  @Test
  void hostsFileIsReadAtTheStartAndNobodyIsAsked() throws IOException {
    Files.writeString(
        folder.resolve("hosts"),
        "# comment\n192.0.2.7\tInside.example.org inside # more\n192.0.2.7 second\nnonsense here\n");
    DnsNames names = names(server.address());
    Files.writeString(folder.resolve("hosts"), "");
    assertThat(names.nameOf(CLIENT)).isEqualTo(new HostName.Known("inside.example.org"));
    assertThat(server.queries).hasValue(0);
  }

  @Test
  void truncatedAnswerIsNotAskedForByTcp() throws IOException {
    String[] records = new String[100];
    for (int i = 0; i < records.length; i++) {
      records[i] = REVERSE + " PTR long-name-number-" + i + ".example.org.";
    }
    server.knows(REVERSE + " PTR", records);
    try (ServerSocket tcp = new ServerSocket()) {
      tcp.bind(server.address());
      tcp.setSoTimeout(1);
      assertThat(asked()).isInstanceOf(HostName.Unknown.class);
      org.assertj.core.api.Assertions.assertThatThrownBy(tcp::accept)
          .isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  @Test
  void rehearsalAsksNobodyElse() throws IOException {
    DnsNames.rehearse();
  }

  @Test
  void addressesOfAHostAreThoseOfTheServersThroughAliases() throws IOException {
    server.knows(
        "hub.example.org A", "hub.example.org CNAME mx.example.org.", "mx.example.org A 192.0.2.9");
    server.knows("hub.example.org AAAA", "hub.example.org AAAA 2001:db8::9");
    List<InetAddress> found = names(server.address()).addressesOf("Hub.Example.org.");
    assertThat(found)
        .containsExactly(InetAddress.ofLiteral("192.0.2.9"), InetAddress.ofLiteral("2001:db8::9"));
    assertThat(found.getFirst().getHostName()).isEqualTo("Hub.Example.org.");
  }

  @Test
  void addressesOfAHostInTheHostsFileAreAskedOfNobody() throws IOException {
    Files.writeString(folder.resolve("hosts"), "192.0.2.9 other HUB # here\n::1 hub\nx hub\n");
    assertThat(names(server.address()).addressesOf("hub"))
        .containsExactly(InetAddress.ofLiteral("192.0.2.9"), InetAddress.ofLiteral("::1"));
    assertThat(server.queries).hasValue(0);
  }

  @Test
  void hostWithoutAddressAndServerWithoutAnswerAreToldApart() {
    assertThatThrownBy(() -> names(server.address()).addressesOf("hub.example.org"))
        .isInstanceOf(IOException.class)
        .hasMessage("hub.example.org has no address");
    server.alwaysAnswers(Rcode.SERVFAIL);
    assertThatThrownBy(() -> names(server.address()).addressesOf("hub.example.org"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer for hub.example.org")
        .hasMessageContaining("SERVFAIL");
  }
}
