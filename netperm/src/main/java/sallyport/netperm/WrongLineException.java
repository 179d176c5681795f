package sallyport.netperm;

/** A line of the table cannot be read; its text says why and what was expected. */
final class WrongLineException extends Exception {
  private final String text;

  WrongLineException(String text) {
    super(text);
    this.text = text;
  }

  /** The message, which this exception always has. */
  String text() {
    return text;
  }
}
