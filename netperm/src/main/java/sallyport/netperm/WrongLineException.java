package sallyport.netperm;

/** A line of the table cannot be read; the message says why and what was expected. */
final class WrongLineException extends Exception {
  WrongLineException(String message) {
    super(message);
  }
}
