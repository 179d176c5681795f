package sallyport.daemon.tls;

import java.io.IOException;

/** The peer's first octets are no TLS record: it speaks something else. */
public final class NotTlsException extends IOException {
  private static final long serialVersionUID = 1L;

  NotTlsException() {
    super("the peer does not speak TLS");
  }
}
