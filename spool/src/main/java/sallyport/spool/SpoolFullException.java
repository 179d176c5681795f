package sallyport.spool;

import java.io.IOException;

/**
 * There is no room for this message: the disk is full, a quota is used up, or too many messages are
 * being streamed. Definite: nothing of the message will ever be delivered. Answer 452.
 */
public final class SpoolFullException extends IOException {
  SpoolFullException(String message) {
    super(message);
  }

  SpoolFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
