package sallyport.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.netperm.Location;

class UnixListenerTest {
  private static final Location AT = new Location("table", 7);

  @TempDir Path folder;

  private UnixListener bind(Path path) throws StartupException {
    return UnixListener.bind(path, Optional.empty(), AT);
  }

  @Test
  void onlyOwnerAndGroupMayConnect() throws Exception {
    Path path = folder.resolve("socket");
    try (UnixListener listener = bind(path)) {
      assertThat((int) Files.getAttribute(path, "unix:mode") & 07777).isEqualTo(0660);
      assertThat(SocketChannel.open(UnixDomainSocketAddress.of(path)).isConnected()).isTrue();
      assertThat(listener.channel().accept()).isNotNull();
    }
  }

  @Test
  void itBelongsToTheAccountThatWillServeAndToTheGroupOfItsFolder() throws Exception {
    Root.needed();
    Files.setAttribute(folder, "unix:gid", 4242);
    Path path = folder.resolve("socket");
    Account account = new Account("broker", 4343, 4343);
    try (UnixListener listener = UnixListener.bind(path, Optional.of(account), AT)) {
      assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(4343);
      assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(4242);
      assertThat((int) Files.getAttribute(path, "unix:mode") & 07777).isEqualTo(0660);
      assertThat(listener.path()).isEqualTo(path);
    }
  }

  @Test
  void aSocketThatNobodyListensOnIsReplaced() throws Exception {
    Path path = folder.resolve("socket");
    bind(path).close();
    assertThat(path).exists();
    try (UnixListener listener = bind(path)) {
      assertThat(SocketChannel.open(UnixDomainSocketAddress.of(path)).isConnected()).isTrue();
      assertThat(listener.channel().accept()).isNotNull();
    }
  }

  @Test
  void aSocketThatIsServedIsLeftAlone() throws Exception {
    Path path = folder.resolve("socket");
    try (UnixListener _ = bind(path)) {
      assertThatThrownBy(() -> bind(path))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("table:7: listen " + path)
          .hasMessageContaining("another process listens there");
      assertThat(SocketChannel.open(UnixDomainSocketAddress.of(path)).isConnected()).isTrue();
    }
  }

  @Test
  void nothingButASocketIsEverRemoved() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    for (Path path : new Path[] {file, link}) {
      assertThatThrownBy(() -> bind(path)).hasMessageContaining("no socket");
      assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
    assertThat(file).hasContent("precious");
  }

  @Test
  void whatCannotBeBoundIsSaidInOneLine() {
    assertThatThrownBy(() -> bind(folder.resolve("missing/socket")))
        .hasMessageContaining("there is no such folder");
    assertThatThrownBy(() -> bind(folder.resolve("x".repeat(200))))
        .hasMessageContaining("at most 107 octets");
  }

  @Test
  void fileInTheFoldersPlaceIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> bind(file.resolve("socket")))
        .hasMessageEndingWith(file + " is not a folder");
  }
}
