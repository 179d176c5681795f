package sallyport.smapd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.netperm.DomainSet;
import sallyport.netperm.HostAndPort;

class RoutesTest {

  private static Destination.Hubs hub(String name) {
    return Destination.Hubs.of(new HostAndPort(name, 25));
  }

  private final Routes routes =
      new Routes(
          DomainSet.of(List.of("example.com", "*.example.com", "example.net")),
          Optional.of(hub("inside")),
          Optional.of(hub("outside")),
          List.of(
              new SmapdConfig.Route("*.dev.example.com", hub("dev")),
              new SmapdConfig.Route("*.com", hub("com")),
              new SmapdConfig.Route("partner.org", hub("partner")),
              new SmapdConfig.Route("partner.org", hub("second"))),
          Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "a@example.net, inside",
    "a@EXAMPLE.NET., inside",
    "postmaster, inside",
    "PostMaster, inside",
    "a@elsewhere.org, outside",
    "a@[192.0.2.1], outside",
    "a@partner.org, partner",
    "a@x.partner.org, outside",
    "a@x.dev.example.com, dev",
    "a@y.x.dev.example.com, dev",
    "a@dev.example.com, com",
    "a@example.com, com",
    "\"a@example.net\"@elsewhere.org, outside",
  })
  void theMostSpecificLineDecides(String recipient, String name) {
    assertThat(routes.wayFor(recipient).map(Way::destination)).contains(hub(name));
  }

  @Test
  void aMixedMessageIsHandedOnAsTwo() {
    Routes.Split split = routes.split(List.of("a@example.net", "b@x.org", "c@example.net", "d"));
    assertThat(split.byWay())
        .isEqualTo(
            Map.of(
                new Way(hub("inside"), Way.Direction.INCOMING),
                List.of("a@example.net", "c@example.net"),
                new Way(hub("outside"), Way.Direction.OUTGOING),
                List.of("b@x.org")));
    assertThat(split.uncarried()).containsExactly("d");
  }

  @Test
  void withoutALineNothingCarries() {
    DomainSet local = DomainSet.of(List.of("example.com"));
    Routes none =
        new Routes(local, Optional.empty(), Optional.empty(), List.of(), Optional.empty());
    assertThat(none.split(List.of("a@example.com", "b@x.org", "postmaster", "c@")).uncarried())
        .hasSize(4);
  }

  @Test
  void sendmailTakesWhatNoOtherLineTakes() {
    Destination.Program program = new Destination.Program(Path.of("/usr/sbin/sendmail"));
    Routes outside =
        new Routes(
            DomainSet.of(List.of("example.com")),
            Optional.of(hub("inside")),
            Optional.empty(),
            List.of(new SmapdConfig.Route("partner.org", hub("partner"))),
            Optional.of(program));
    assertThat(outside.split(List.of("a@example.com", "b@partner.org", "c@x.org", "d")))
        .isEqualTo(
            new Routes.Split(
                Map.of(
                    new Way(hub("inside"), Way.Direction.INCOMING), List.of("a@example.com"),
                    new Way(hub("partner"), Way.Direction.OUTGOING), List.of("b@partner.org"),
                    new Way(program, Way.Direction.OUTGOING), List.of("c@x.org")),
                List.of("d")));
    assertThat(outside.destinations())
        .containsExactlyInAnyOrder(hub("inside"), hub("partner"), program);
  }
}
