package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sallyport.netperm.ListenAddress;
import sallyport.netperm.Location;

class ListenersTest {
  private static ListenAddress listen(String address, int port, int line) {
    return new ListenAddress(
        Optional.of(address).filter(a -> !a.isEmpty()).map(InetAddress::ofLiteral),
        port,
        new Location("netperm-table", line));
  }

  private static final class OwnSocket extends ServerSocket {
    OwnSocket() throws IOException {}
  }

  @Test
  void bindsSeveralWithSocketsOfTheCaller() throws Exception {
    List<ListenAddress> wanted = List.of(listen("127.0.0.1", 0, 3), listen("::1", 0, 4));
    try (Listeners<OwnSocket> listeners = Listeners.bind(wanted, OwnSocket::new)) {
      assertThat(listeners.sockets()).hasSize(2).allMatch(ServerSocket::isBound);
      for (OwnSocket socket : listeners.sockets()) {
        new Socket(socket.getInetAddress(), socket.getLocalPort()).close();
        socket.accept().close();
      }
    }
  }

  @Test
  void withoutAnAddressItServesBothFamilies() throws Exception {
    try (Listeners<ServerSocket> listeners =
        Listeners.bind(List.of(listen("", 0, 3)), ServerSocket::new)) {
      ServerSocket socket = listeners.sockets().getFirst();
      for (String loopback : List.of("127.0.0.1", "::1")) {
        new Socket(InetAddress.ofLiteral(loopback), socket.getLocalPort()).close();
        socket.accept().close();
      }
    }
  }

  @Test
  void takenPortNamesTheLineAndLeavesNothingBound() throws Exception {
    int freePort = freePort();
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      List<ListenAddress> wanted =
          List.of(listen("127.0.0.1", freePort, 3), listen("127.0.0.1", other.getLocalPort(), 12));
      StartupException e =
          catchThrowableOfType(
              StartupException.class, () -> Listeners.bind(wanted, ServerSocket::new));
      assertThat(e)
          .hasMessage(
              "netperm-table:12: listen 127.0.0.1:"
                  + other.getLocalPort()
                  + ": address already in use (another program?)");
      assertThat(e.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
      new ServerSocket(freePort, 1, InetAddress.ofLiteral("127.0.0.1")).close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  @Test
  void addressOfAnotherHostIsRefused() {
    assertThatThrownBy(() -> Listeners.bind(List.of(listen("192.0.2.77", 0, 5)), ServerSocket::new))
        .isInstanceOf(StartupException.class)
        .hasMessage("netperm-table:5: listen 192.0.2.77:0: this host has no such address");
  }

  @Test
  void twoLinesOfWhichOneCoversTheOtherAreExplained() {
    List<List<ListenAddress>> clashes =
        List.of(
            List.of(listen("0.0.0.0", 2525, 3), listen("::", 2525, 4)),
            List.of(listen("", 2525, 3), listen("127.0.0.1", 2525, 4)),
            List.of(listen("127.0.0.1", 2525, 3), listen("127.0.0.1", 2525, 4)));
    for (List<ListenAddress> clash : clashes) {
      assertThatThrownBy(() -> Listeners.bind(clash, ServerSocket::new))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("netperm-table:4: listen ")
          .hasMessageEndingWith(
              "netperm-table:3 listens on port 2525 already; one `listen 2525` serves all"
                  + " addresses");
    }
  }

  @Test
  void portIsFreeAgainAtOnceAfterAConnectionWasServed() throws Exception {
    int port;
    try (Listeners<ServerSocket> first =
        Listeners.bind(List.of(listen("127.0.0.1", 0, 3)), ServerSocket::new)) {
      port = first.sockets().getFirst().getLocalPort();
      try (Socket client = new Socket()) {
        client.connect(new InetSocketAddress("127.0.0.1", port));
        first.sockets().getFirst().accept().close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
    }
    Listeners.bind(List.of(listen("127.0.0.1", port, 3)), ServerSocket::new).close();
  }
}
