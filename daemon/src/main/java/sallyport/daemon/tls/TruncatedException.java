package sallyport.daemon.tls;

import java.io.IOException;

/** The connection ended without the peer's close_notify: what came before may not be all. */
public final class TruncatedException extends IOException {
  private static final long serialVersionUID = 1L;

  TruncatedException() {
    super("the connection ended without a close_notify");
  }
}
