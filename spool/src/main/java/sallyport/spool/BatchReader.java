package sallyport.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a batch file that may hold anything. Every message whose own checksum holds is found, also
 * behind a damaged one: the next is looked for by the mark of the file, which no body can know.
 * Work is bounded by the length of the file: so many messages, and each octet so many times.
 */
final class BatchReader {
  private static final int MAX_DAMAGES = 20;
  private static final int READINGS = 3;
  private static final int HEX_CRC = 8;
  private static final int MAX_DIGITS = 18;
  private static final Pattern MARK = Pattern.compile("[0-9a-f]{" + BatchFormat.MARK_LENGTH + "}");
  private static final Pattern SIZE = Pattern.compile("[0-9]{1," + MAX_DIGITS + "}");
  private static final Pattern END_RECORD =
      Pattern.compile(BatchFormat.END + "([0-9a-f]{16}) ([0-9]{1,9})");

  private final FileWindow file;
  private final long length;
  private final List<Found> messages = new ArrayList<>();
  private final List<String> damages = new ArrayList<>();
  private final Set<QueueId> ids = new HashSet<>();
  private String mark = "";
  private int seen;
  private long toRead;

  private BatchReader(FileWindow file, long length) {
    this.file = file;
    this.length = length;
    this.toRead = READINGS * length;
  }

  /**
   * A message whose checksum holds.
   *
   * @param envelope what stands before the body
   * @param done its recipients that were final when it was written
   * @param start where the body begins in the file
   * @param size octets of the body
   * @param checksum CRC-32C of the body alone, as it was read
   */
  record Found(Envelope envelope, Set<String> done, long start, long size, int checksum) {}

  /**
   * What a file holds.
   *
   * @param messages in file order
   * @param damages what is wrong, the first few; empty for a whole file
   */
  record Content(List<Found> messages, List<String> damages) {}

  static Content read(SpoolFiles.OpenFile file) throws IOException {
    return read(new FileWindow(file), file.size());
  }

  static Content read(FileWindow window, long length) throws IOException {
    BatchReader reader = new BatchReader(window, length);
    reader.readAll();
    return new Content(List.copyOf(reader.messages), List.copyOf(reader.damages));
  }

  private void readAll() throws IOException {
    String first = file.line(0, BatchFormat.MAX_LINE);
    if (first == null
        || !first.startsWith(BatchFormat.MAGIC)
        || !MARK.matcher(first.substring(BatchFormat.MAGIC.length())).matches()) {
      SpoolVersion.refuseLaterFile(first == null ? "" : first);
      damage(0, "does not begin with '" + BatchFormat.MAGIC + "' and a mark");
      return;
    }
    mark = first.substring(BatchFormat.MAGIC.length());
    long position = first.length() + 1L;
    while (position >= 0) {
      position = readRecord(skipFilling(position));
    }
  }

  private long skipFilling(long from) throws IOException {
    long position = from;
    while (position - from < BatchFormat.STREAM_ROOM && file.at(position) == '\n') {
      position++;
    }
    return position;
  }

  /** Reads a message or the end; returns where to go on, or -1. */
  private long readRecord(long position) throws IOException {
    String line = file.line(position, BatchFormat.MAX_LINE);
    if (line != null && line.startsWith(BatchFormat.END)) {
      Matcher end = END_RECORD.matcher(line);
      if (end.matches() && end.group(1).equals(mark)) {
        checkEnd(position, Integer.parseInt(end.group(2)), line.length() + 1);
        return -1;
      }
    }
    if (file.at(position) < 0) {
      damage(position, "ends without an end record");
      return -1;
    }
    if (seen == BatchFormat.MAX_MESSAGES || toRead < 0) {
      damage(position, "holds more than this reader is willing to read");
      return -1;
    }
    seen++;
    long next = -1;
    if (line == null) {
      damage(position, "a line that does not end, or is no text");
    } else {
      next = readMessage(position);
    }
    return next >= 0 ? next : nextMessage(position + 1);
  }

  private void checkEnd(long position, int count, int octets) throws IOException {
    if (count != seen) {
      damage(position, "the end record tells of " + count + " messages, not of " + seen);
    }
    if (file.at(position + octets) >= 0) {
      damage(position, "goes on behind the end record");
    }
  }

  private long nextMessage(long from) throws IOException {
    byte[] begin = (BatchFormat.MESSAGE + mark + "\n").getBytes(StandardCharsets.US_ASCII);
    long found = file.find(begin, from);
    if (found < 0) {
      damage(from, "no further message is found");
    }
    return found;
  }

  /** Reads one message; returns where the next begins, or -1 if the structure is broken. */
  private long readMessage(long position) throws IOException {
    EnvelopeReader reader = new EnvelopeReader(position);
    Envelope envelope;
    long size;
    try {
      envelope = reader.read();
      size = reader.size();
    } catch (IllegalArgumentException | DateTimeException e) {
      damage(position, "the envelope is damaged: " + e.getMessage());
      return -1;
    }
    long start = reader.position;
    if (size > length - start) {
      damage(position, "the file ends before the message");
      return -1;
    }
    CRC32C checksum = new CRC32C();
    toRead -= size;
    if (!file.checksum(checksum, start, size)) {
      damage(position, "the file ends before the message");
      return -1;
    }
    int body = (int) checksum.getValue();
    String told = checksumLine(start + size);
    if (told == null) {
      damage(position, "no checksum stands behind the message");
      return -1;
    }
    if (!file.checksum(checksum, position, start - position)
        || !told.equals(HexFormat.of().toHexDigits((int) checksum.getValue()))) {
      damage(position, "the checksum of " + envelope.id() + " does not hold");
    } else if (!ids.add(envelope.id())) {
      damage(position, envelope.id() + " is there twice");
    } else {
      messages.add(new Found(envelope, reader.done, start, size, body));
    }
    return start + size + 1 + BatchFormat.CRC.length() + HEX_CRC + 1;
  }

  private @Nullable String checksumLine(long position) throws IOException {
    String line =
        file.at(position) == '\n'
            ? file.line(position + 1, BatchFormat.CRC.length() + HEX_CRC)
            : null;
    if (line == null || !line.startsWith(BatchFormat.CRC)) {
      return null;
    }
    String digits = line.substring(BatchFormat.CRC.length());
    return digits.length() == HEX_CRC ? digits : null;
  }

  private void damage(long position, String what) {
    if (damages.size() < MAX_DAMAGES) {
      damages.add("octet " + position + ": " + what);
    }
  }

  /** The lines before a body, each in its place. */
  private final class EnvelopeReader {
    private long position;
    private String next = "";
    private final Set<String> done = new HashSet<>();

    EnvelopeReader(long position) {
      this.position = position;
    }

    Envelope read() throws IOException {
      advance();
      if (!value("MESSAGE").equals(mark)) {
        throw new IllegalArgumentException("another mark");
      }
      QueueId id = QueueId.parse(value("ID"));
      String sender = path(value("FROM"));
      List<String> recipients = new ArrayList<>();
      while (recipients.size() < Envelope.MAX_RECIPIENTS) {
        if (next.startsWith("RCPT ")) {
          recipients.add(path(value("RCPT")));
        } else if (next.startsWith("DONE ")) {
          String recipient = path(value("DONE"));
          recipients.add(recipient);
          done.add(recipient);
        } else {
          break;
        }
      }
      if (done.containsAll(recipients)) {
        throw new IllegalArgumentException("no recipient is left");
      }
      return new Envelope(
          id,
          sender,
          recipients,
          value("CLIENT"),
          value("NAME"),
          value("HELO"),
          value("TLS"),
          value("USER"),
          Instant.parse(value("TIME")),
          bodyType(value("BODY")));
    }

    /** Reads the last line and the empty one. */
    long size() throws IOException {
      String digits = value("SIZE");
      if (!SIZE.matcher(digits).matches() || !next.isEmpty()) {
        throw new IllegalArgumentException("SIZE");
      }
      return Long.parseLong(digits);
    }

    private String value(String key) throws IOException {
      if (!next.startsWith(key + " ")) {
        throw new IllegalArgumentException("expected " + key);
      }
      String value = next.substring(key.length() + 1);
      advance();
      return value;
    }

    private void advance() throws IOException {
      String line = file.line(position, BatchFormat.MAX_LINE);
      if (line == null) {
        throw new IllegalArgumentException("a line that does not end, or is no text");
      }
      position += file.lineOctets() + 1L;
      next = line;
    }

    private String path(String text) {
      if (!text.startsWith("<") || !text.endsWith(">") || text.length() < 2) {
        throw new IllegalArgumentException("expected <address>");
      }
      return text.substring(1, text.length() - 1);
    }

    private BodyType bodyType(String word) {
      for (BodyType type : BodyType.values()) {
        if (type.word().equals(word)) {
          return type;
        }
      }
      throw new IllegalArgumentException("BODY");
    }
  }
}
