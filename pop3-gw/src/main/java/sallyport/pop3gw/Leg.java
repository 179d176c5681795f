package sallyport.pop3gw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import sallyport.daemon.tls.TlsStreams;

/**
 * One side of a relay: a socket, readable on the wire or under TLS. One thread may read while
 * another writes; {@link #close} is for any.
 */
final class Leg {
  private final Socket socket;
  private final Optional<TlsStreams> tls;
  private final InputStream in;
  private final OutputStream out;

  /** Takes over a socket, and the TLS that was begun on it. */
  Leg(Socket socket, Optional<TlsStreams> tls) throws IOException {
    this.socket = socket;
    this.tls = tls;
    this.in = tls.isPresent() ? tls.get().input() : socket.getInputStream();
    this.out = tls.isPresent() ? tls.get().output() : socket.getOutputStream();
  }

  /** The channel, if the octets are readable on the wire: then reading need not block. */
  Optional<SocketChannel> plain() {
    return tls.isPresent() ? Optional.empty() : Optional.ofNullable(socket.getChannel());
  }

  InputStream input() {
    return in;
  }

  OutputStream output() {
    return out;
  }

  /** What ended TLS against its rules, in a few words for the log; or empty. */
  Optional<String> fault() {
    return tls.flatMap(TlsStreams::fault);
  }

  /** That was all: the peer knows so, under TLS too, and may still send. */
  void endOutput() {
    try {
      if (tls.isPresent()) {
        tls.get().closeOutput();
      }
    } catch (IOException e) {
      // It is broken: reading from it says so, too.
    }
    cutOutput();
  }

  /** There is no more, but that may not be all: under TLS the peer sees that it was cut off. */
  void cutOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // It is broken: reading from it says so, too.
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // The descriptor is gone either way.
    }
  }
}
