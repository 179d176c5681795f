package sallyport.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;

/** How a batch file is written; the package page shows one. {@link BatchReader} reads it. */
final class BatchFormat {
  static final String MAGIC = "Sallyport-Spool " + SpoolVersion.CURRENT + " ";
  static final String MESSAGE = "MESSAGE ";
  static final String CRC = "CRC ";
  static final String END = "END ";

  /** Digits of the mark: 64 random bits that no stranger learns, so that no body can imitate it. */
  static final int MARK_LENGTH = 16;

  /** Octets in the longest line before the body, without its end. */
  static final int MAX_LINE = 3 * Envelope.MAX_TEXT + 16;

  /** Octets in the longest envelope. */
  static final int MAX_ENVELOPE =
      (Envelope.MAX_RECIPIENTS + 1) * (Envelope.MAX_ADDRESS + 8) + 12 * MAX_LINE;

  /** Messages in one file; {@link Collector.Limits} may not ask for more. */
  static final int MAX_MESSAGES = 1000;

  /** In a file that was streamed the body begins here, and line ends fill the room before it. */
  static final int STREAM_ROOM = 32 << 10;

  private BatchFormat() {}

  static String batchName(QueueId id) {
    return id + ".batch";
  }

  static String copyName(QueueId id) {
    return id + ".msg";
  }

  static String mark(long random) {
    return HexFormat.of().toHexDigits(random);
  }

  static byte[] magic(String mark) {
    return ascii(MAGIC + mark + "\n");
  }

  static byte[] envelope(String mark, Envelope envelope, long size) {
    return envelope(mark, envelope, Set.of(), size);
  }

  /**
   * What stands before a body.
   *
   * @param done recipients that are final already
   */
  static byte[] envelope(String mark, Envelope envelope, Set<String> done, long size) {
    StringBuilder text = new StringBuilder(512);
    line(text, "MESSAGE", mark);
    line(text, "ID", envelope.id().text());
    line(text, "FROM", "<" + envelope.sender() + ">");
    for (String recipient : envelope.recipients()) {
      line(text, done.contains(recipient) ? "DONE" : "RCPT", "<" + recipient + ">");
    }
    line(text, "CLIENT", envelope.clientAddress());
    line(text, "NAME", envelope.clientName());
    line(text, "HELO", envelope.helo());
    line(text, "TLS", envelope.tls());
    line(text, "USER", envelope.user());
    line(text, "TIME", envelope.arrival().toString());
    line(text, "BODY", envelope.body().word());
    line(text, "SIZE", Long.toString(size));
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(' ').append(value).append('\n');
  }

  /**
   * The line after a body. The checksum takes the body first and the envelope after it, because a
   * streamed body is known before its size, and so before its envelope.
   *
   * @param body has taken the body
   */
  static byte[] checksum(CRC32C body, byte[] envelope) {
    body.update(envelope);
    return ascii("\n" + CRC + HexFormat.of().toHexDigits((int) body.getValue()) + "\n");
  }

  static byte[] end(String mark, int messages) {
    return ascii(END + mark + " " + messages + "\n");
  }

  /** Magic line, line ends, envelope: {@link #STREAM_ROOM} octets, or more if it needs more. */
  static byte[] streamHead(String mark, byte[] envelope) {
    byte[] magic = magic(mark);
    byte[] head = new byte[Math.max(STREAM_ROOM, magic.length + envelope.length)];
    int start = head.length - envelope.length;
    System.arraycopy(magic, 0, head, 0, magic.length);
    Arrays.fill(head, magic.length, start, (byte) '\n');
    System.arraycopy(envelope, 0, head, start, envelope.length);
    return head;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
