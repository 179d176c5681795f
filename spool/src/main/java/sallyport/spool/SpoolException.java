package sallyport.spool;

import java.io.IOException;

/**
 * The spool cannot be used as it stands. The message is one line: which folder or file, what was
 * found, what was expected.
 */
public sealed class SpoolException extends IOException
    permits SpoolLockedException, SpoolNewerException {
  /** Makes one with that line. */
  public SpoolException(String message) {
    super(message);
  }

  SpoolException(String message, Throwable cause) {
    super(message, cause);
  }
}
