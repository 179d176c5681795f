package sallyport.spool;

import java.io.IOException;

/** The octets in the file are not those that were judged: wrong length or wrong checksum. */
public final class DamagedException extends IOException {
  DamagedException(String message) {
    super(message);
  }
}
