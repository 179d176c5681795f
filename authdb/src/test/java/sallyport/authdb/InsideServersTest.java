package sallyport.authdb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sallyport.authdb.InsideServers.Method;
import sallyport.netperm.Settings;
import sallyport.netperm.Table;

final class InsideServersTest {

  private static InsideServers of(String table) {
    Settings authsrv = Settings.of(Table.parse("table", table), "authsrv");
    return InsideServers.of(authsrv.beside("pop3-gw"));
  }

  @Test
  void withoutLinesNoServerIsListed() {
    assertThat(of("").servers()).isEmpty();
    assertThat(of("").defaultServer()).isEmpty();
  }

  @Test
  void serversAreListedWithTheirMethods() {
    InsideServers inside =
        of(
            """
            pop3-gw: server Mail mail.inside:110
            pop3-gw: server archive [2001:db8::1]:1110 apop
            pop3-gw, authsrv: server old 10.0.0.1 pass
            pop3-gw: default-server MAIL
            """);
    assertThat(inside.servers())
        .containsExactly(
            java.util.Map.entry("mail", Method.APOP),
            java.util.Map.entry("archive", Method.APOP),
            java.util.Map.entry("old", Method.PASS));
    assertThat(inside.defaultServer()).contains("mail");
  }

  @Test
  void aLineThatCannotBeReadListsNoServer() {
    InsideServers inside =
        of(
            """
            pop3-gw: server mail
            pop3-gw: server a%b 10.0.0.1
            pop3-gw: server plain 10.0.0.1 plain
            pop3-gw: server many 10.0.0.1 pass pass
            pop3-gw: deny-server denied 10.0.0.1
            authsrv: server mine 10.0.0.1
            pop3-gw: default-server mail
            """);
    assertThat(inside.servers()).isEmpty();
    assertThat(inside.defaultServer()).isEmpty();
  }

  /** Else a later line could turn a server that is asked by APOP into one that gets secrets. */
  @Test
  void ofTwoLinesForOneServerTheFirstCounts() {
    assertThat(of("pop3-gw: server m 10.0.0.1 apop\npop3-gw: server M 10.0.0.2 pass\n").servers())
        .containsExactly(java.util.Map.entry("m", Method.APOP));
  }
}
