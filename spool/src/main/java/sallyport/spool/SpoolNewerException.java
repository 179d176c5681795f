package sallyport.spool;

/** A later version has written what is to be read here, in a form that this one does not know. */
public final class SpoolNewerException extends SpoolException {
  private static final long serialVersionUID = 1;

  /** Says what has which version, and which is known. */
  SpoolNewerException(String message) {
    super(message);
  }
}
