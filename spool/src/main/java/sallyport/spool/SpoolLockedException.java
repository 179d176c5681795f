package sallyport.spool;

/** Another process works on this spool; it may be over in a moment. */
public final class SpoolLockedException extends SpoolException {
  private static final long serialVersionUID = 1;

  /** Says which file is locked. */
  SpoolLockedException(String message) {
    super(message);
  }

  SpoolLockedException(String message, Throwable cause) {
    super(message, cause);
  }
}
