package sallyport.smap.smtp;

import java.net.InetAddress;
import java.time.Instant;

/** The trace field that is put on top of every message, RFC 5321 section 4.4. */
public final class ReceivedField {
  private ReceivedField() {}

  /**
   * The field with its CR LF.
   *
   * @param client the address of the client
   * @param clientName its confirmed name, or {@code unknown}
   * @param host our own name
   * @param queueId the id of the message
   * @param transaction for the greeting, and for the recipient if there is exactly one
   * @param arrival written in UTC
   */
  public static byte[] of(
      InetAddress client,
      String clientName,
      String host,
      String queueId,
      Transaction transaction,
      Instant arrival) {
    throw new UnsupportedOperationException();
  }
}
