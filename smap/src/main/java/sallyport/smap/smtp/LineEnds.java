package sallyport.smap.smtp;

/** What becomes of bare CR, bare LF and NUL in a body. */
public enum LineEnds {
  /** The message is read to its true end and refused. */
  REJECT,
  /** A bare CR or LF becomes CR LF and a NUL is dropped; the end of data stays strict. */
  NORMALIZE
}
