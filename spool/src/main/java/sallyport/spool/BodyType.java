package sallyport.spool;

/** What the client said about the body (RFC 6152). */
public enum BodyType {
  /** {@code BODY=7BIT}, or nothing said. */
  SEVEN_BIT("7BIT"),
  /** {@code BODY=8BITMIME}. */
  EIGHT_BIT("8BITMIME");

  private final String word;

  BodyType(String word) {
    this.word = word;
  }

  /** The word after {@code BODY=}. */
  public String word() {
    return word;
  }
}
