package sallyport.daemon.tls;

/**
 * A certificate or key cannot be used; the message is one line: which file, what, and what was
 * expected.
 */
final class BadPemException extends Exception {
  private static final long serialVersionUID = 1L;

  BadPemException(String message) {
    super(message);
  }

  BadPemException(String message, Throwable cause) {
    super(message, cause);
  }
}
