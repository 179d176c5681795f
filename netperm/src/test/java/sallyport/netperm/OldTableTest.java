package sallyport.netperm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A table in the manner of the firewalls of 1994 loads, and what is gone is named. */
class OldTableTest {
  private static final Table TABLE =
      Table.parse(
          "netperm-table",
          """
          #
          # bastion.yoyodyne.com
          #
          smap, smapd:	userid 6
          smap, smapd:	directory /var/spool/smap
          smapd:		executable /usr/local/etc/smapd
          smapd:		sendmail /usr/sbin/sendmail
          smap:		timeout 3600
          smap:		chroot /var/spool/smap
          smap:		local_domains yoyodyne.com
          netacl-in.telnetd: permit-hosts 127.0.0.1 -exec /usr/libexec/telnetd
          tn-gw:		denial-msg	"/usr/local/etc/tn-deny.txt"
          tn-gw:		permit-hosts 192.33.112.* -passok -xok
          pop3-gw:	permit-hosts 111.222.0.0:255.255.0.0 -dest { mail !archive } -log
          pop3-gw:	permit-hosts *.yoyodyne.com
          authsrv:	hosts 127.0.0.1
          authsrv:	database /usr/local/etc/fw-authdb
          authsrv:	badsleep 1200
          authsrv:	nobogus true
          *:		authserver 127.0.0.1 7777
          """);

  private static List<String> problems(Settings settings) {
    return settings.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void everyLineIsRead() {
    assertThat(TABLE.problems()).isEmpty();
    assertThat(TABLE.rules()).hasSize(17);
  }

  @Test
  void smapReadsItsLinesAndIsToldOfTheObsolete() {
    Settings smap = Settings.of(TABLE, "smap");
    assertThat(smap.word("userid")).contains("6");
    assertThat(smap.word("directory")).contains("/var/spool/smap");
    assertThat(smap.seconds("timeout", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)))
        .isEqualTo(Duration.ofHours(1));
    assertThat(problems(smap))
        .containsExactly(
            "netperm-table:9: warning: 'chroot' is obsolete: use 'directory'",
            "netperm-table:10: warning: 'local_domains' is obsolete: use 'local-domains'",
            "netperm-table:20: warning: 'authserver' is obsolete: use 'authserver PATH', the Unix"
                + " socket of authsrv");
  }

  @Test
  void smapdIsToldThatItNeedsNoExecutable() {
    Settings smapd = Settings.of(TABLE, "smapd");
    smapd.ignore("userid", "directory", "sendmail");
    assertThat(problems(smapd).getFirst())
        .isEqualTo(
            "netperm-table:6: warning: 'executable' is obsolete: each daemon is started by its"
                + " own service unit");
  }

  @Test
  void authsrvIsToldOfItsSocket() {
    Settings authsrv = Settings.of(TABLE, "authsrv");
    authsrv.ignore("database", "badsleep");
    assertThat(problems(authsrv))
        .containsExactly(
            "netperm-table:16: warning: 'hosts' is obsolete: use 'listen PATH ACCOUNT', authsrv"
                + " has no network",
            "netperm-table:19: warning: 'nobogus' is obsolete: an unknown user is always answered"
                + " like a known one",
            "netperm-table:20: warning: 'authserver' is obsolete: use 'authserver PATH', the Unix"
                + " socket of authsrv");
  }

  @Test
  void newAuthserverIsNotObsolete() {
    Settings gateway =
        Settings.of(Table.parse("t", "pop3-gw: authserver run/auth-pop3"), "pop3-gw");
    assertThat(gateway.word("authserver")).contains("run/auth-pop3");
    assertThat(gateway.problems()).isEmpty();
  }

  @Test
  void classicHostRulesDecide() {
    Settings gateway = Settings.of(TABLE, "pop3-gw");
    HostRules hosts = gateway.hosts("user", "dest");
    assertThat(hosts.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "netperm-table:14: warning: option -log is obsolete and has no effect: every"
                + " connection is logged");
    assertThat(
            hosts
                .decide(
                    Request.from(InetAddress.ofLiteral("192.0.2.1")),
                    _ -> new HostName.Known("lab.yoyodyne.com"))
                .permitted())
        .isTrue();
  }
}
