package sallyport.smap.smtp;

/** The BODY parameter of MAIL, RFC 6152. */
public enum BodyType {
  /** Declared 7BIT, or not declared. */
  SEVEN_BIT,
  /** Declared 8BITMIME. */
  EIGHT_BIT
}
