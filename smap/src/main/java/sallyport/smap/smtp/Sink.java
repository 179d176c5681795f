package sallyport.smap.smtp;

/**
 * Takes the octets of a body.
 *
 * @param <X> what it may throw; a {@link BodyScanner} whose sink threw must not be used again, so a
 *     driver that has to read on keeps the failure to itself and ignores the rest
 */
@FunctionalInterface
public interface Sink<X extends Exception> {
  /** Takes a run of octets; the array is the caller's and changes afterwards. */
  void write(byte[] octets, int offset, int length) throws X;
}
