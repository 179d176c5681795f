package sallyport.authdb.authsrv;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Connects to a socket, says a line, and tells how many octets it got until the end. */
final class PeerProgram {
  private PeerProgram() {}

  public static void main(String[] args) throws Exception {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
      ByteBuffer octets = ByteBuffer.allocate(4096);
      int read = channel.read(octets);
      System.out.println("got " + (read < 0 ? "nothing" : read + " octets"));
    }
  }
}
