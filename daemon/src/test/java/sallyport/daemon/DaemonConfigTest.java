package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

class DaemonConfigTest {
  @TempDir Path folder;
  private HostFiles host;
  private Settings settings;

  @BeforeEach
  void hostFiles() throws IOException {
    host =
        new HostFiles(
            file(
                "passwd",
                "root:x:0:0::/:\nbroken\nsmap:x:611:612::/:\n77:x:613:613::/:\n"
                    + "rooty:x:614:0::/:\ntoor:x:0:0::/:\n"),
            file("group", "root:x:0:\nmail:x:8:smap\n"),
            file("resolv.conf", "# comment\nnameserver 192.0.2.53\nsearch x\nnameserver ::1\n"),
            file("hostname", "gate.example.org\n"),
            folder.resolve("none"));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private DaemonConfig read(String table) {
    settings = Settings.of(Table.parse("table", table), "smap");
    return DaemonConfig.of(settings, host);
  }

  @Test
  void defaults() {
    DaemonConfig config = read("");
    assertThat(config)
        .isEqualTo(
            new DaemonConfig(
                "smap",
                "gate.example.org",
                Optional.empty(),
                Path.of("/var/spool/smap"),
                List.of(dns("192.0.2.53", 53), dns("::1", 53))));
    assertThat(settings.problems()).isEmpty();
  }

  @Test
  void everyKeyword() {
    DaemonConfig config =
        read(
            """
            *: hostname mail.example.net
            smap: userid smap
            smap: groupid mail
            smap: directory /srv/mail/../spool
            *: nameserver 192.0.2.1 2001:db8::53
            *: nameserver [2001:db8::54]:5353
            *: nameserver 127.0.0.1:5354
            """);
    assertThat(settings.problems()).isEmpty();
    assertThat(config)
        .isEqualTo(
            new DaemonConfig(
                "smap",
                "mail.example.net",
                Optional.of(new Account("smap", 611, 8)),
                Path.of("/srv/spool"),
                List.of(
                    dns("192.0.2.1", 53),
                    dns("2001:db8::53", 53),
                    dns("2001:db8::54", 5353),
                    dns("127.0.0.1", 5354))));
  }

  @ParameterizedTest
  @CsvSource({
    "smap, '', 611, 612",
    "611, '', 611, 612",
    "smap, 99, 611, 99",
    "61001, 61002, 61001, 61002",
    "77, '', 613, 613",
    "rooty, mail, 614, 8",
  })
  void accountByNameOrNumber(String userid, String groupid, int uid, int gid) {
    String group = groupid.isEmpty() ? "" : "\nsmap: groupid " + groupid;
    DaemonConfig config = read("smap: userid " + userid + group);
    assertThat(settings.problems()).isEmpty();
    assertThat(config.account()).contains(new Account(userid, uid, gid));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "userid root | userid 'root' is root, which never serves",
        "userid 0 | userid '0' is root, which never serves",
        "userid toor | userid 'toor' is root, which never serves",
        "userid nobody-here | userid 'nobody-here' is neither in passwd nor a number",
        "userid 4294967295 | userid '4294967295' is neither in passwd nor a number",
        "userid 61001 | userid '61001' is not in passwd; expected a groupid beside it",
        "userid rooty | userid 'rooty' has root's group; expected a groupid beside it",
        "groupid mail | groupid is set, but not userid",
        "directory spool | directory 'spool'; expected an absolute path below /",
        "directory /x/.. | directory '/x/..'; expected an absolute path below /",
        "hostname \"a b\" | hostname 'a b' is no host name",
        "nameserver dns.example.org | nameserver 'dns.example.org'; expected an address in digits",
        "nameserver 1.2.3 | nameserver '1.2.3'; expected an address in digits",
      })
  void wrongValueIsAProblemAtItsLine(String line, String expected) {
    read("# first\nsmap: " + line);
    assertThat(settings.problems()).singleElement().hasToString("table:2: error: " + expected);
  }

  @Test
  void groupOfRootIsRefused() {
    read("smap: userid smap\nsmap: groupid root");
    assertThat(settings.problems())
        .singleElement()
        .hasToString("table:2: error: groupid 'root' is root's group");
  }

  @Test
  void hostWithoutAUsableNameMustBeNamedInTheTable() throws IOException {
    file("hostname", "(none)\n");
    read("");
    assertThat(settings.problems())
        .singleElement()
        .hasToString(
            "table: error: this host calls itself '(none)', which is no host name; set hostname");
  }

  @Test
  void tooManyNameserversAreRefused() {
    read("smap: nameserver" + " 192.0.2.1".repeat(9));
    assertThat(settings.problems())
        .singleElement()
        .hasToString("table:1: error: more than 8 nameservers");
  }

  private static InetSocketAddress dns(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
