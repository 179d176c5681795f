package sallyport.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * One message in {@code queue/}. Its file may be changed by a captured smap at any time, so nothing
 * read once is read again without being compared. One worker at a time; a platform thread, since it
 * reads files.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class QueuedMessage {
  QueuedMessage() {}

  /** As smap wrote it. */
  public Envelope envelope() {
    throw new UnsupportedOperationException();
  }

  /** Octets of the message, header and body. */
  public long size() {
    throw new UnsupportedOperationException();
  }

  /** Recipients that are not final, in the envelope's order. */
  public List<String> pending() {
    throw new UnsupportedOperationException();
  }

  /** Attempts recorded by {@link Queue#defer}. */
  public int tries() {
    throw new UnsupportedOperationException();
  }

  /** When to try next; {@link Instant#EPOCH} if it was never deferred. */
  public Instant nextTry() {
    throw new UnsupportedOperationException();
  }

  /** Why it was deferred last; empty if it never was. */
  public String lastReason() {
    throw new UnsupportedOperationException();
  }

  /** The name of its file in {@code queue/}. */
  public String batch() {
    throw new UnsupportedOperationException();
  }

  /**
   * The octets up to and including the first empty line; if there is none within {@code atMost},
   * the first {@code atMost} octets, or all. The first call reads them, and these very octets are
   * what {@link #streamBody} sends; after {@link Queue#defer} they are read again and compared.
   *
   * @throws DamagedException when the file is shorter than it said, or the header has changed
   */
  public byte[] header(int atMost) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands over the whole message, header from memory, the rest from the file, without loading it.
   *
   * @throws DamagedException when size or checksum is not that of the message that was judged;
   *     raised before the last octet is handed over
   */
  public void streamBody(OutputStream to) throws IOException {
    throw new UnsupportedOperationException();
  }
}
